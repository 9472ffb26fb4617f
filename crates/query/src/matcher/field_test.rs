use super::by_value::{
    ByValue, address_of, bytes_of, compare_numbers, millis_of, nanos_of, number_of, severity_of,
};
use super::text::TextPattern;
use super::{Needed, Path, Scalar};
use crate::ast::{Literal, Network, Number, Period, Value};
use jiff::Zoned;
use std::cmp::Ordering;
use std::net::IpAddr;
use std::ops::{Bound, RangeBounds as _};
use woodpile_record::Severity;

/// What is asked of one value of a field.
#[derive(Debug, Clone)]
pub(super) enum FieldTest {
    /// Nothing: it is there.
    Exists,
    /// That its text is like this.
    Text(TextPattern),
    /// That it is this.
    Is(Same),
    /// That it lies between these.
    Between { from: Bound<ByValue>, to: Bound<ByValue> },
    /// What no value passes.
    Nothing,
}

/// A value that others may be the same as: as text, or by what it means.
#[derive(Debug, Clone)]
pub(super) struct Same {
    text: TextPattern,
    meaning: Meaning,
}

#[derive(Debug, Clone)]
enum Meaning {
    /// Its text alone.
    Text,
    Null,
    Bool(bool),
    Number(Number),
    Duration(f64),
    Size(f64),
    Time(Period),
    Address(IpAddr),
    Network(Network),
    Level(Severity),
}

impl FieldTest {
    /// Whether the value, which is at the path, passes.
    pub(super) fn passes(&self, value: Scalar<'_>, path: &Path) -> bool {
        match self {
            Self::Exists => true,
            Self::Nothing => false,
            Self::Text(pattern) => value.with_text(|text| pattern.is_in(text)).unwrap_or(false),
            Self::Is(same) => same.is(value, path),
            Self::Between { from, to } => {
                lies_above(value, path, from) && lies_below(value, path, to)
            }
        }
    }

    /// Whether levels of this severity pass, where that alone tells.
    pub(super) fn passes_severity(&self, severity: Option<Severity>) -> Option<bool> {
        match self {
            Self::Is(Same { meaning: Meaning::Level(wanted), .. }) => {
                Some(severity == Some(*wanted))
            }
            Self::Between { from, to } => {
                let (from, to) = (severity_bound(from)?, severity_bound(to)?);
                Some(severity.is_some_and(|severity| (from, to).contains(&severity)))
            }
            Self::Nothing => Some(false),
            _ => None,
        }
    }

    /// What is in every text that passes.
    pub(super) fn needs(&self) -> Vec<Needed> {
        self.pattern().map_or_else(Vec::new, TextPattern::literals)
    }

    /// What texts have to be like, where that is all that is asked.
    pub(super) fn pattern(&self) -> Option<&TextPattern> {
        match self {
            Self::Text(pattern) => Some(pattern),
            Self::Is(Same { text, meaning: Meaning::Text }) => Some(text),
            _ => None,
        }
    }
}

impl Same {
    pub(super) fn new(text: TextPattern, literal: &Literal, now: &Zoned) -> Self {
        let meaning = match literal.value() {
            Value::Null => Meaning::Null,
            Value::Bool(truth) => Meaning::Bool(*truth),
            Value::Number(number) => Meaning::Number(*number),
            Value::Duration(nanos) => Meaning::Duration(*nanos),
            Value::Size(bytes) => Meaning::Size(*bytes),
            Value::Time(moment) => Meaning::Time(moment.period(now)),
            Value::Address(address) => Meaning::Address(address.to_canonical()),
            Value::Network(network) => Meaning::Network(*network),
            Value::Level(severity) => Meaning::Level(*severity),
            Value::Text => Meaning::Text,
        };
        Self { text, meaning }
    }

    fn is(&self, value: Scalar<'_>, path: &Path) -> bool {
        self.means(value, path) || value.with_text(|text| self.text.is_in(text)).unwrap_or(false)
    }

    fn means(&self, value: Scalar<'_>, path: &Path) -> bool {
        match &self.meaning {
            Meaning::Text => false,
            Meaning::Null => value == Scalar::Null,
            Meaning::Bool(truth) => value == Scalar::Bool(*truth),
            Meaning::Number(number) => number_of(value)
                .is_some_and(|value| compare_numbers(value, *number).is_some_and(Ordering::is_eq)),
            Meaning::Duration(nanos) => is_same(nanos_of(value, path), *nanos),
            Meaning::Size(bytes) => is_same(bytes_of(value), *bytes),
            Meaning::Time(period) => {
                millis_of(value).is_some_and(|at| (period.start..period.end).contains(&at))
            }
            Meaning::Address(address) => address_of(value) == Some(*address),
            Meaning::Network(network) => {
                address_of(value).is_some_and(|address| network.contains(address))
            }
            Meaning::Level(severity) => severity_of(value) == Some(*severity),
        }
    }
}

fn severity_bound(bound: &Bound<ByValue>) -> Option<Bound<Severity>> {
    let severity = |value: &ByValue| match value {
        ByValue::Level(severity) => Some(*severity),
        _ => None,
    };
    Some(match bound {
        Bound::Unbounded => Bound::Unbounded,
        Bound::Included(value) => Bound::Included(severity(value)?),
        Bound::Excluded(value) => Bound::Excluded(severity(value)?),
    })
}

fn is_same(quantity: Option<f64>, other: f64) -> bool {
    quantity.and_then(|quantity| quantity.partial_cmp(&other)).is_some_and(Ordering::is_eq)
}

fn lies_above(value: Scalar<'_>, path: &Path, bound: &Bound<ByValue>) -> bool {
    match bound {
        Bound::Unbounded => true,
        Bound::Included(least) => least.compare(value, path).is_some_and(Ordering::is_ge),
        Bound::Excluded(least) => least.compare(value, path).is_some_and(Ordering::is_gt),
    }
}

fn lies_below(value: Scalar<'_>, path: &Path, bound: &Bound<ByValue>) -> bool {
    match bound {
        Bound::Unbounded => true,
        Bound::Included(most) => most.compare(value, path).is_some_and(Ordering::is_le),
        Bound::Excluded(most) => most.compare(value, path).is_some_and(Ordering::is_lt),
    }
}
