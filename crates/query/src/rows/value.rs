//! The values of columns: BSON's, put in order and made keys of.

use crate::ast::Number;
use crate::matcher::{Scalar, compare_numbers, number_of};
use bson::raw::RawDocumentBuf;
use bson::{DateTime, RawBson};
use std::cmp::Ordering;
use woodpile_record::{RawBsonRef, Writer};

/// A whole number, as records have it: int32 where it fits.
pub(super) fn int(number: i64) -> RawBson {
    i32::try_from(number).map_or(RawBson::Int64(number), RawBson::Int32)
}

/// A count.
pub(super) fn count(number: u64) -> RawBson {
    int(i64::try_from(number).unwrap_or(i64::MAX))
}

/// A time.
pub(super) fn date(millis: i64) -> RawBson {
    RawBson::DateTime(DateTime::from_millis(millis))
}

/// A number that was counted with.
pub(super) fn number(number: Number) -> RawBson {
    match number {
        Number::Int(number) => int(number),
        Number::Float(number) => RawBson::Double(number),
    }
}

/// The number that a value is, or that its whole text says.
pub(super) fn as_number(value: RawBsonRef<'_>) -> Option<Number> {
    number_of(Scalar::of(value)?)
}

/// How values are put in order: numbers by value, then texts, then times, then all else by its bytes; null is last.
pub(super) fn compare(a: RawBsonRef<'_>, b: RawBsonRef<'_>) -> Ordering {
    Sortable::of(a).compare(&Sortable::of(b))
}

enum Sortable<'a> {
    Bool(bool),
    Number(Number),
    NotANumber,
    Text(&'a str),
    Date(i64),
    Other(RawBsonRef<'a>),
    Null,
}

impl<'a> Sortable<'a> {
    fn of(value: RawBsonRef<'a>) -> Self {
        match Scalar::of(value) {
            Some(Scalar::Null) => Self::Null,
            Some(Scalar::Bool(truth)) => Self::Bool(truth),
            Some(Scalar::Text(text)) => Self::Text(text),
            Some(Scalar::Date(millis)) => Self::Date(millis),
            Some(Scalar::Float(number)) if number.is_nan() => Self::NotANumber,
            Some(scalar) => number_of(scalar).map_or(Self::Other(value), Self::Number),
            None => Self::Other(value),
        }
    }

    fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Bool(a), Self::Bool(b)) => a.cmp(b),
            (Self::Number(a), Self::Number(b)) => {
                compare_numbers(*a, *b).unwrap_or(Ordering::Equal)
            }
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            (Self::Date(a), Self::Date(b)) => a.cmp(b),
            (Self::Other(a), Self::Other(b)) => encoded(*a).cmp(&encoded(*b)),
            (a, b) => a.rank().cmp(&b.rank()),
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Bool(_) => 0,
            Self::Number(_) => 1,
            Self::NotANumber => 2,
            Self::Text(_) => 3,
            Self::Date(_) => 4,
            Self::Other(_) => 5,
            Self::Null => 6,
        }
    }
}

/// A value in a document of its own.
fn encoded(value: RawBsonRef<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = Writer::new(&mut bytes);
    writer.raw("", value);
    writer.finish();
    bytes
}

const NULL: u8 = 0;
const BOOL: u8 = 1;
const INT: u8 = 2;
const FLOAT: u8 = 3;
const TEXT: u8 = 4;
const DATE: u8 = 5;
const OTHER: u8 = 6;

/// Adds a value to a key. Equal keys are made of equal values: 200 is the same as 200.0.
pub(super) fn push_key(key: &mut Vec<u8>, value: RawBsonRef<'_>) {
    match Sortable::of(value) {
        Sortable::Null => key.push(NULL),
        Sortable::Bool(truth) => key.extend([BOOL, u8::from(truth)]),
        Sortable::Number(number) => match whole(number) {
            Ok(number) => push(key, INT, &number.to_le_bytes()),
            Err(number) => push(key, FLOAT, &number.to_le_bytes()),
        },
        Sortable::NotANumber => push(key, FLOAT, &f64::NAN.to_le_bytes()),
        Sortable::Text(text) => {
            push(key, TEXT, &text.len().to_le_bytes());
            key.extend(text.as_bytes());
        }
        Sortable::Date(millis) => push(key, DATE, &millis.to_le_bytes()),
        // A document begins with its length.
        Sortable::Other(value) => push(key, OTHER, &encoded(value)),
    }
}

fn push(key: &mut Vec<u8>, kind: u8, bytes: &[u8]) {
    key.push(kind);
    key.extend(bytes);
}

/// The number as an integer, if it is one.
#[expect(clippy::cast_possible_truncation, reason = "it is compared with what it was")]
#[expect(clippy::cast_precision_loss, reason = "what is whole and that large is no exact number")]
#[expect(clippy::float_cmp, reason = "it is asked whether it is exactly a whole number")]
fn whole(number: Number) -> Result<i64, f64> {
    match number {
        Number::Int(number) => Ok(number),
        Number::Float(number) if number as i64 as f64 == number => Ok(number as i64),
        Number::Float(number) => Err(number),
    }
}

/// The values that a key was made of.
pub(super) fn key_values(key: &[u8]) -> Vec<RawBson> {
    let mut values = Vec::new();
    let mut rest = key;
    while let Some((value, more)) = split_key(rest) {
        values.push(value);
        rest = more;
    }
    values
}

fn split_key(key: &[u8]) -> Option<(RawBson, &[u8])> {
    let (&kind, rest) = key.split_first()?;
    Some(match kind {
        NULL => (RawBson::Null, rest),
        BOOL => (RawBson::Boolean(rest.first() == Some(&1)), rest.get(1..)?),
        INT => rest.split_first_chunk().map(|(b, rest)| (int(i64::from_le_bytes(*b)), rest))?,
        FLOAT => rest
            .split_first_chunk()
            .map(|(bytes, rest)| (RawBson::Double(f64::from_le_bytes(*bytes)), rest))?,
        TEXT => {
            let (length, rest) = rest.split_first_chunk()?;
            let (text, rest) = rest.split_at_checked(usize::from_le_bytes(*length))?;
            (RawBson::String(String::from_utf8_lossy(text).into_owned()), rest)
        }
        DATE => rest.split_first_chunk().map(|(b, rest)| (date(i64::from_le_bytes(*b)), rest))?,
        _ => {
            let (length, _) = rest.split_first_chunk()?;
            let (bytes, rest) =
                rest.split_at_checked(usize::try_from(i32::from_le_bytes(*length)).ok()?)?;
            let document = RawDocumentBuf::from_bytes(bytes.to_vec()).ok()?;
            let (_, value) = document.iter().next()?.ok()?;
            (value.into(), rest)
        }
    })
}

/// About how much memory a value takes.
pub(super) fn weight(value: RawBsonRef<'_>) -> usize {
    size_of::<RawBson>()
        + match value {
            RawBsonRef::String(text) => text.len(),
            RawBsonRef::Document(document) => document.as_bytes().len(),
            RawBsonRef::Array(array) => array.as_bytes().len(),
            RawBsonRef::Binary(binary) => binary.bytes.len(),
            _ => 0,
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bson::oid::ObjectId;
    use bson::rawdoc;

    fn key(value: &RawBson) -> Vec<u8> {
        let mut key = Vec::new();
        push_key(&mut key, value.as_raw_bson_ref());
        key
    }

    #[test]
    fn keys_give_their_values_back() {
        let values = [
            RawBson::Boolean(true),
            RawBson::Int32(-7),
            RawBson::Double(0.5),
            RawBson::Int64(1 << 40),
            RawBson::String("é".to_owned()),
            date(5),
            RawBson::ObjectId(ObjectId::from_bytes([7; 12])),
            RawBson::Document(rawdoc! { "a": [1, "b"] }),
            RawBson::Null,
        ];
        assert!(values.is_sorted_by(|a, b| {
            compare(a.as_raw_bson_ref(), b.as_raw_bson_ref()) != Ordering::Greater
        }));
        let whole: Vec<u8> = values.iter().flat_map(key).collect();
        assert_eq!(key_values(&whole), values);
    }

    #[test]
    fn equal_numbers_are_one_key() {
        assert_eq!(key(&RawBson::Int32(200)), key(&RawBson::Double(200.0)));
        assert_ne!(key(&RawBson::Int32(200)), key(&RawBson::String("200".to_owned())));
        assert_eq!(key(&RawBson::Double(-f64::NAN)), key(&RawBson::Double(f64::NAN)));
    }
}
