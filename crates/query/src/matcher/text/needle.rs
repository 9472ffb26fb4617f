use super::Literal;
use super::wildcard::{self, Reach};
use super::word::is_word_char;
use crate::ast::Part;
use memchr::{memchr_iter, memchr2_iter};

/// What must be beside what was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edge {
    /// Anything.
    Any,
    /// No more of the same word.
    Word,
    /// Nothing: the text begins or ends there.
    Text,
}

impl Edge {
    /// Beside a character that is in no word there is no more of the same word.
    pub(super) fn beside(self, c: Option<char>) -> Self {
        if self == Self::Word && !c.is_some_and(is_word_char) { Self::Any } else { self }
    }
}

/// An ASCII text that is looked for in any case.
#[derive(Debug, Clone)]
pub(crate) struct Needle {
    lower: Box<[u8]>,
    /// Where in the needle its rarest byte is, by which it is looked for.
    anchor: usize,
    before: Edge,
    after: Edge,
}

impl Needle {
    /// `None` where the text is empty or not ASCII.
    pub(crate) fn new(text: &str, before: Edge, after: Edge) -> Option<Self> {
        if !text.is_ascii() {
            return None;
        }
        let lower: Box<[u8]> = text.to_ascii_lowercase().into_bytes().into();
        let (anchor, _) = lower.iter().enumerate().max_by_key(|(_, byte)| rarity(**byte))?;
        let before = before.beside(text.chars().next());
        let after = after.beside(text.chars().next_back());
        Some(Self { lower, anchor, before, after })
    }

    /// The needle, as what must be in a text.
    pub(super) fn literal(&self) -> Literal {
        Literal {
            lower: String::from_utf8_lossy(&self.lower).into_owned(),
            at_word_start: self.before != Edge::Any,
            at_word_end: self.after != Edge::Any,
        }
    }

    /// A regular expression that finds the same in the same texts.
    pub(super) fn source(&self) -> String {
        let text = Part::Text(String::from_utf8_lossy(&self.lower).into_owned());
        wildcard::source(&[text], Reach::Value, self.before, self.after)
    }

    /// Whether it can be in the decimal text of a number, `-12.5` or `1.25E-7`. Addresses and dates cannot.
    pub(crate) fn may_be_in_number(&self) -> bool {
        let points = memchr_iter(b'.', &self.lower).count();
        let before = std::iter::once(b'e').chain(self.lower.iter().copied());
        points <= 1
            && before.zip(&self.lower).all(|(before, byte)| match byte {
                b'-' | b'+' => before == b'e',
                byte => byte.is_ascii_digit() || matches!(byte, b'.' | b'e'),
            })
    }

    /// Whether it is in the text, between the right edges.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        if self.before == Edge::Text {
            return self.is_at(text.as_bytes(), 0) && self.is_free(text, 0);
        }
        if self.after == Edge::Text {
            let at = text.len().checked_sub(self.lower.len());
            return at.is_some_and(|at| self.is_at(text.as_bytes(), at) && self.is_free(text, at));
        }
        self.places(text.as_bytes()).any(|at| self.is_free(text, at))
    }

    /// Whether it is anywhere in the bytes, whatever is beside it.
    pub(crate) fn occurs_in(&self, bytes: &[u8]) -> bool {
        self.places(bytes).next().is_some()
    }

    fn places<'t>(&'t self, bytes: &'t [u8]) -> impl Iterator<Item = usize> + 't {
        let anchor = self.lower.get(self.anchor).copied().unwrap_or_default();
        memchr2_iter(anchor, anchor.to_ascii_uppercase(), bytes)
            .filter_map(|found| found.checked_sub(self.anchor))
            .filter(|at| self.is_at(bytes, *at))
    }

    fn is_at(&self, bytes: &[u8], at: usize) -> bool {
        let found = bytes.get(at..).and_then(|rest| rest.get(..self.lower.len()));
        found.is_some_and(|found| found.eq_ignore_ascii_case(&self.lower))
    }

    fn is_free(&self, text: &str, at: usize) -> bool {
        is_free(self.before, text.get(..at).and_then(|before| before.chars().next_back()))
            && is_free(self.after, text.get(at + self.lower.len()..).and_then(|a| a.chars().next()))
    }
}

fn is_free(edge: Edge, neighbour: Option<char>) -> bool {
    match edge {
        Edge::Any => true,
        Edge::Word => !neighbour.is_some_and(is_word_char),
        Edge::Text => neighbour.is_none(),
    }
}

/// How rare a byte is in logs, roughly.
fn rarity(byte: u8) -> usize {
    const FROM_COMMON: &[u8] = b" eatinorscldp0123mu./-:456789g\"h=fbwy_v,k";
    FROM_COMMON.iter().position(|common| *common == byte).unwrap_or(FROM_COMMON.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(needle: &str, before: Edge, after: Edge, text: &str, expected: bool) {
        let needle = Needle::new(needle, before, after).unwrap();
        assert_eq!(needle.is_in(text), expected, "{needle:?} in {text:?}");
    }

    #[test]
    fn a_word_is_no_part_of_a_longer_one() {
        for (text, expected) in [
            ("timeout", true),
            ("read TimeOut: 3", true),
            ("(timeout)", true),
            ("timeouts, then a timeout", true),
            ("timeouts", false),
            ("read_timeout", false),
            ("timeout2", false),
            ("timeouté", false),
            ("étimeout", false),
            ("→timeout←", true),
            ("timeou", false),
            ("", false),
        ] {
            check("timeout", Edge::Word, Edge::Word, text, expected);
        }
    }

    #[test]
    fn what_is_in_no_word_has_no_edge() {
        check("/api/", Edge::Word, Edge::Word, "GET/api/cart", true);
        check("/api", Edge::Word, Edge::Word, "GET/apis", false);
    }

    #[test]
    fn edges_of_the_text() {
        check("ab", Edge::Text, Edge::Any, "ABc", true);
        check("ab", Edge::Text, Edge::Any, "cab", false);
        check("ab", Edge::Any, Edge::Text, "cAB", true);
        check("ab", Edge::Word, Edge::Text, "cab", false);
        check("ab", Edge::Text, Edge::Text, "ab", true);
        check("ab", Edge::Text, Edge::Text, "abab", false);
    }

    #[test]
    fn some_texts_are_in_no_number() {
        for (text, expected) in [
            ("404", true),
            ("-12.5", true),
            (".25E-7", true),
            ("1.25E+30", true),
            ("10.0.0.7", false),
            ("2026-11-22", false),
            ("4o4", false),
        ] {
            let needle = Needle::new(text, Edge::Word, Edge::Word).unwrap();
            assert_eq!(needle.may_be_in_number(), expected, "{text}");
        }
    }
}
