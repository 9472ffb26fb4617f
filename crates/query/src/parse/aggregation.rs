//! `p95(http.durationMs) as slow`.

use super::Parser;
use super::columns::Rows;
use crate::ast::{Aggregation, Field, Function, Percentile, Span};
use crate::error::ErrorKind;
use crate::nearest::nearest;

/// The functions as errors name them.
pub const FUNCTIONS: &[&str] =
    &["count", "sum", "avg", "min", "max", "uniq", "median", "p50", "p90", "p95", "p99", "p99.9"];

/// Every name, other tools' included, but for those of percentiles.
const NAMES: &[(&str, Function)] = &[
    ("count", Function::Count),
    ("sum", Function::Sum),
    ("avg", Function::Avg),
    ("mean", Function::Avg),
    ("min", Function::Min),
    ("max", Function::Max),
    ("uniq", Function::Uniq),
    ("dc", Function::Uniq),
    ("median", Function::Percentile(Percentile::MEDIAN)),
];

impl Parser<'_> {
    /// `count(), max(http.bytes) as most`, up to `by` or the pipe's end; without any, `count()`.
    pub(super) fn aggregations(&mut self, rows: &Rows) -> Option<Vec<Aggregation>> {
        if self.is_at_pipe_end() || self.is_at_by() {
            return Some(vec![Aggregation::count()]);
        }
        self.list("aggregations", |parser| {
            let mut aggregation = parser.call(rows)?;
            if parser.eat_keyword("as") {
                aggregation.alias = Some(parser.name("a name after as")?.name);
            }
            Some(aggregation)
        })
    }

    /// `count()`, `p95(field)`; `count` alone is `count()`.
    pub(super) fn call(&mut self, rows: &Rows) -> Option<Aggregation> {
        let name = self.name("a function such as count()")?;
        let function = self.function(&name.name, name.span);
        if self.cursor.peek() != Some('(') {
            self.cursor.skip_blanks();
            return match function? {
                Function::Count => Some(Aggregation::count()),
                _ => self.none("( with a field, as in avg(http.durationMs)"),
            };
        }
        let mut fields = self.arguments(rows)?;
        match (function?, fields.pop()) {
            (function, field) if field.is_some() || function == Function::Count => {
                Some(Aggregation { function, field, alias: None })
            }
            _ => {
                let expected = format!("a field in {}(…)", name.name);
                self.error(ErrorKind::Expected { expected, found: "none".to_owned() }, name.span);
                None
            }
        }
    }

    /// `(field)`, `()`, `(*)`: one field or none; `None` where it is something else, which is noted.
    fn arguments(&mut self, rows: &Rows) -> Option<Vec<Field>> {
        let start = self.cursor.at();
        self.cursor.bump();
        let open = self.cursor.since(start);
        self.cursor.skip_blanks();
        let mut fields = Vec::new();
        if self.cursor.peek() != Some(')') && !self.cursor.eat("*") {
            let name = self.name("the name of a field")?;
            fields.push(self.column_named(name, rows));
        }
        self.cursor.skip_blanks();
        if self.cursor.eat(")") {
            return Some(fields);
        }
        if self.is_at_pipe_end() {
            self.error(ErrorKind::Open('('), open);
            return None;
        }
        self.none(")")
    }

    fn function(&mut self, name: &str, span: Span) -> Option<Function> {
        let known = function(name);
        if known.is_none() {
            let nearest = nearest(name, FUNCTIONS.iter().copied());
            let name = super::cursor::shortened(name);
            self.error(ErrorKind::UnknownFunction { name, nearest }, span);
        }
        known
    }
}

/// The function of this name, in any case of its letters.
fn function(name: &str) -> Option<Function> {
    let name = name.to_ascii_lowercase();
    let named = NAMES.iter().find(|(known, _)| *known == name).map(|(_, function)| *function);
    named.or_else(|| percentile(name.strip_prefix('p')?).map(Function::Percentile))
}

/// `95`, `99.9`, `99.99`.
fn percentile(text: &str) -> Option<Percentile> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit());
    if !is_number(whole) || !is_number(part) || part.len() > 2 {
        return None;
    }
    let part: u16 = format!("{part:0<2}").parse().ok()?;
    let whole: u16 = whole.parse().ok()?;
    Percentile::from_hundredths(whole.checked_mul(100)?.checked_add(part)?)
}

/// Whether a column's name, as it stands, is read as a call and gives this name.
pub(crate) fn is_call(name: &str) -> bool {
    let mut parser = Parser::new(name);
    let call = parser.call(&Rows::Records);
    let is_whole = parser.cursor.is_at_end() && parser.errors.is_empty();
    is_whole && name.ends_with(')') && call.is_some_and(|call| call.call() == name)
}
