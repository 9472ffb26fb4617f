//! What users are told: what was expected, and what stands there instead.

use super::ErrorKind;
use crate::limits;
use crate::parse::{FUNCTIONS, PIPES};
use std::fmt;

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { .. } | Self::TooDeep | Self::TooMany { .. } | Self::RegexTooLarge => {
                self.limit(f)
            }
            Self::NotALevel(_)
            | Self::NotATime(_)
            | Self::NoOrder(_)
            | Self::Incomparable(..)
            | Self::EmptyRange
            | Self::NotACollection
            | Self::Regex(_) => self.value(f),
            Self::UnknownPipe { .. }
            | Self::UnknownFunction { .. }
            | Self::UnknownColumn { .. }
            | Self::SameColumn(_)
            | Self::NeedsRecords(_) => self.pipe(f),
            _ => self.form(f),
        }
    }
}

impl ErrorKind {
    fn limit(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { bytes } => write!(
                f,
                "the query has {bytes} bytes; expected at most {}",
                limits::MAX_QUERY_BYTES
            ),
            Self::TooDeep => write!(f, "parentheses nest deeper than {} here", limits::MAX_DEPTH),
            Self::TooMany { what, most } => write!(f, "there are more than {most} {what}"),
            _ => write!(
                f,
                "this regular expression takes more than {} bytes; expected fewer repetitions",
                limits::MAX_REGEX_BYTES
            ),
        }
    }

    fn value(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotALevel(text) => write!(
                f,
                "{text} is no level; expected trace, debug, info, notice, warn, error, critical, alert or \
                 emergency"
            ),
            Self::NotATime(text) => write!(
                f,
                "{text} is no time; expected such as -1h, now-15m, today, yesterday, friday, 2026-11-22, \
                 \"2026-11-22 07:30\" or 2026-11-22T07:30:00Z"
            ),
            Self::NoOrder(text) => write!(
                f,
                "nothing is greater or less than {text}; expected a number, duration, size, time, address or \
                 text"
            ),
            Self::Incomparable(from, to) => {
                write!(f, "{from} and {to} cannot be compared; expected two values of one kind")
            }
            Self::EmptyRange => {
                write!(f, "nothing lies in this range; expected the lesser value first")
            }
            Self::Regex(why) => write!(f, "this is no regular expression: {why}"),
            _ => write!(f, "expected the name of a collection, such as access-log or *-log"),
        }
    }

    fn pipe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownPipe { name, nearest } => {
                write!(f, "there is no pipe {name}; ")?;
                suggest(f, nearest.as_ref(), PIPES)
            }
            Self::UnknownFunction { name, nearest } => {
                write!(f, "there is no function {name}; ")?;
                suggest(f, nearest.as_ref(), FUNCTIONS)
            }
            Self::UnknownColumn { name, nearest, columns } => {
                write!(f, "there is no column {name} here; ")?;
                suggest(f, nearest.as_ref(), columns)
            }
            Self::SameColumn(name) => write!(
                f,
                "two columns are called {name}; expected another name for one, by `as NAME`"
            ),
            Self::NeedsRecords(pipe) => write!(
                f,
                "{pipe} works on records; expected it before the pipes that make other rows of them"
            ),
            _ => Ok(()),
        }
    }

    fn form(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open(mark) => {
                write!(f, "this {mark} is never closed; expected {}", closing(*mark))
            }
            Self::Stray => {
                write!(f, "this ) closes nothing; expected a ( before it, or \")\" in quotes")
            }
            Self::Empty(what) => write!(f, "there is nothing in these {what}"),
            Self::NoTerm { side, operator } => write!(
                f,
                "expected a term {side} {operator}; the word itself is found in quotes, \"{operator}\""
            ),
            Self::NoValue { field } => write!(
                f,
                "expected a value right behind {field}:; the text itself is found in quotes, \"{field}:\""
            ),
            Self::Expected { expected, found } if found.is_empty() => {
                write!(f, "expected {expected}, found the end")
            }
            Self::Expected { expected, found } => write!(f, "expected {expected}, found {found}"),
            _ => Ok(()),
        }
    }
}

fn closing(mark: char) -> &'static str {
    match mark {
        '(' => ")",
        '[' | '{' => "] or }",
        '\'' => "another '",
        _ => "another \"",
    }
}

fn suggest<A: fmt::Display, B: AsRef<str>>(
    f: &mut fmt::Formatter<'_>,
    nearest: Option<&A>,
    all: &[B],
) -> fmt::Result {
    if let Some(nearest) = nearest {
        return write!(f, "did you mean {nearest}?");
    }
    let all: Vec<&str> = all.iter().map(AsRef::as_ref).collect();
    write!(f, "expected one of {}", all.join(", "))
}
