use super::word::{Name, Place, Quoted, Value, pattern, word};
use crate::ast::{Filter, Literal, Pattern, Range, Regex, Test, Text};
use std::fmt;
use std::ops::Bound;

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("*"),
            Self::And(parts) => joined(f, parts, " ", |part| matches!(part, Self::Or(_))),
            Self::Or(parts) => joined(f, parts, " OR ", |_| false),
            Self::Not(part) if matches!(**part, Self::And(_) | Self::Or(_)) => {
                write!(f, "-({part})")
            }
            Self::Not(part) => write!(f, "-{part}"),
            Self::Text(text) => write!(f, "{text}"),
            Self::Source(name) => write!(f, "@{}", exact_or_pattern(name, Place::Source)),
            Self::Collection(name) => {
                write!(f, "collection:{}", exact_or_pattern(name, Place::Value))
            }
            Self::Time(range) => time(f, range),
            // A value of prose would be a word in it.
            Self::Field(field, Test::Is(literal)) if field.is_prose() => {
                write!(f, "{}:={}", Name(&field.name), Value(literal.text()))
            }
            Self::Field(field, test) => write!(f, "{}:{test}", Name(&field.name)),
        }
    }
}

fn joined(
    f: &mut fmt::Formatter<'_>,
    parts: &[Filter],
    separator: &str,
    needs_parentheses: fn(&Filter) -> bool,
) -> fmt::Result {
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            f.write_str(separator)?;
        }
        if needs_parentheses(part) {
            write!(f, "({part})")?;
        } else {
            write!(f, "{part}")?;
        }
    }
    Ok(())
}

fn exact_or_pattern(name: &Pattern, place: Place) -> String {
    match name.as_exact() {
        // Behind the @, a colon would make a field's name of what is before it.
        Some(text) if place == Place::Source && text.contains(':') => Quoted(text).to_string(),
        Some(text) => Value(text).to_string(),
        None => pattern(name, place),
    }
}

/// A range of time; a bound that stands for both ends is written once.
fn time(f: &mut fmt::Formatter<'_>, range: &Range) -> fmt::Result {
    match (&range.from, &range.to) {
        (Bound::Included(from), Bound::Included(to)) if from == to && !is_ago(from) => {
            write!(f, "time:{}", Value(from.text()))
        }
        _ => write!(f, "time:{range}"),
    }
}

fn is_ago(literal: &Literal) -> bool {
    matches!(literal.value(), crate::ast::Value::Time(moment) if moment.is_ago())
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(text) => f.write_str(&word(text)),
            Self::Phrase(text) => Quoted(text).fmt(f),
            Self::Pattern(parts) => f.write_str(&pattern(parts, Place::Term)),
            Self::Regex(regex) => write!(f, "*:{regex}"),
        }
    }
}

impl fmt::Display for Regex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}/{}", self.pattern(), if self.ignores_case() { "i" } else { "" })
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exists => f.write_str("*"),
            Self::Is(literal) => write!(f, "{}", Value(literal.text())),
            Self::Range(range) => write!(f, "{range}"),
            Self::Like(parts) | Self::Has(Text::Pattern(parts)) => {
                f.write_str(&pattern(parts, Place::Value))
            }
            Self::Has(Text::Word(text)) => {
                f.write_str(&pattern(&Pattern::exactly(text.as_str()), Place::Value))
            }
            Self::Has(text) => write!(f, "{text}"),
            Self::Regex(regex) => write!(f, "{regex}"),
        }
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.from, &self.to) {
            (Bound::Included(from), Bound::Unbounded) => write!(f, ">={}", Value(from.text())),
            (Bound::Excluded(from), Bound::Unbounded) => write!(f, ">{}", Value(from.text())),
            (Bound::Unbounded, Bound::Included(to)) => write!(f, "<={}", Value(to.text())),
            (Bound::Unbounded, Bound::Excluded(to)) => write!(f, "<{}", Value(to.text())),
            (from, to) => {
                let opening = if matches!(from, Bound::Excluded(_)) { '{' } else { '[' };
                let closing = if matches!(to, Bound::Excluded(_)) { '}' } else { ']' };
                write!(f, "{opening}{} TO {}{closing}", end(from), end(to))
            }
        }
    }
}

fn end(bound: &Bound<Literal>) -> String {
    match bound {
        Bound::Included(literal) | Bound::Excluded(literal) => Value(literal.text()).to_string(),
        Bound::Unbounded => "*".to_owned(),
    }
}
