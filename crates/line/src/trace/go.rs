//! Go: panics, and the stacks of its goroutines.

use super::{is_blank, is_indented};

/// The runtime's last words.
pub(super) fn begins(line: &str) -> bool {
    line.starts_with("panic: ") || line.starts_with("fatal error: ")
}

/// The stack that a server logs of a request whose handler panicked.
pub(super) fn follows(line: &str) -> bool {
    line.starts_with("goroutine ") && line.ends_with("]:")
}

pub(super) fn takes(line: &str) -> bool {
    const STARTS: [&str; 5] = ["goroutine ", "[signal ", "created by ", "exit status ", "panic: "];
    is_blank(line)
        || is_indented(line)
        || STARTS.iter().any(|start| line.starts_with(start))
        || is_call(line)
}

/// `net/http.(*conn).serve(0xc000, {0x1, 0x2})`.
fn is_call(line: &str) -> bool {
    let Some((name, _)) = line.split_once('(') else { return false };
    (line.ends_with(')') || line.ends_with("...)")) && name.contains('.') && !name.contains(' ')
}

pub(super) fn error(text: &str) -> (Option<&str>, &str) {
    for line in text.lines() {
        if let Some((_, message)) = line.split_once("panic: ") {
            return (Some("panic"), message);
        }
        // net/http: panic serving 192.0.2.7:51234: boom
        if let Some((_, serving)) = line.split_once("panic serving ") {
            return (Some("panic"), serving.split_once(": ").map_or(serving, |(_, said)| said));
        }
        if let Some(message) = line.strip_prefix("fatal error: ") {
            return (Some("fatal error"), message);
        }
    }
    (None, text.lines().next().unwrap_or_default())
}
