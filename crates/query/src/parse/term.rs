//! A term of a filter: a word, a phrase, a source, a field with what is asked of it.

use super::Parser;
use super::scope::Scope;
use super::word::Written;
use crate::ast::{Field, Filter, Part, Pattern, Regex, RegexError, Text};
use crate::error::ErrorKind;
use crate::syntax::{Slash, ends_word, field_colon, slash};

/// Stands for the text of any field.
const ANY_FIELD: &str = "*:";

impl Parser<'_> {
    pub(super) fn term(&mut self) -> Filter {
        let start = self.cursor.at();
        if self.is_at_quote() {
            return self.phrase_or_quoted_name();
        }
        if let Some(colon) = field_colon(self.cursor.rest()) {
            return self.field(start, colon);
        }
        if self.cursor.eat(ANY_FIELD) {
            return self.any_field(start);
        }
        let is_source = self.cursor.peek() == Some('@')
            && self.cursor.peek_second().is_some_and(|c| !ends_word(c));
        if is_source { self.source() } else { self.word() }
    }

    fn field(&mut self, start: usize, colon: usize) -> Filter {
        let name = self.cursor.rest().get(..colon).unwrap_or("").to_owned();
        self.cursor.advance(colon);
        self.tested(Field { name, span: self.cursor.since(start) })
    }

    /// What is asked of a field; the cursor is before the colon.
    fn tested(&mut self, field: Field) -> Filter {
        self.cursor.bump();
        let scope = Scope::of(field);
        if self.cursor.peek() == Some('(') { self.group(Some(&scope)) } else { self.value(&scope) }
    }

    fn phrase_or_quoted_name(&mut self) -> Filter {
        let Some(quoted) = self.quoted() else { return Filter::All };
        let is_name = self.cursor.peek() == Some(':');
        if is_name && !quoted.what.is_empty() {
            return self.tested(Field { name: quoted.what, span: quoted.span });
        }
        self.phrase(quoted)
    }

    fn phrase(&mut self, quoted: Written<String>) -> Filter {
        let Written { what, span } = self.not_empty(quoted);
        self.text(Text::Phrase(what), span.start)
    }

    /// What is in quotes, after errors have been noted where it is nothing or has no end.
    fn not_empty(&mut self, quoted: Written<String>) -> Written<String> {
        self.end_of_quote();
        if quoted.what.is_empty() {
            self.error(ErrorKind::Empty("quotes"), quoted.span);
        }
        quoted
    }

    fn any_field(&mut self, start: usize) -> Filter {
        if self.is_at_quote() {
            return self.quoted().map_or(Filter::All, |quoted| self.phrase(quoted));
        }
        if let Some(close) = slash_here(self) {
            return self
                .regex(close)
                .map_or(Filter::All, |regex| self.text(Text::Regex(regex), start));
        }
        if self.cursor.is_at_word_end() {
            self.error(ErrorKind::NoValue { field: "*".to_owned() }, self.cursor.since(start));
            return Filter::All;
        }
        self.word()
    }

    fn source(&mut self) -> Filter {
        let start = self.cursor.at();
        self.cursor.bump();
        let name = if self.is_at_quote() {
            let Some(quoted) = self.quoted() else { return Filter::All };
            Pattern::exactly(self.not_empty(quoted).what)
        } else {
            self.pattern().what
        };
        self.count_term(self.cursor.since(start));
        Filter::Source(name)
    }

    fn word(&mut self) -> Filter {
        let Written { what, span } = self.pattern();
        if what.parts() == [Part::Any] {
            return Filter::All;
        }
        self.text(Text::of(what), span.start)
    }

    fn text(&mut self, text: Text, start: usize) -> Filter {
        self.count_term(self.cursor.since(start));
        Filter::Text(text)
    }

    /// A regular expression between slashes, the closing one at `close`; `None` where it is none.
    pub(super) fn regex(&mut self, close: usize) -> Option<Regex> {
        let start = self.cursor.at();
        let pattern = self.cursor.rest().get(1..close).unwrap_or("").to_owned();
        self.cursor.advance(close + 1);
        let ignore_case = self.cursor.eat("i");
        let mut span = self.cursor.since(start);
        self.count_regex(span);
        match Regex::read(&pattern, ignore_case) {
            Ok(regex) => return Some(regex),
            Err(RegexError::TooLarge) => self.error(ErrorKind::RegexTooLarge, span),
            Err(RegexError::Syntax(why, at)) => {
                span.start = start + 1 + at;
                self.error(ErrorKind::Regex(why), span);
            }
        }
        None
    }
}

/// Where the regular expression ends that starts here, if one does.
pub(super) fn slash_here(parser: &Parser<'_>) -> Option<usize> {
    let rest = parser.cursor.rest();
    match rest.starts_with('/').then(|| slash(rest))? {
        Slash::Regex(close) => Some(close),
        Slash::Path | Slash::Open => None,
    }
}
