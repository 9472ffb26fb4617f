use crate::ast::{Field, Filter, Kind, Literal, Part, Pattern, Range, Span, Test, Text, Value};
use crate::error::ErrorKind;
use crate::names::is_collection;
use std::ops::Bound;

/// The field whose values are read, and what a value of it means.
#[derive(Debug)]
pub(super) struct Scope {
    pub(super) field: Field,
    pub(super) kind: ScopeKind,
}

/// What a field is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ScopeKind {
    Collection,
    Time,
    Level,
    Prose,
    Other,
}

impl Scope {
    pub(super) fn of(field: Field) -> Self {
        let kind = if is_collection(&field.name) {
            ScopeKind::Collection
        } else if field.is_time() {
            ScopeKind::Time
        } else if field.is_level() {
            ScopeKind::Level
        } else if field.is_prose() {
            ScopeKind::Prose
        } else {
            ScopeKind::Other
        };
        Self { field, kind }
    }

    fn filter(&self, test: Test) -> Filter {
        Filter::Field(self.field.clone(), test)
    }

    /// `field:*`
    pub(super) fn exists(&self) -> Filter {
        match self.kind {
            ScopeKind::Collection | ScopeKind::Time => Filter::All,
            _ => self.filter(Test::Exists),
        }
    }

    /// `field:word`, `field:wo*d`
    pub(super) fn pattern(&self, pattern: Pattern, span: Span) -> Result<Filter, ErrorKind> {
        if pattern.parts() == [Part::Any] {
            return Ok(self.exists());
        }
        match (self.kind, pattern.as_exact()) {
            (ScopeKind::Prose, _) => Ok(self.filter(Test::Has(Text::of(pattern)))),
            (ScopeKind::Collection, _) => Ok(Filter::Collection(pattern)),
            (_, Some(text)) => self.equal(text, span),
            (ScopeKind::Time, None) => Err(ErrorKind::NotATime("a text with wildcards".to_owned())),
            (_, None) => Ok(self.filter(Test::Like(pattern))),
        }
    }

    /// `field:"a text"`
    pub(super) fn phrase(&self, text: String, span: Span) -> Result<Filter, ErrorKind> {
        match self.kind {
            ScopeKind::Prose if !text.is_empty() => Ok(self.filter(Test::Has(Text::Phrase(text)))),
            _ => self.equal(&text, span),
        }
    }

    /// `field:=value`, and what the others come to where there are no wildcards.
    pub(super) fn equal(&self, text: &str, span: Span) -> Result<Filter, ErrorKind> {
        match self.kind {
            ScopeKind::Collection => Ok(Filter::Collection(Pattern::exactly(text))),
            ScopeKind::Time => self.at_time(text, span),
            ScopeKind::Level => Ok(self.filter(Test::Is(Literal::at(text, Kind::Level, span)))),
            ScopeKind::Prose | ScopeKind::Other => {
                Ok(self.filter(Test::Is(Literal::at(text, Kind::Value, span))))
            }
        }
    }

    fn at_time(&self, text: &str, span: Span) -> Result<Filter, ErrorKind> {
        let literal = self.bound(text, span)?;
        let is_ago = matches!(literal.value(), Value::Time(moment) if moment.is_ago());
        let to = if is_ago { Bound::Unbounded } else { Bound::Included(literal.clone()) };
        Ok(Filter::Time(Range { from: Bound::Included(literal), to }))
    }

    /// A value that others are compared to.
    pub(super) fn bound(&self, text: &str, span: Span) -> Result<Literal, ErrorKind> {
        let kind = match self.kind {
            ScopeKind::Collection => return Err(ErrorKind::NotACollection),
            ScopeKind::Time => Kind::Time,
            ScopeKind::Level => Kind::Level,
            ScopeKind::Prose | ScopeKind::Other => Kind::Bound,
        };
        let literal = Literal::at(text, kind, span);
        match (kind, literal.value()) {
            (Kind::Time, Value::Text) => Err(ErrorKind::NotATime(super::cursor::shortened(text))),
            (Kind::Level, Value::Text) => Err(ErrorKind::NotALevel(super::cursor::shortened(text))),
            (_, Value::Null | Value::Bool(_) | Value::Network(_)) => {
                Err(ErrorKind::NoOrder(super::cursor::shortened(text)))
            }
            _ => Ok(literal),
        }
    }

    pub(super) fn range(&self, range: Range) -> Filter {
        match self.kind {
            ScopeKind::Time => Filter::Time(range),
            _ => self.filter(Test::Range(range)),
        }
    }

    /// Whether two values side by side, as in `status:(404 500)`, ask for either. In prose they ask for both, as anywhere.
    pub(super) fn means_either(&self, a: &Filter, b: &Filter) -> bool {
        self.kind != ScopeKind::Prose && is_value(a) && is_value(b)
    }
}

/// Whether this asks for one value, or for one of several.
fn is_value(filter: &Filter) -> bool {
    match filter {
        Filter::Field(_, Test::Is(_) | Test::Like(_)) | Filter::Collection(_) => true,
        Filter::Time(Range { from, to }) => from == to,
        Filter::Or(parts) => parts.iter().all(is_value),
        _ => false,
    }
}
