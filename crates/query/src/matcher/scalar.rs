//! One value, as filters see it.

use bson::Decimal128;
use std::fmt::{self, Write as _};
use woodpile_record::{ObjectId, RawBsonRef};

/// A value of a record that is no document and no array.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Scalar<'a> {
    /// Present, but nothing.
    Null,
    /// True or false.
    Bool(bool),
    /// int32 and int64.
    Int(i64),
    /// double.
    Float(f64),
    /// A decimal number.
    Decimal(Decimal128),
    /// Text: strings, symbols, code.
    Text(&'a str),
    /// Milliseconds since 1970.
    Date(i64),
    /// An ObjectId.
    Id(ObjectId),
    /// Anything else, of which only its existence is known.
    Other,
}

impl<'a> Scalar<'a> {
    /// The value, unless it is a document or an array.
    pub fn of(value: RawBsonRef<'a>) -> Option<Self> {
        Some(match value {
            RawBsonRef::Document(_) | RawBsonRef::Array(_) => return None,
            RawBsonRef::Null | RawBsonRef::Undefined => Self::Null,
            RawBsonRef::Boolean(truth) => Self::Bool(truth),
            RawBsonRef::Int32(number) => Self::Int(i64::from(number)),
            RawBsonRef::Int64(number) => Self::Int(number),
            RawBsonRef::Double(number) => Self::Float(number),
            RawBsonRef::Decimal128(number) => Self::Decimal(number),
            RawBsonRef::String(text)
            | RawBsonRef::Symbol(text)
            | RawBsonRef::JavaScriptCode(text) => Self::Text(text),
            RawBsonRef::DateTime(date) => Self::Date(date.timestamp_millis()),
            RawBsonRef::Timestamp(stamp) => {
                Self::Date(i64::from(stamp.time) * 1000 + i64::from(stamp.increment.min(999)))
            }
            RawBsonRef::ObjectId(id) => Self::Id(id),
            _ => Self::Other,
        })
    }

    /// Calls `read` with the value's text: a text itself, a finite number in decimal, an ObjectId in hexadecimal;
    /// nothing else has one.
    pub(crate) fn with_text<T>(self, read: impl FnOnce(&str) -> T) -> Option<T> {
        let mut buffer = NumberText::new();
        match self {
            Self::Text(text) => return Some(read(text)),
            Self::Int(number) => write!(buffer, "{number}").ok()?,
            Self::Float(number) if number.is_finite() => write!(buffer, "{number}").ok()?,
            Self::Decimal(number) => write!(buffer, "{number}").ok()?,
            Self::Id(id) => return Some(read(&id.to_hex())),
            _ => return None,
        }
        Some(read(buffer.as_str()))
    }
}

/// The most bytes of a double in decimal: a sign, `0.`, 323 zeros and a digit.
const MAX_NUMBER_BYTES: usize = 352;

/// A number's text, on the stack.
struct NumberText {
    bytes: [u8; MAX_NUMBER_BYTES],
    length: usize,
}

impl NumberText {
    fn new() -> Self {
        Self { bytes: [0; MAX_NUMBER_BYTES], length: 0 }
    }

    fn as_str(&self) -> &str {
        let written = self.bytes.get(..self.length).unwrap_or_default();
        std::str::from_utf8(written).unwrap_or_default()
    }
}

impl fmt::Write for NumberText {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.length + text.len();
        self.bytes.get_mut(self.length..end).ok_or(fmt::Error)?.copy_from_slice(text.as_bytes());
        self.length = end;
        Ok(())
    }
}
