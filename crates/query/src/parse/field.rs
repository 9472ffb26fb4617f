//! What is asked of a field, behind its colon.

use super::Parser;
use super::scope::{Scope, ScopeKind};
use super::term::slash_here;
use super::word::Written;
use crate::ast::{Filter, Literal, Range, Test};
use crate::error::ErrorKind;
use crate::syntax::ends_word;
use std::ops::Bound;

/// Signs of comparison; the longer of two that begin alike comes first.
const SIGNS: &[&str] = &[">=", "<=", "!=", ">", "<", "="];

impl Parser<'_> {
    /// One value: the cursor is behind the colon, or within the parentheses that stand there.
    pub(super) fn value(&mut self, scope: &Scope) -> Filter {
        let start = self.cursor.at();
        if self.cursor.is_at_word_end() {
            let field = super::cursor::shortened(&scope.field.name);
            let span = scope.field.span.to(self.cursor.since(start));
            self.error(ErrorKind::NoValue { field }, span);
            return Filter::All;
        }
        let filter = self.value_at(scope);
        self.count_term(self.cursor.since(start));
        filter
    }

    fn value_at(&mut self, scope: &Scope) -> Filter {
        if self.is_at_quote() {
            return self.phrase_value(scope);
        }
        if matches!(self.cursor.peek(), Some('[' | '{')) {
            return self.range(scope);
        }
        if let Some(sign) = SIGNS.iter().find(|sign| self.cursor.eat(sign)) {
            return self.compared(scope, sign);
        }
        if let Some(close) = slash_here(self) {
            return self.regex_value(scope, close);
        }
        let Written { what, span } = self.pattern();
        let filter = scope.pattern(what, span);
        self.noted(filter, span).unwrap_or_default()
    }

    fn phrase_value(&mut self, scope: &Scope) -> Filter {
        let Some(Written { what, span }) = self.quoted() else { return Filter::All };
        self.end_of_quote();
        let filter = scope.phrase(what, span);
        self.noted(filter, span).unwrap_or_default()
    }

    fn regex_value(&mut self, scope: &Scope, close: usize) -> Filter {
        let start = self.cursor.at();
        let regex = self.regex(close);
        let span = self.cursor.since(start);
        match (scope.kind, regex) {
            (_, None) => {}
            (ScopeKind::Collection, _) => self.error(ErrorKind::NotACollection, span),
            (ScopeKind::Time, _) => {
                self.error(ErrorKind::NotATime("a regular expression".to_owned()), span);
            }
            (_, Some(regex)) => return Filter::Field(scope.field.clone(), Test::Regex(regex)),
        }
        Filter::All
    }

    /// `>5`, `=now`, `!="a text"`; the cursor is behind the sign.
    fn compared(&mut self, scope: &Scope, sign: &str) -> Filter {
        self.cursor.skip_blanks();
        let Some(Written { what, span }) = self.literal(ends_word) else {
            self.expected(format!("a value after {sign}"));
            return Filter::All;
        };
        let filter = match sign {
            "=" => scope.equal(&what, span),
            "!=" => scope.equal(&what, span).map(Filter::not),
            _ => scope.bound(&what, span).map(|bound| scope.range(half(sign, bound))),
        };
        self.noted(filter, span).unwrap_or_default()
    }

    /// A value without wildcards, quoted or not; `None` where there is none.
    pub(super) fn literal(&mut self, ends: fn(char) -> bool) -> Option<Written<String>> {
        if self.is_at_quote() { self.quoted() } else { self.plain(ends) }
    }

    /// Notes the error, if it is one.
    pub(super) fn noted<T>(
        &mut self,
        result: Result<T, ErrorKind>,
        span: crate::ast::Span,
    ) -> Option<T> {
        result.map_err(|kind| self.error(kind, span)).ok()
    }
}

fn half(sign: &str, bound: Literal) -> Range {
    let (from, to) = match sign {
        ">=" => (Bound::Included(bound), Bound::Unbounded),
        ">" => (Bound::Excluded(bound), Bound::Unbounded),
        "<=" => (Bound::Unbounded, Bound::Included(bound)),
        _ => (Bound::Unbounded, Bound::Excluded(bound)),
    };
    Range { from, to }
}
