//! Ruby, and what Rails logs of an error.

use super::is_blank;
use crate::formats::ruby::tagged;

/// `from app.rb:3:in 'index'`, or as Rails prints it without `from`.
pub(super) fn is_frame(line: &str) -> bool {
    let text = untagged(line).trim_start();
    let place = text.strip_prefix("from ").unwrap_or(text);
    let Some((path, rest)) = place.split_once(".rb:") else { return false };
    // A gem's frame has its name and version before the path: actionpack (8.0.1) lib/x
    let path = path.split_once(") ").map_or(path, |(_, path)| path);
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    !path.contains(' ')
        && digits > 0
        && rest.get(digits..).is_some_and(|rest| rest.starts_with(":in "))
}

/// Rails puts the request's id before each line of an error.
fn untagged(line: &str) -> &str {
    tagged(line).map_or(line, |(_, text)| text)
}

pub(super) fn takes(line: &str) -> bool {
    is_blank(untagged(line)) || is_frame(line) || line.trim_start().starts_with("... ")
}

/// `app.rb:12:in 'add': boom (ArgumentError)`, or Rails' `NoMethodError (undefined method 'x'):`.
pub(super) fn error(text: &str) -> (Option<&str>, &str) {
    let first = text.lines().map(untagged).find(|line| !is_blank(line)).unwrap_or_default();
    if let Some((kind, message)) = first.strip_suffix("):").and_then(|line| line.split_once(" (")) {
        return (Some(kind), message);
    }
    let said = match first.split_once(":in ") {
        Some((_, rest)) => rest.split_once(": ").map_or(rest, |(_, said)| said),
        None => first,
    };
    match said.strip_suffix(')').and_then(|said| said.rsplit_once(" (")) {
        Some((message, kind)) => (Some(kind), message),
        None => (None, said),
    }
}
