//! Levels, also as the numbers that some libraries write.

use super::key::{Dialect, Slot};
use super::lookup::Named;
use std::borrow::Cow;
use woodpile_record::{Severity, Value};

/// Takes the level. A number becomes the usual name; it stays, too, where that does not say all of it.
pub(super) fn take<'a>(named: &mut Named<'a>) -> Option<Cow<'a, str>> {
    let dialect = named.dialect;
    let (position, level, exact) = named
        .values(Slot::Level)
        .find_map(|(at, value)| read(value, dialect).map(|(level, exact)| (at, level, exact)))?;
    if exact {
        named.take(position);
    }
    Some(level)
}

/// The level, and whether it says all that the value says.
fn read<'a>(value: &Value<'a>, dialect: Dialect) -> Option<(Cow<'a, str>, bool)> {
    match value {
        Value::Int(number) => numbered(*number, dialect),
        Value::Text(text) => match text.parse::<i64>() {
            Ok(number) => numbered(number, dialect),
            Err(_) if dialect == Dialect::Mongod => mongod(text),
            Err(_) if text.is_empty() => None,
            Err(_) => Some((text.clone(), true)),
        },
        _ => None,
    }
}

/// pino's and bunyan's tens, Python's, or syslog's 0 to 7 (GELF, journald).
fn numbered<'a>(number: i64, dialect: Dialect) -> Option<(Cow<'a, str>, bool)> {
    let syslog = u8::try_from(number).ok().and_then(Severity::of_syslog);
    let severity = match syslog {
        Some(severity) => severity,
        None => Severity::of_tens(number, dialect != Dialect::Python)?,
    };
    Some((severity.name().into(), number % 10 == 0 || syslog.is_some()))
}

/// mongod's `I`, `W`, `E`, `F`, and `D1` to `D5`
/// (<https://www.mongodb.com/docs/manual/reference/log-messages/#severity-levels>).
fn mongod<'a>(text: &str) -> Option<(Cow<'a, str>, bool)> {
    let severity = Severity::of(text.get(..1)?)?;
    Some((severity.name().into(), text.len() == 1))
}
