//! Text from logs, made harmless for a terminal.

use std::borrow::Cow;
use std::fmt::Write;

/// Whether the character does more than stand for itself: it moves the cursor, changes colours, starts a
/// line, or turns the reading direction.
pub fn is_control(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        )
}

/// The text with every control character but the tab spelt out, as `\x1b` or `\u{202e}`.
pub fn visible(text: &str) -> Cow<'_, str> {
    let hidden = |c: char| c != '\t' && is_control(c);
    if !text.contains(hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if hidden(c) {
            spell(c, &mut shown);
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

fn spell(c: char, out: &mut String) {
    let code = u32::from(c);
    let _ =
        if code <= 0xff { write!(out, "\\x{code:02x}") } else { write!(out, "\\u{{{code:x}}}") };
}

/// JSON text with the control characters that JSON leaves alone as `\u` escapes: the same value.
pub fn visible_json(json: &str) -> Cow<'_, str> {
    if !json.contains(is_control) {
        return Cow::Borrowed(json);
    }
    let mut shown = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        if is_control(c) {
            let _ = write!(shown, "\\u{:04x}", u32::from(c));
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controls_are_spelt_out() {
        for (text, expected) in [
            ("plain \u{e4} text\twith a tab", "plain \u{e4} text\twith a tab"),
            ("\u{1b}]0;title\u{7}", "\\x1b]0;title\\x07"),
            ("\u{9b}31m", "\\x9b31m"),
            ("a\r\nb", "a\\x0d\\x0ab"),
            ("\u{202e}gpj.exe", "\\u{202e}gpj.exe"),
            ("one\u{2028}two\u{7f}", "one\\u{2028}two\\x7f"),
        ] {
            assert_eq!(visible(text), expected);
        }
    }

    #[test]
    fn json_stays_the_same_value() {
        let json = "{\"a\":\"\u{9b}31m\u{2066}\"}";
        let shown = visible_json(json);
        assert_eq!(shown, "{\"a\":\"\\u009b31m\\u2066\"}");
        let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(value(&shown), value(json));
    }
}
