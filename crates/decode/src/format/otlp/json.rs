//! What JSON writes otherwise than protobuf: 64-bit numbers as text, ids in hex, values under the name of their type
//! (<https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding>).

use super::message::{self, Any, ArrayValue, KeyValueList};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::{Deserializer, Error, Unexpected};
use serde::{Deserialize, Serializer};
use std::borrow::Cow;

/// A number, also as text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Number<'a> {
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    Text(#[serde(borrow)] Cow<'a, str>),
}

/// Nanoseconds since 1970; none are 0.
pub(super) fn nanos<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    const EXPECTED: &str = "nanoseconds since 1970, such as \"1795332769123456789\"";
    match Number::deserialize(deserializer)? {
        Number::Unsigned(nanos) => Ok(nanos),
        Number::Signed(number) => {
            Err(D::Error::invalid_value(Unexpected::Signed(number), &EXPECTED))
        }
        Number::Float(number) => Err(D::Error::invalid_value(Unexpected::Float(number), &EXPECTED)),
        Number::Text(text) if text.is_empty() => Ok(0),
        Number::Text(text) => {
            text.parse().map_err(|_| D::Error::invalid_value(Unexpected::Str(&text), &EXPECTED))
        }
    }
}

/// A number of 64 bits.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
pub(super) fn as_text<S: Serializer>(number: &i64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(number)
}

/// The bytes of an id.
pub(super) fn hex<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    let text = Cow::<'de, str>::deserialize(deserializer)?;
    of_hex(&text).ok_or_else(|| {
        D::Error::invalid_value(Unexpected::Str(&text), &"an id in hexadecimal digits")
    })
}

fn of_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs.iter().map(|[high, low]| Some((digit(*high)? << 4) | digit(*low)?)).collect()
}

/// `{"stringValue":"…"}` and its like. Of several members, which no client writes, the first here counts.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct AnyValue {
    #[serde(rename = "stringValue")]
    text: Option<String>,
    #[serde(rename = "boolValue")]
    truth: Option<bool>,
    #[serde(rename = "intValue")]
    int: Option<Int>,
    #[serde(rename = "doubleValue")]
    double: Option<Double>,
    #[serde(rename = "arrayValue")]
    array: Option<ArrayValue>,
    #[serde(rename = "kvlistValue")]
    document: Option<KeyValueList>,
    #[serde(rename = "bytesValue")]
    bytes: Option<Base64>,
}

impl From<AnyValue> for message::AnyValue {
    fn from(json: AnyValue) -> Self {
        let value = (json.text.map(Any::Text))
            .or_else(|| json.truth.map(Any::Bool))
            .or_else(|| json.int.map(|Int(number)| Any::Int(number)))
            .or_else(|| json.double.map(|Double(number)| Any::Double(number)))
            .or_else(|| json.array.map(Any::Array))
            .or_else(|| json.document.map(Any::Document))
            .or_else(|| json.bytes.map(|Base64(bytes)| Any::Bytes(bytes)));
        Self { value }
    }
}

struct Int(i64);

impl<'de> Deserialize<'de> for Int {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        const EXPECTED: &str = "a whole number of 64 bits, such as \"7\"";
        let unexpected = |found: Unexpected<'_>| D::Error::invalid_value(found, &EXPECTED);
        match Number::deserialize(deserializer)? {
            Number::Signed(number) => Ok(Self(number)),
            Number::Unsigned(number) => i64::try_from(number)
                .map(Self)
                .map_err(|_| unexpected(Unexpected::Unsigned(number))),
            Number::Float(number) => Err(unexpected(Unexpected::Float(number))),
            Number::Text(text) => {
                text.parse().map(Self).map_err(|_| unexpected(Unexpected::Str(&text)))
            }
        }
    }
}

struct Double(f64);

impl<'de> Deserialize<'de> for Double {
    #[expect(clippy::cast_precision_loss, reason = "the sender says that it is a double")]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Number::deserialize(deserializer)? {
            Number::Float(number) => Ok(Self(number)),
            Number::Signed(number) => Ok(Self(number as f64)),
            Number::Unsigned(number) => Ok(Self(number as f64)),
            // `NaN`, `Infinity` and `-Infinity` are such.
            Number::Text(text) => text
                .parse()
                .map(Self)
                .map_err(|_| D::Error::invalid_value(Unexpected::Str(&text), &"a number")),
        }
    }
}

struct Base64(Vec<u8>);

impl<'de> Deserialize<'de> for Base64 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        STANDARD
            .decode(text.as_bytes())
            .map(Self)
            .map_err(|error| D::Error::custom(format_args!("bytes in base64: {error}")))
    }
}
