use crate::shred::Data;

/// One value of a column; its BSON type is the column's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// int32, int64, date (milliseconds since 1970), boolean, timestamp (seconds in the upper half).
    Int(i64),
    /// double.
    Double(f64),
    /// string, JavaScript, symbol: bytes that need not be UTF-8.
    Text(&'a [u8]),
    /// ObjectId.
    Id([u8; 12]),
    /// null, undefined, `MinKey`, `MaxKey`.
    Nothing,
    /// Any other type, and arrays that are kept whole: the BSON value's bytes.
    Blob(&'a [u8]),
}

/// Values of a column, one after another.
#[derive(Debug, Clone, Copy)]
pub struct Values<'a>(pub(super) &'a Data);

impl<'a> Values<'a> {
    /// How many.
    pub fn len(self) -> usize {
        match self.0 {
            Data::Ints(values) => values.len(),
            Data::Doubles(values) => values.len(),
            Data::Ids(values) => values.len(),
            Data::Texts(texts) | Data::Blobs(texts) => texts.len(),
            Data::Nothing(count) => *count,
        }
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The value at a place.
    pub fn get(self, place: usize) -> Option<Value<'a>> {
        Some(match self.0 {
            Data::Ints(values) => Value::Int(*values.get(place)?),
            Data::Doubles(values) => Value::Double(f64::from_bits(*values.get(place)?)),
            Data::Ids(values) => Value::Id(*values.get(place)?),
            Data::Texts(texts) => Value::Text(texts.get(place)?),
            Data::Blobs(blobs) => Value::Blob(blobs.get(place)?),
            Data::Nothing(count) => (place < *count).then_some(Value::Nothing)?,
        })
    }

    /// All of them.
    pub fn iter(self) -> impl Iterator<Item = Value<'a>> {
        (0..self.len()).filter_map(move |place| self.get(place))
    }

    /// All as whole numbers, where they are such.
    pub fn ints(self) -> Option<&'a [i64]> {
        match self.0 {
            Data::Ints(values) => Some(values),
            _ => None,
        }
    }

    /// All as the bits of doubles, where they are such.
    pub fn double_bits(self) -> Option<&'a [u64]> {
        match self.0 {
            Data::Doubles(values) => Some(values),
            _ => None,
        }
    }

    /// All texts one after another, without anything between them, where they are such: what a substring is not in,
    /// it is in none of them.
    pub fn text_bytes(self) -> Option<&'a [u8]> {
        match self.0 {
            Data::Texts(texts) => Some(texts.as_bytes()),
            _ => None,
        }
    }

    /// The bytes of memory they take.
    pub fn bytes(self) -> usize {
        match self.0 {
            Data::Ints(values) => size_of_val(values.as_slice()),
            Data::Doubles(values) => size_of_val(values.as_slice()),
            Data::Ids(values) => size_of_val(values.as_slice()),
            Data::Texts(texts) | Data::Blobs(texts) => texts.held(),
            Data::Nothing(_) => 0,
        }
    }
}
