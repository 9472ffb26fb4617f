//! What a word is made of, and which letters are the same.

use std::cmp::Ordering;

/// Whether it belongs to a word: letters, marks, digits and `_`, as `\w` in regular expressions
/// (<https://www.unicode.org/reports/tr18/#Compatibility_Properties>).
pub(crate) fn is_word_char(c: char) -> bool {
    if c.is_ascii() {
        c.is_ascii_alphanumeric() || c == '_'
    } else {
        regex_syntax::try_is_word_character(c).unwrap_or_else(|_| c.is_alphanumeric())
    }
}

/// Compares two texts in any case of their letters, character by character.
pub(crate) fn compare_folded(a: &str, b: &str) -> Ordering {
    a.chars().map(fold).cmp(b.chars().map(fold))
}

/// The character in lower case, where that is one character. An ASCII letter is never the same as one that is not.
fn fold(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(folded), None) if !folded.is_ascii() => folded,
        _ => c,
    }
}
