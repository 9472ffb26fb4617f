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

/// The regular expression that finds the parts between the edges.
pub(super) fn source(parts: &[Part], reach: Reach, before: Edge, after: Edge) -> String {
    let mut source = String::from("(?s)");
    source.push_str(match before {
        Edge::Any => "",
        Edge::Word => r"\b{start-half}",
        Edge::Text => r"\A",
    });
    for part in parts {
        push(&mut source, part, reach);
    }
    source.push_str(match after {
        Edge::Any => "",
        Edge::Word => r"\b{end-half}",
        Edge::Text => r"\z",
    });
    source
}

fn push(source: &mut String, part: &Part, reach: Reach) {
    let character = match reach {
        Reach::Word => r"\S",
        Reach::Value => ".",
    };
    match part {
        Part::Any => {
            source.push_str(character);
            source.push('*');
        }
        Part::One => source.push_str(character),
        Part::Text(text) => text.chars().for_each(|c| push_char(source, c)),
    }
}

/// The character in any case: an ASCII letter and its other case only, others as Unicode has it.
fn push_char(source: &mut String, c: char) {
    if c.is_ascii_alphabetic() {
        // Writing to a text cannot fail.
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
