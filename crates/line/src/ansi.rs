//! Colours: escape sequences of terminals (ECMA-48), overlooked when a line is read.

use memchr::memchr;
use std::borrow::Cow;

const ESCAPE: u8 = 0x1b;

/// The text without its escape sequences.
pub(crate) fn stripped(text: &str) -> Cow<'_, str> {
    if memchr(ESCAPE, text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    for (piece, is_escape) in pieces(text) {
        if !is_escape {
            plain.push_str(piece);
        }
    }
    Cow::Owned(plain)
}

/// The end of `text` that reads as `tail` once it is stripped, and the escape sequences right before it.
/// `None` if `text` does not end so.
pub(crate) fn coloured_tail<'a>(text: &'a str, tail: &str) -> Option<&'a str> {
    let plain = stripped(text);
    let mut hidden = plain.strip_suffix(tail)?.len();
    let mut at = 0;
    for (piece, is_escape) in pieces(text) {
        if hidden == 0 {
            break;
        }
        if is_escape {
            at += piece.len();
        } else {
            let step = piece.len().min(hidden);
            at += step;
            hidden -= step;
        }
    }
    text.get(at..)
}

/// The text in pieces, and of each whether it is an escape sequence.
fn pieces(text: &str) -> impl Iterator<Item = (&str, bool)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (length, is_escape) = match memchr(ESCAPE, rest.as_bytes()) {
            Some(0) => (sequence_length(rest), true),
            Some(at) => (at, false),
            None => (rest.len(), false),
        };
        let (piece, after) = rest.split_at(length);
        rest = after;
        Some((piece, is_escape))
    })
}

/// The length of the sequence at the front: `ESC [ … letter`, `ESC ] … BEL`, or ESC alone.
fn sequence_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let end = match bytes.get(1) {
        Some(b'[') => bytes.iter().skip(2).position(|byte| (0x40..=0x7e).contains(byte)),
        Some(b']') => bytes.iter().skip(2).position(|byte| *byte == 0x07),
        _ => return 1,
    };
    let length = end.map_or(bytes.len(), |end| end + 3);
    text.ceil_char_boundary(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_taken_off() {
        for (text, expected) in [
            ("plain", "plain"),
            ("\u{1b}[32mINFO\u{1b}[0m x", "INFO x"),
            ("\u{1b}]8;;http://x\u{7}link", "link"),
            ("a\u{1b}", "a"),
            ("\u{1b}[", ""),
            ("\u{1b}[é", ""),
        ] {
            assert_eq!(stripped(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_tail_keeps_its_colours() {
        let text = "\u{1b}[2m07:32\u{1b}[0m \u{1b}[1mred\u{1b}[0m!";
        assert_eq!(coloured_tail(text, "red!"), Some("\u{1b}[1mred\u{1b}[0m!"));
        assert_eq!(coloured_tail(text, "07:32 red!"), Some(text));
        assert_eq!(coloured_tail(text, "blue"), None);
    }
}
