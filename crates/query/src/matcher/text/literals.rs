//! What must be in a text for a pattern to be found in it.

use super::word::is_word_char;
use super::{Edge, Needle};
use memchr::memmem;
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind, Look};

/// The least bytes of a literal that is worth a look.
const MIN_BYTES: usize = 2;

/// An ASCII text that is, in any case, in every text in which the pattern is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Literal {
    /// In lower case.
    pub lower: String,
    /// Whether it begins where a word begins.
    pub at_word_start: bool,
    /// Whether it ends where a word ends.
    pub at_word_end: bool,
}

impl Literal {
    /// The whole words (runs of ASCII letters, digits and `_`) that must be in the text, as such.
    pub fn tokens(&self) -> impl Iterator<Item = &str> {
        let is_token_char = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let mut from = 0;
        std::iter::from_fn(move || {
            loop {
                let rest = self.lower.get(from..)?;
                let start = from + rest.find(is_token_char)?;
                let run = self.lower.get(start..)?;
                let end = start + run.find(|c| !is_token_char(c)).unwrap_or(run.len());
                from = end;
                if self.is_whole(start, end) {
                    return self.lower.get(start..end);
                }
            }
        })
    }

    /// Whether it is anywhere in these bytes, in any case: of the texts of a column one after another, say.
    pub fn occurs_in(&self, bytes: &[u8]) -> bool {
        if !self.lower.bytes().any(|byte| byte.is_ascii_alphabetic()) {
            return memmem::find(bytes, self.lower.as_bytes()).is_some();
        }
        let needle = Needle::new(&self.lower, Edge::Any, Edge::Any);
        needle.is_none_or(|needle| needle.occurs_in(bytes))
    }

    /// Whether no more of the word can be beside the range.
    fn is_whole(&self, start: usize, end: usize) -> bool {
        let before = self.lower.get(..start).and_then(|before| before.chars().next_back());
        let after = self.lower.get(end..).and_then(|after| after.chars().next());
        before.map_or(self.at_word_start, |c| !is_word_char(c))
            && after.map_or(self.at_word_end, |c| !is_word_char(c))
    }
}

/// The literals of a regular expression: all of them are in any text that it is found in.
pub(super) fn of_regex(source: &str, ignore_case: bool) -> Vec<Literal> {
    let parsed = ParserBuilder::new().case_insensitive(ignore_case).build().parse(source);
    let Ok(hir) = parsed else { return Vec::new() };
    let mut found = Collector::default();
    found.collect(&hir);
    found.finish(false);
    found.literals
}

#[derive(Debug, Default)]
struct Collector {
    literals: Vec<Literal>,
    run: String,
    at_word_start: bool,
}

impl Collector {
    fn collect(&mut self, hir: &Hir) {
        match hir.kind() {
            HirKind::Empty => {}
            HirKind::Literal(literal) => match std::str::from_utf8(&literal.0) {
                Ok(text) => text.chars().for_each(|c| self.push(c)),
                Err(_) => self.finish(false),
            },
            HirKind::Class(class) => match single(class) {
                Some(c) => self.push(c),
                None => self.finish(false),
            },
            HirKind::Look(look) => self.look(*look),
            HirKind::Capture(capture) => self.collect(&capture.sub),
            HirKind::Concat(parts) => parts.iter().for_each(|part| self.collect(part)),
            HirKind::Repetition(repetition) => {
                self.finish(false);
                if repetition.min > 0 {
                    self.collect(&repetition.sub);
                }
                self.finish(false);
            }
            HirKind::Alternation(_) => self.finish(false),
        }
    }

    /// Letters that are not ASCII have more than one spelling: they are left out.
    fn push(&mut self, c: char) {
        if c.is_ascii() {
            self.run.push(c.to_ascii_lowercase());
        } else {
            self.finish(false);
        }
    }

    fn look(&mut self, look: Look) {
        let is_end = matches!(look, Look::End | Look::WordEndHalfUnicode | Look::WordEndUnicode);
        self.finish(is_end);
        self.at_word_start =
            matches!(look, Look::Start | Look::WordStartHalfUnicode | Look::WordStartUnicode);
    }

    fn finish(&mut self, at_word_end: bool) {
        let lower = std::mem::take(&mut self.run);
        let at_word_start = std::mem::take(&mut self.at_word_start);
        if lower.len() >= MIN_BYTES {
            self.literals.push(Literal { lower, at_word_start, at_word_end });
        }
    }
}

/// The character of a class that has one, or a letter in both cases.
fn single(class: &Class) -> Option<char> {
    let Class::Unicode(class) = class else { return None };
    let mut characters =
        class.ranges().iter().flat_map(|range| range.start()..=range.end()).take(3);
    match (characters.next()?, characters.next(), characters.next()) {
        (only, None, None) => Some(only),
        (upper, Some(lower), None) if upper.to_ascii_lowercase() == lower => Some(lower),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(regex: &str, literals: &[&str], tokens: &[&str]) {
        let found = of_regex(regex, false);
        let lower: Vec<_> = found.iter().map(|literal| &*literal.lower).collect();
        assert_eq!(lower, literals, "{regex}");
        let whole: Vec<_> = found.iter().flat_map(Literal::tokens).collect();
        assert_eq!(whole, tokens, "{regex}");
    }

    #[test]
    fn it_occurs_in_any_case() {
        let literal = |lower: &str| Literal {
            lower: lower.to_owned(),
            at_word_start: true,
            at_word_end: true,
        };
        assert!(literal("cart").occurs_in(b"x/CaRts"));
        assert!(!literal("cart").occurs_in(b"x/CaR"));
        assert!(literal("10.0.").occurs_in(b"110.0.7"));
        assert!(!literal("10.0.").occurs_in(b"10x0.7"));
        assert!(literal("").occurs_in(b""));
    }

    #[test]
    fn what_a_regular_expression_needs() {
        check(r"user \d+ logged in", &["user ", " logged in"], &["logged"]);
        check(r"\b{start}user \d+ logged in$", &["user ", " logged in"], &["user", "logged", "in"]);
        check(r"[uU][sS]er", &["user"], &[]);
        check("(abc)+de", &["abc", "de"], &[]);
        check("(abc)*de", &["de"], &[]);
        check("abc|abd", &[], &[]);
        check("x(?:ab|cd)yz", &["yz"], &[]);
        check("[a-z]{9}[0-9]{7}z", &[], &[]);
    }
}
