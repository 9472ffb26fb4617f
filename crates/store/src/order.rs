//! The one order of records in every store: event time, then `_id`, then the bytes.

use std::cmp::Ordering;
use woodpile_record::{RawBsonRef, RawDocument, event_time, name};

/// What comes of a record in the order before its whole content has to be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// Event time, milliseconds since 1970.
    pub(crate) time: i64,
    /// Where the id's type stands among types, as MongoDB orders them.
    rank: u8,
    /// An ObjectId's bytes; zeros for other types.
    id: [u8; 12],
}

impl Key {
    /// Before every other.
    #[cfg(feature = "sqlite")]
    pub(crate) const LEAST: Self = Self { time: i64::MIN, rank: 0, id: [0; 12] };

    /// The key of a record.
    pub fn of(document: &RawDocument) -> Self {
        let id = id_of(document);
        let bytes = match id {
            Some(RawBsonRef::ObjectId(id)) => id.bytes(),
            _ => [0; 12],
        };
        Self { time: event_time(document), rank: rank(id), id: bytes }
    }

    /// The record's event time, milliseconds since 1970.
    pub fn time(&self) -> i64 {
        self.time
    }
}

/// A record's `_id`.
pub(crate) fn id_of(document: &RawDocument) -> Option<RawBsonRef<'_>> {
    document.into_iter().flatten().find(|(key, _)| *key == name::ID).map(|(_, value)| value)
}

/// The element that is the record's `_id`, as bytes: type, name, value. Two ids are the same where these are.
pub(crate) fn id_element(document: &RawDocument) -> Option<&[u8]> {
    const TYPE_AND_NUL: usize = 2;
    let bytes = document.as_bytes();
    let mut start = 4;
    for element in document.iter_elements() {
        let element = element.ok()?;
        let key = element.key().as_str();
        let end = start + TYPE_AND_NUL + key.len() + element.size();
        if key == name::ID {
            return bytes.get(start..end);
        }
        start = end;
    }
    None
}

/// The order of two records whose keys are known.
pub fn compare(a: (&Key, &RawDocument), b: (&Key, &RawDocument)) -> Ordering {
    a.0.cmp(b.0)
        .then_with(|| compare_ids(id_of(a.1), id_of(b.1)))
        .then_with(|| a.1.as_bytes().cmp(b.1.as_bytes()))
}

/// The rank of the types of number, which are compared by value.
const NUMBER: u8 = 2;

/// <https://www.mongodb.com/docs/manual/reference/bson-type-comparison-order/>
fn rank(id: Option<RawBsonRef<'_>>) -> u8 {
    match id {
        Some(RawBsonRef::MinKey) => 0,
        None | Some(RawBsonRef::Null | RawBsonRef::Undefined) => 1,
        Some(
            RawBsonRef::Int32(_)
            | RawBsonRef::Int64(_)
            | RawBsonRef::Double(_)
            | RawBsonRef::Decimal128(_),
        ) => NUMBER,
        Some(RawBsonRef::String(_)) => 3,
        Some(RawBsonRef::Document(_)) => 4,
        Some(RawBsonRef::Array(_)) => 5,
        Some(RawBsonRef::Binary(_)) => 6,
        Some(RawBsonRef::ObjectId(_)) => 7,
        Some(RawBsonRef::Boolean(_)) => 8,
        Some(RawBsonRef::DateTime(_)) => 9,
        Some(RawBsonRef::Timestamp(_)) => 10,
        Some(RawBsonRef::RegularExpression(_)) => 11,
        Some(_) => 12,
    }
}

/// Within a rank; what is neither number, text, binary nor date is told apart by the whole record's bytes.
fn compare_ids(a: Option<RawBsonRef<'_>>, b: Option<RawBsonRef<'_>>) -> Ordering {
    match (a, b) {
        (Some(RawBsonRef::String(a)), Some(RawBsonRef::String(b))) => a.cmp(b),
        (Some(RawBsonRef::DateTime(a)), Some(RawBsonRef::DateTime(b))) => a.cmp(&b),
        (Some(RawBsonRef::Binary(a)), Some(RawBsonRef::Binary(b))) => {
            let size = a.bytes.len().cmp(&b.bytes.len());
            size.then_with(|| u8::from(a.subtype).cmp(&u8::from(b.subtype)))
                .then_with(|| a.bytes.cmp(b.bytes))
        }
        (Some(a), Some(b)) if rank(Some(a)) == NUMBER => compare_numbers(a, b),
        _ => Ordering::Equal,
    }
}

/// As doubles first, so that the order is one of all types of number; then integers that one double stands for.
fn compare_numbers(a: RawBsonRef<'_>, b: RawBsonRef<'_>) -> Ordering {
    float(a).total_cmp(&float(b)).then_with(|| whole(a).cmp(&whole(b)))
}

fn whole(value: RawBsonRef<'_>) -> Option<i64> {
    match value {
        RawBsonRef::Int32(number) => Some(i64::from(number)),
        RawBsonRef::Int64(number) => Some(number),
        _ => None,
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "integers that become one double are compared again"
)]
fn float(value: RawBsonRef<'_>) -> f64 {
    match value {
        RawBsonRef::Double(number) => number,
        other => whole(other).map_or(f64::NAN, |number| number as f64),
    }
}
