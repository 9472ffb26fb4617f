use bson::oid::ObjectId;
use bson::raw::RawBsonRef;
use std::borrow::Cow;

/// A field's value on its way into a record.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// Present, but nothing.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number; stored as int32 where it fits, else int64.
    Int(i64),
    /// A floating-point number; stored as double.
    Float(f64),
    /// Text.
    Text(Cow<'a, str>),
    /// Milliseconds since 1970.
    Date(i64),
    /// An ObjectId.
    Id(ObjectId),
    /// Bytes, stored as generic binary.
    Bytes(Cow<'a, [u8]>),
    /// An array.
    Array(Vec<Value<'a>>),
    /// A document; keys in order.
    Document(Vec<(Cow<'a, str>, Value<'a>)>),
    /// Any BSON value, copied as it is.
    Raw(RawBsonRef<'a>),
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Value::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Value::Text(Cow::Owned(text))
    }
}

impl<'a> From<Cow<'a, str>> for Value<'a> {
    fn from(text: Cow<'a, str>) -> Self {
        Value::Text(text)
    }
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Value::Int(number)
    }
}

impl From<i32> for Value<'_> {
    fn from(number: i32) -> Self {
        Value::Int(i64::from(number))
    }
}

impl From<f64> for Value<'_> {
    fn from(number: f64) -> Self {
        Value::Float(number)
    }
}

impl From<bool> for Value<'_> {
    fn from(truth: bool) -> Self {
        Value::Bool(truth)
    }
}
