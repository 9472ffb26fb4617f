//! Reading a line from left to right.

use memchr::memchr;

/// What is left of a line. Each method takes what it names off the front, or leaves all as it is and says `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Scan<'a> {
    rest: &'a str,
}

impl<'a> Scan<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { rest: text }
    }

    /// All that is left.
    pub(crate) fn rest(self) -> &'a str {
        self.rest
    }

    pub(crate) fn is_empty(self) -> bool {
        self.rest.is_empty()
    }

    /// The next byte, which stays.
    pub(crate) fn peek(self) -> Option<u8> {
        self.rest.as_bytes().first().copied()
    }

    /// This text.
    pub(crate) fn eat(&mut self, text: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(text)?;
        Some(())
    }

    /// Spaces and tabs, or nothing.
    pub(crate) fn blanks(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t']);
    }

    /// At least one space or tab.
    pub(crate) fn gap(&mut self) -> Option<()> {
        let before = self.rest.len();
        self.blanks();
        (self.rest.len() < before).then_some(())
    }

    /// What comes before the (ASCII) byte `end`; `end` goes, too.
    pub(crate) fn until(&mut self, end: u8) -> Option<&'a str> {
        let at = memchr(end, self.rest.as_bytes())?;
        let (text, rest) = (self.rest.get(..at)?, self.rest.get(at + 1..)?);
        self.rest = rest;
        Some(text)
    }

    /// What comes before the text `end`; `end` goes, too.
    pub(crate) fn until_text(&mut self, end: &str) -> Option<&'a str> {
        let (text, rest) = self.rest.split_once(end)?;
        self.rest = rest;
        Some(text)
    }

    /// What stands between `[` and `]`.
    pub(crate) fn bracketed(&mut self) -> Option<&'a str> {
        let mut scan = *self;
        scan.eat("[")?;
        let text = scan.until(b']')?;
        *self = scan;
        Some(text)
    }

    /// Everything up to the next space or tab, which stays; never nothing.
    pub(crate) fn word(&mut self) -> Option<&'a str> {
        self.take_while(|byte| byte != b' ' && byte != b'\t')
    }

    /// The bytes at the front that `is` accepts (it must refuse all but whole characters); never nothing.
    pub(crate) fn take_while(&mut self, is: impl Fn(u8) -> bool) -> Option<&'a str> {
        let end = self.rest.bytes().position(|byte| !is(byte)).unwrap_or(self.rest.len());
        let (text, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest;
        (!text.is_empty()).then_some(text)
    }

    /// A whole number without a sign.
    pub(crate) fn integer(&mut self) -> Option<i64> {
        let mut scan = *self;
        let number = scan.take_while(|byte| byte.is_ascii_digit())?.parse().ok()?;
        *self = scan;
        Some(number)
    }

    /// A number of exactly `digits` digits.
    pub(crate) fn digits(&mut self, digits: usize) -> Option<u32> {
        let (text, rest) = self.rest.split_at_checked(digits)?;
        let number = text.bytes().try_fold(0_u32, |number, byte| {
            byte.is_ascii_digit().then(|| number * 10 + u32::from(byte - b'0'))
        })?;
        self.rest = rest;
        Some(number)
    }

    /// A text in double quotes, with its escapes as they are. A line that was cut ends it, too.
    pub(crate) fn quoted(&mut self) -> Option<&'a str> {
        let inner = self.rest.strip_prefix('"')?;
        let end = closing_quote(inner);
        let (text, rest) = inner.split_at_checked(end)?;
        self.rest = rest.strip_prefix('"').unwrap_or(rest);
        Some(text)
    }
}

/// Where the quote is that no backslash precedes; else the end.
pub(crate) fn closing_quote(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut from = 0;
    while let Some(found) = bytes.get(from..).and_then(|rest| memchr(b'"', rest)) {
        let at = from + found;
        let backslashes = bytes[..at].iter().rev().take_while(|byte| **byte == b'\\').count();
        if backslashes % 2 == 0 {
            return at;
        }
        from = at + 1;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_ends_where_no_backslash_precedes() {
        for (text, expected, rest) in [
            (r#""a" b"#, "a", " b"),
            (r#""a\"b" c"#, r#"a\"b"#, " c"),
            (r#""a\\" c"#, r"a\\", " c"),
            (r#""cut"#, "cut", ""),
            (r#""""#, "", ""),
        ] {
            let mut scan = Scan::new(text);
            assert_eq!(scan.quoted(), Some(expected), "{text}");
            assert_eq!(scan.rest(), rest, "{text}");
        }
    }

    #[test]
    fn what_does_not_match_stays() {
        let mut scan = Scan::new("12:[x");
        assert_eq!(scan.digits(3), None);
        assert_eq!(scan.integer(), Some(12));
        assert_eq!(scan.eat("-"), None);
        assert_eq!(scan.eat(":"), Some(()));
        assert_eq!(scan.bracketed(), None);
        assert_eq!(scan.rest(), "[x");
    }
}
