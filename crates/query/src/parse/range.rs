//! `[1 TO 5]`, `{1 TO 5}`, `[1 TO *]`.

use super::Parser;
use super::cursor::shortened;
use super::scope::Scope;
use super::word::Written;
use crate::ast::{Filter, Literal, Number, Range, Value};
use crate::error::ErrorKind;
use std::cmp::Ordering;
use std::ops::Bound;

const OPEN_BOUND: &str = "*";

impl Parser<'_> {
    /// A range; the cursor is before its opening bracket.
    pub(super) fn range(&mut self, scope: &Scope) -> Filter {
        let start = self.cursor.at();
        let opening = self.cursor.bump().unwrap_or('[');
        let open = self.cursor.since(start);
        if !self.cursor.rest().contains([']', '}']) {
            self.error(ErrorKind::Open(opening), open);
            self.cursor.take_while(|c| c != '|' && c != ')');
            return Filter::All;
        }
        let Some((from, to)) = self.bounds(scope) else {
            self.skip_bracket();
            return Filter::All;
        };
        let closing = self.cursor.bump();
        let span = self.cursor.since(start);
        self.end_of_quote();
        let range = Range {
            from: if opening == '{' { excluding(from) } else { from },
            to: if closing == Some('}') { excluding(to) } else { to },
        };
        if range.from == Bound::Unbounded && range.to == Bound::Unbounded {
            return scope.exists();
        }
        let checked = check(&range);
        self.noted(checked, span).map_or(Filter::All, |()| scope.range(range))
    }

    /// `1 TO 5`; `None` where it is something else, which is noted.
    fn bounds(&mut self, scope: &Scope) -> Option<(Bound<Literal>, Bound<Literal>)> {
        let from = self.bound_of_range(scope)?;
        self.cursor.skip_blanks();
        let is_to = |c: char| !c.is_whitespace() && !ends_bound(c);
        let mut ahead = self.cursor.clone();
        if !ahead.take_while(is_to).eq_ignore_ascii_case("TO") {
            return self.none("TO, as in [1 TO 5]");
        }
        self.cursor = ahead;
        let to = self.bound_of_range(scope)?;
        self.cursor.skip_blanks();
        if !matches!(self.cursor.peek(), Some(']' | '}')) {
            return self.none("] or }");
        }
        Some((from, to))
    }

    /// A bound, as if it were within; `None` where there is none, which is noted.
    fn bound_of_range(&mut self, scope: &Scope) -> Option<Bound<Literal>> {
        self.cursor.skip_blanks();
        let is_quoted = self.is_at_quote();
        let Some(Written { what, span }) = self.literal(ends_bound) else {
            return self.none("a value or *, as in [1 TO 5]");
        };
        if !is_quoted && what == OPEN_BOUND {
            return Some(Bound::Unbounded);
        }
        let bound = scope.bound(&what, span);
        self.noted(bound, span).map(Bound::Included)
    }

    fn skip_bracket(&mut self) {
        self.cursor.take_while(|c| c != ']' && c != '}');
        self.cursor.bump();
    }
}

fn ends_bound(c: char) -> bool {
    c.is_whitespace() || matches!(c, ']' | '}')
}

fn excluding(bound: Bound<Literal>) -> Bound<Literal> {
    match bound {
        Bound::Included(literal) => Bound::Excluded(literal),
        bound => bound,
    }
}

fn check(range: &Range) -> Result<(), ErrorKind> {
    let (Some((from, with_from)), Some((to, with_to))) = (given(&range.from), given(&range.to))
    else {
        return Ok(());
    };
    match order(from, to) {
        None => Err(ErrorKind::Incomparable(shortened(from.text()), shortened(to.text()))),
        Some(Ordering::Greater) => Err(ErrorKind::EmptyRange),
        Some(Ordering::Equal) if !(with_from && with_to) => Err(ErrorKind::EmptyRange),
        Some(_) => Ok(()),
    }
}

fn given(bound: &Bound<Literal>) -> Option<(&Literal, bool)> {
    match bound {
        Bound::Included(literal) => Some((literal, true)),
        Bound::Excluded(literal) => Some((literal, false)),
        Bound::Unbounded => None,
    }
}

/// How two bounds compare; those that may be either way are in order.
fn order(from: &Literal, to: &Literal) -> Option<Ordering> {
    match (from.value(), to.value()) {
        (Value::Number(a), Value::Number(b)) => float(*a).partial_cmp(&float(*b)),
        (Value::Number(a), Value::Size(b)) => float(*a).partial_cmp(b),
        (Value::Size(a), Value::Number(b)) => a.partial_cmp(&float(*b)),
        (Value::Size(a), Value::Size(b)) | (Value::Duration(a), Value::Duration(b)) => {
            a.partial_cmp(b)
        }
        // Which unit the number is in depends on the field.
        (Value::Duration(_), Value::Number(_)) | (Value::Number(_), Value::Duration(_)) => {
            Some(Ordering::Less)
        }
        (Value::Time(a), Value::Time(b)) => Some(a.order(*b)),
        (Value::Level(a), Value::Level(b)) => Some(a.cmp(b)),
        (Value::Address(a), Value::Address(b)) if a.is_ipv4() == b.is_ipv4() => Some(a.cmp(b)),
        (Value::Text, Value::Text) => {
            Some(from.text().to_lowercase().cmp(&to.text().to_lowercase()))
        }
        _ => None,
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "two whole numbers so large and so near are in order either way"
)]
fn float(number: Number) -> f64 {
    match number {
        Number::Int(number) => number as f64,
        Number::Float(number) => number,
    }
}
