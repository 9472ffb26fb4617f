use super::{Moment, Network, Span, quantity};
use std::net::IpAddr;
use woodpile_record::Severity;

/// A value as it was typed, and what it means. Compares by its text and kind.
#[derive(Debug, Clone)]
pub struct Literal {
    text: String,
    kind: Kind,
    value: Value,
    span: Span,
}

/// Where a literal stands, which tells how it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The value of some field: `status:404`.
    Value,
    /// The bound of a range or comparison of some field, where words such as `now` are times.
    Bound,
    /// Of the level: a severity, or else a text.
    Level,
    /// Of the time: a time, or else (an error that the parser told of) a text.
    Time,
}

/// What a [`Literal`] means.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `null`.
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// `404`, `-1.5`, `1e9`.
    Number(Number),
    /// `250ms`, in nanoseconds. A field that holds a number is compared in the unit that its name tells: see
    /// [`nanos_per_unit`](crate::nanos_per_unit).
    Duration(f64),
    /// `10KB`, in bytes.
    Size(f64),
    /// `2026-11-22`, `now-1h`, `today`.
    Time(Moment),
    /// `10.0.0.1`.
    Address(IpAddr),
    /// `10.0.0.0/8`.
    Network(Network),
    /// `warn`, of the level alone.
    Level(Severity),
    /// Anything else.
    Text,
}

/// A number as exactly as it can be held.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Number {
    /// A whole number.
    Int(i64),
    /// Any other finite number.
    Float(f64),
}

impl Literal {
    /// Reads a literal.
    pub fn new(text: impl Into<String>, kind: Kind) -> Self {
        Self::at(text, kind, Span::default())
    }

    pub(crate) fn at(text: impl Into<String>, kind: Kind, span: Span) -> Self {
        let text = text.into();
        let value = read(&text, kind);
        Self { text, kind, value, span }
    }

    /// As it was typed, without quotes and escapes.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How it was read.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// What it means.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// Where it was typed.
    pub fn span(&self) -> Span {
        self.span
    }
}

impl PartialEq for Literal {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text && self.kind == other.kind
    }
}

impl Eq for Literal {}

impl Number {
    /// Reads a number in decimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        // Keeps out `inf` and `nan`, which the standard library reads.
        if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
            return None;
        }
        if let Ok(number) = text.parse() {
            return Some(Self::Int(number));
        }
        text.parse().ok().filter(|number: &f64| number.is_finite()).map(Self::Float)
    }
}

fn read(text: &str, kind: Kind) -> Value {
    let known = match kind {
        Kind::Level => Severity::of(text).map(Value::Level),
        Kind::Time => Moment::parse(text).map(Value::Time),
        Kind::Value => scalar(text).or_else(|| Moment::parse_absolute(text).map(Value::Time)),
        Kind::Bound => scalar(text).or_else(|| Moment::parse_in_bound(text).map(Value::Time)),
    };
    known.unwrap_or(Value::Text)
}

fn scalar(text: &str) -> Option<Value> {
    match text {
        "null" => return Some(Value::Null),
        "true" => return Some(Value::Bool(true)),
        "false" => return Some(Value::Bool(false)),
        _ => {}
    }
    Number::parse(text)
        .map(Value::Number)
        .or_else(|| quantity::duration(text).map(Value::Duration))
        .or_else(|| quantity::size(text).map(Value::Size))
        .or_else(|| text.parse().ok().map(Value::Address))
        .or_else(|| Network::parse(text).map(Value::Network))
}
