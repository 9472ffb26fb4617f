//! JSON into values that borrow from the line wherever it has no escapes.

use crate::Scratch;
use crate::fields::Field;
use jiff::Timestamp;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;
use woodpile_record::json::JsonError;
use woodpile_record::{ObjectId, Value};

/// The fields of a text that is one JSON object and nothing else. Texts with escapes go to `scratch`, if there is one.
pub(crate) fn fields<'a>(
    text: &'a str,
    scratch: Option<&'a Scratch>,
) -> Result<Vec<Field<'a>>, JsonError> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = Seed { scratch }.deserialize(&mut deserializer)?;
    deserializer.end()?;
    match value {
        Value::Document(fields) => Ok(fields),
        value => Err(JsonError { line: 1, column: 1, reason: no_object(&value) }),
    }
}

fn no_object(value: &Value<'_>) -> String {
    let found = match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Text(_) => "a text",
        Value::Array(_) => "an array",
        Value::Int(_) | Value::Float(_) => "a number",
        _ => "a single value",
    };
    format!("expected a JSON object, `{{…}}`, found {found}")
}

/// Reads a value, and keys.
#[derive(Clone, Copy)]
struct Seed<'a> {
    scratch: Option<&'a Scratch>,
}

impl<'a> Seed<'a> {
    /// A text that the line does not have as it is.
    fn keep(self, text: &str) -> Cow<'a, str> {
        match self.scratch {
            Some(scratch) => Cow::Borrowed(scratch.keep(text)),
            None => Cow::Owned(text.to_owned()),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'de> {
    type Value = Value<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'de> {
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
        Ok(Value::Text(self.keep(text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value<'de>, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = elements.next_element_seed(self)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value<'de>, A::Error> {
        let mut fields = Vec::with_capacity(8);
        while let Some(key) = members.next_key_seed(KeySeed(self))? {
            fields.push((key, members.next_value_seed(self)?));
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

struct KeySeed<'a>(Seed<'a>);

impl<'de> DeserializeSeed<'de> for KeySeed<'de> {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for KeySeed<'de> {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E: Error>(self, key: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(key))
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Self::Value, E> {
        Ok(self.0.keep(key))
    }
}
