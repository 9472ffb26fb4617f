//! Words with their escapes, quotes around what needs them.

use crate::ast::{Part, Pattern};
use crate::syntax::{Slash, ends_word, field_colon, is_plain_name, slash};
use std::fmt;

/// Where a word stands, which tells what would be taken for something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// A term of its own.
    Term,
    /// Behind `field:`.
    Value,
    /// Behind `@`.
    Source,
}

/// Words that are operators.
const OPERATORS: &[&str] = &["AND", "OR", "NOT"];

/// A text in quotes.
pub(super) struct Quoted<'a>(pub(super) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let escaped = self.0.replace('\\', "\\\\").replace('"', "\\\"");
        write!(f, "\"{escaped}\"")
    }
}

/// A name, in quotes where it needs them.
pub(super) struct Name<'a>(pub(super) &'a str);

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if is_plain_name(self.0) { f.write_str(self.0) } else { Quoted(self.0).fmt(f) }
    }
}

/// A value without wildcards, in quotes where it needs them.
pub(super) struct Value<'a>(pub(super) &'a str);

impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if is_plain_value(self.0) { f.write_str(self.0) } else { Quoted(self.0).fmt(f) }
    }
}

/// Whether a value, wherever it stands, is read as it is.
fn is_plain_value(text: &str) -> bool {
    let begins = !text.is_empty() && !text.starts_with(['=', '>', '<', '!', '/', ':', '\'']);
    let special =
        |c: char| ends_word(c) || matches!(c, '"' | '\\' | '*' | '?' | '[' | ']' | '{' | '}');
    begins && !text.contains(special) && !text.eq_ignore_ascii_case("TO")
}

/// A pattern as it is written at this place.
pub(super) fn pattern(pattern: &Pattern, place: Place) -> String {
    let mut raw = String::new();
    for part in pattern.parts() {
        match part {
            Part::Any => raw.push('*'),
            Part::One => raw.push('?'),
            Part::Text(text) => escape(text, &mut raw),
        }
    }
    guard(&raw, place)
}

/// A word as it is written as a term: an operator's name is a word only behind `*:`.
pub(super) fn word(text: &str) -> String {
    if OPERATORS.contains(&text) {
        return format!("*:{text}");
    }
    pattern(&Pattern::exactly(text), Place::Term)
}

fn escape(text: &str, raw: &mut String) {
    for c in text.chars() {
        if ends_word(c) || matches!(c, '\\' | '*' | '?') {
            raw.push('\\');
        }
        raw.push(c);
    }
}

/// Escapes what would be taken for something else at the start of a word, and the colon behind what looks like a field.
fn guard(raw: &str, place: Place) -> String {
    let mut raw = raw.to_owned();
    let colon = match place {
        Place::Term => field_colon(&raw).or_else(|| raw.starts_with("*:").then_some(1)),
        // With the @ before it, which is a part of a name.
        Place::Source => field_colon(&format!("@{raw}")).map(|colon| colon - 1),
        Place::Value => None,
    };
    if let Some(colon) = colon {
        raw.insert(colon, '\\');
    }
    if needs_guard(&raw, place) {
        raw.insert(0, '\\');
    }
    raw
}

fn needs_guard(raw: &str, place: Place) -> bool {
    match raw.chars().next() {
        Some('"' | '\'') => true,
        Some('-' | '@') => place == Place::Term,
        Some('!') => place != Place::Source,
        Some('&') => raw == "&&" && place == Place::Term,
        Some('>' | '<' | '=' | '[' | '{' | ':') => place == Place::Value,
        Some('/') => place == Place::Value && (slash(raw) != Slash::Path || raw.starts_with("//")),
        _ => false,
    }
}
