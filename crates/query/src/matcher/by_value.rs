//! Comparison by value: numbers, quantities, times, addresses, levels.

use super::text::compare_folded;
use super::{Path, Scalar};
use crate::ast::{Literal, Number, Value, quantity};
use jiff::{Timestamp, Zoned};
use std::cmp::Ordering;
use std::net::IpAddr;
use woodpile_record::Severity;

/// What a literal stands for, compared to values of any type that can mean the same.
#[derive(Debug, Clone)]
pub(super) enum ByValue {
    Number(Number),
    /// Nanoseconds.
    Duration(f64),
    /// Bytes.
    Size(f64),
    /// Milliseconds since 1970.
    Time(i64),
    Address(IpAddr),
    Level(Severity),
    /// In any case.
    Text(Box<str>),
}

impl ByValue {
    /// Of a literal that can be greater or less than others. A stretch of time is taken at `end` or its start.
    pub(super) fn of(literal: &Literal, now: &Zoned, end: bool) -> Option<Self> {
        Some(match literal.value() {
            Value::Number(number) => Self::Number(*number),
            Value::Duration(nanos) => Self::Duration(*nanos),
            Value::Size(bytes) => Self::Size(*bytes),
            Value::Time(moment) => {
                let period = moment.period(now);
                Self::Time(if end { period.end } else { period.start })
            }
            Value::Address(address) => Self::Address(*address),
            Value::Level(severity) => Self::Level(*severity),
            Value::Text => Self::Text(literal.text().into()),
            Value::Null | Value::Bool(_) | Value::Network(_) => return None,
        })
    }

    /// How `value`, which is at `path`, compares to this; `None` if it cannot.
    pub(super) fn compare(&self, value: Scalar<'_>, path: &Path) -> Option<Ordering> {
        match self {
            Self::Number(number) => compare_numbers(number_of(value)?, *number),
            Self::Duration(nanos) => nanos_of(value, path)?.partial_cmp(nanos),
            Self::Size(bytes) => bytes_of(value)?.partial_cmp(bytes),
            Self::Time(millis) => Some(millis_of(value)?.cmp(millis)),
            Self::Address(address) => compare_addresses(address_of(value)?, *address),
            Self::Level(severity) => Some(severity_of(value)?.cmp(severity)),
            Self::Text(text) => match value {
                Scalar::Text(value) => Some(compare_folded(value, text)),
                _ => None,
            },
        }
    }
}

/// The number that a value is, or that its whole text says.
pub(crate) fn number_of(value: Scalar<'_>) -> Option<Number> {
    match value {
        Scalar::Int(number) => Some(Number::Int(number)),
        Scalar::Float(number) => Some(Number::Float(number)),
        Scalar::Decimal(number) => Number::parse(&number.to_string()),
        Scalar::Text(text) => Number::parse(text),
        _ => None,
    }
}

/// The nanoseconds of a number in the unit of the field's name, or of a text with a unit.
pub(super) fn nanos_of(value: Scalar<'_>, path: &Path) -> Option<f64> {
    match (number_of(value), value) {
        (Some(number), _) => Some((to_f64(number) * path.nanos_per_unit()).round()),
        (None, Scalar::Text(text)) => quantity::duration(text),
        _ => None,
    }
}

/// The bytes that a number counts, or a text with a unit.
pub(super) fn bytes_of(value: Scalar<'_>) -> Option<f64> {
    match (number_of(value), value) {
        (Some(number), _) => Some(to_f64(number)),
        (None, Scalar::Text(text)) => quantity::size(text),
        _ => None,
    }
}

/// The time of a date, or of a text in RFC 3339.
pub(super) fn millis_of(value: Scalar<'_>) -> Option<i64> {
    match value {
        Scalar::Date(millis) => Some(millis),
        Scalar::Text(text) => text.parse().ok().map(Timestamp::as_millisecond),
        _ => None,
    }
}

/// The address that a text is, with or without a port. An IPv4 address that is written as an IPv6 one is what it
/// stands for.
pub(super) fn address_of(value: Scalar<'_>) -> Option<IpAddr> {
    // An IPv6 address with an IPv4 one at its end, brackets, a zone and a port.
    const MAX_BYTES: usize = 80;
    let Scalar::Text(text) = value else { return None };
    let first = *text.as_bytes().first()?;
    if !(first.is_ascii_hexdigit() || matches!(first, b':' | b'[')) || text.len() > MAX_BYTES {
        return None;
    }
    let address = text.parse().ok().or_else(|| without_port(text)?.parse().ok());
    address.map(|address: IpAddr| address.to_canonical())
}

fn without_port(text: &str) -> Option<&str> {
    match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']').map(|(address, _)| address),
        None => text.split_once(':').map(|(address, _)| address),
    }
}

/// The severity of a level's text.
pub(super) fn severity_of(value: Scalar<'_>) -> Option<Severity> {
    match value {
        Scalar::Text(level) => Severity::of(level),
        _ => None,
    }
}

/// Compares as exactly as both are held; `None` with a NaN.
pub(crate) fn compare_numbers(a: Number, b: Number) -> Option<Ordering> {
    match (a, b) {
        (Number::Int(a), Number::Int(b)) => Some(a.cmp(&b)),
        (Number::Float(a), Number::Float(b)) => a.partial_cmp(&b),
        (Number::Int(a), Number::Float(b)) => compare_int_to_float(a, b),
        (Number::Float(a), Number::Int(b)) => compare_int_to_float(b, a).map(Ordering::reverse),
    }
}

/// A double holds not every int64, so the whole part is compared as an integer.
#[expect(
    clippy::cast_possible_truncation,
    reason = "what does not fit is at the end it belongs to"
)]
fn compare_int_to_float(int: i64, float: f64) -> Option<Ordering> {
    if float.is_nan() {
        return None;
    }
    let whole = float.floor();
    let by_whole = i128::from(int).cmp(&(whole as i128));
    Some(if by_whole == Ordering::Equal && float > whole { Ordering::Less } else { by_whole })
}

fn compare_addresses(a: IpAddr, b: IpAddr) -> Option<Ordering> {
    (a.is_ipv4() == b.is_ipv4()).then(|| a.cmp(&b))
}

#[expect(clippy::cast_precision_loss, reason = "quantities are held as doubles")]
pub(crate) fn to_f64(number: Number) -> f64 {
    match number {
        Number::Int(number) => number as f64,
        Number::Float(number) => number,
    }
}
