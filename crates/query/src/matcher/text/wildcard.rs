//! Texts with wildcards, as regular expressions.

use super::Edge;
use crate::ast::Part;
use std::fmt::Write as _;

/// What a wildcard stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Anything but white space.
    Word,
    /// Anything.
    Value,
}

/// A position where a word begins, or ends, if beside it is one.
const WORD_START: &str = r"\b{start-half}";
const WORD_END: &str = r"\b{end-half}";

/// The same as a [`source`] with the characters beside a word in what is found, where a letter that is not ASCII counts
/// as no part of a word: it finds a little more, and makes a small automaton, which the letters of Unicode do not.
pub(super) fn without_edges(source: &str) -> String {
    source.replace(WORD_START, r"(?:\A|[^0-9A-Za-z_])").replace(WORD_END, r"(?:[^0-9A-Za-z_]|\z)")
}

/// The regular expression that finds the parts between the edges.
pub(super) fn source(parts: &[Part], reach: Reach, before: Edge, after: Edge) -> String {
    let last = parts.len().saturating_sub(1);
    let mut source = String::from("(?s)");
    if parts.is_empty() {
        source.push_str(start(before));
    }
    for (at, part) in parts.iter().enumerate() {
        let before = if at == 0 { before } else { Edge::Any };
        let after = if at == last { after } else { Edge::Any };
        push(&mut source, part, reach, (before, after));
    }
    if parts.is_empty() {
        source.push_str(end(after));
    }
    source
}

fn push(source: &mut String, part: &Part, reach: Reach, (before, after): (Edge, Edge)) {
    let character = match reach {
        Reach::Word => r"\S",
        Reach::Value => ".",
    };
    if *part == Part::One && (before == Edge::Word || after == Edge::Word) {
        // A character that is in no word may have any beside it. Writing to a text cannot fail.
        let _ = write!(source, r"(?:{}\w{}|[^\w\s])", start(before), end(after));
        return;
    }
    source.push_str(start(before));
    match part {
        Part::Any => {
            source.push_str(character);
            source.push('*');
        }
        Part::One => source.push_str(character),
        Part::Text(text) => text.chars().for_each(|c| push_char(source, c)),
    }
    source.push_str(end(after));
}

fn start(edge: Edge) -> &'static str {
    match edge {
        Edge::Any => "",
        Edge::Word => WORD_START,
        Edge::Text => r"\A",
    }
}

fn end(edge: Edge) -> &'static str {
    match edge {
        Edge::Any => "",
        Edge::Word => WORD_END,
        Edge::Text => r"\z",
    }
}

/// The character in any case: an ASCII letter and its other case only, others as Unicode has it.
fn push_char(source: &mut String, c: char) {
    if c.is_ascii_alphabetic() {
        let _ = write!(source, "[{}{}]", c.to_ascii_uppercase(), c.to_ascii_lowercase());
    } else if c.is_ascii() || is_same_as_ascii(c) {
        source.push_str(&regex_syntax::escape(c.encode_utf8(&mut [0; 4])));
    } else {
        let _ = write!(source, "(?i:{c})");
    }
}

/// The Kelvin sign and the long s, which Unicode takes for a `k` and an `s`.
fn is_same_as_ascii(c: char) -> bool {
    matches!(c, '\u{212a}' | '\u{17f}')
}
