//! JSON into values that borrow from the line wherever it has no escapes.

use crate::fields::Field;
use jiff::Timestamp;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;
use woodpile_record::{ObjectId, Value};

/// The fields of a line that is one JSON object and nothing else.
pub(super) fn document(line: &str) -> Option<Vec<Field<'_>>> {
    let mut deserializer = serde_json::Deserializer::from_str(line);
    let value = Seed.deserialize(&mut deserializer).ok()?;
    deserializer.end().ok()?;
    match value {
        Value::Document(fields) => Some(fields),
        _ => None,
    }
}

struct Seed;

impl<'de> DeserializeSeed<'de> for Seed {
    type Value = Value<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed {
    type Value = Value<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value<'de>, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Value<'de>, E> {
        Ok(Value::Bool(truth))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value<'de>, E> {
        Ok(Value::Int(number))
    }

    /// A number beyond int64 is an id rather than a quantity: as text it keeps its digits.
    fn visit_u64<E>(self, number: u64) -> Result<Value<'de>, E> {
        Ok(i64::try_from(number).map_or_else(|_| number.to_string().into(), Value::Int))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value<'de>, E> {
        Ok(Value::Float(number))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Value<'de>, E> {
        Ok(Value::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value<'de>, E> {
        Ok(Value::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value<'de>, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = elements.next_element_seed(Seed)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value<'de>, A::Error> {
        let mut fields = Vec::with_capacity(8);
        while let Some(key) = members.next_key_seed(KeySeed)? {
            fields.push((key, members.next_value_seed(Seed)?));
        }
        Ok(extended(&fields).unwrap_or(Value::Document(fields)))
    }
}

/// A value that MongoDB's tools wrapped for want of a type in JSON: an id, a date, a long.
fn extended<'a>(fields: &[Field<'a>]) -> Option<Value<'a>> {
    let [(key, value)] = fields else { return None };
    match (&**key, value) {
        ("$oid", Value::Text(hex)) => ObjectId::parse_str(hex).ok().map(Value::Id),
        ("$date", Value::Text(text)) => whole_millis(text.parse().ok()?).map(Value::Date),
        ("$date", Value::Int(millis)) => Some(Value::Date(*millis)),
        ("$numberLong", Value::Text(digits)) => digits.parse().ok().map(Value::Int),
        _ => None,
    }
}

/// A date has no more than milliseconds.
fn whole_millis(time: Timestamp) -> Option<i64> {
    (time.subsec_nanosecond() % 1_000_000 == 0).then_some(time.as_millisecond())
}

struct KeySeed;

impl<'de> DeserializeSeed<'de> for KeySeed {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for KeySeed {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E: Error>(self, key: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(key))
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(key.to_owned()))
    }
}
