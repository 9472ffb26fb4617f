//! Words as they are written: with escapes, wildcards, quotes.

use super::Parser;
use crate::ast::{Part, Pattern, Span};
use crate::error::ErrorKind;
use crate::limits::MAX_WILDCARDS;
use crate::syntax::ends_word;

/// A word or a quoted text, and where it stands.
#[derive(Debug)]
pub(super) struct Written<T> {
    pub(super) what: T,
    pub(super) span: Span,
}

impl Parser<'_> {
    /// A word with its wildcards.
    pub(super) fn pattern(&mut self) -> Written<Pattern> {
        let start = self.cursor.at();
        let parts = self.parts(ends_word);
        let span = self.cursor.since(start);
        let pattern = Pattern::new(parts);
        if pattern.wildcards() > MAX_WILDCARDS {
            self.error(
                ErrorKind::TooMany { what: "wildcards in one word", most: MAX_WILDCARDS },
                span,
            );
        }
        Written { what: pattern, span }
    }

    /// A word in which `*` and `?` are what they are; `None` where there is none.
    pub(super) fn plain(&mut self, ends: fn(char) -> bool) -> Option<Written<String>> {
        let start = self.cursor.at();
        let parts = self.parts(ends);
        let what = parts.into_iter().map(|part| match part {
            Part::Text(text) => text,
            Part::Any => "*".to_owned(),
            Part::One => "?".to_owned(),
        });
        let what: String = what.collect();
        (!what.is_empty()).then(|| Written { what, span: self.cursor.since(start) })
    }

    fn parts(&mut self, ends: fn(char) -> bool) -> Vec<Part> {
        let mut parts = Vec::new();
        let mut text = String::new();
        while let Some(c) = self.cursor.peek().filter(|c| !ends(*c)) {
            self.cursor.bump();
            match c {
                '*' | '?' => {
                    parts.push(Part::Text(std::mem::take(&mut text)));
                    parts.push(if c == '*' { Part::Any } else { Part::One });
                }
                '\\' => text.push(self.escaped()),
                c => text.push(c),
            }
        }
        parts.push(Part::Text(text));
        parts
    }

    /// The character that a backslash takes the meaning of; before letters and digits it is one itself.
    fn escaped(&mut self) -> char {
        let escapes = self.cursor.peek().is_some_and(|c| !c.is_alphanumeric());
        if escapes { self.cursor.bump().unwrap_or('\\') } else { '\\' }
    }

    /// What stands in quotes, double or single; the cursor is before the opening one. `None` where it is never closed.
    pub(super) fn quoted(&mut self) -> Option<Written<String>> {
        let start = self.cursor.at();
        let quote = self.cursor.bump()?;
        let open = self.cursor.since(start);
        let mut what = String::new();
        while let Some(c) = self.cursor.bump() {
            match (c, self.cursor.peek()) {
                (c, _) if c == quote => {
                    return Some(Written { what, span: self.cursor.since(start) });
                }
                ('\\', Some(next @ ('"' | '\'' | '\\'))) => {
                    self.cursor.bump();
                    what.push(next);
                }
                (c, _) => what.push(c),
            }
        }
        self.error(ErrorKind::Open(quote), open);
        None
    }

    pub(super) fn is_at_quote(&self) -> bool {
        matches!(self.cursor.peek(), Some('"' | '\''))
    }

    /// Notes an error if something clings to a closing quote or bracket.
    pub(super) fn end_of_quote(&mut self) {
        if !self.cursor.is_at_word_end() {
            self.expected("a blank after what is closed");
            self.parts(ends_word);
        }
    }
}
