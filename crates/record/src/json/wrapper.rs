//! The types' wrappers: documents whose first key names a type that JSON has not.

use super::scalar;
use crate::writer::{self, element};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bson::oid::ObjectId;
use bson::raw::{RawBsonRef, RawDocumentBuf};
use bson::{Decimal128, RawDocument};

/// Wraps a document that looks like a wrapper.
pub(super) const LITERAL: &str = "$literal";

const NAMES: [&str; 18] = [
    "$oid",
    "$date",
    "$numberLong",
    "$numberInt",
    "$numberDouble",
    "$numberDecimal",
    "$binary",
    "$uuid",
    "$timestamp",
    "$regularExpression",
    "$regex",
    "$code",
    "$symbol",
    "$dbPointer",
    "$undefined",
    "$minKey",
    "$maxKey",
    LITERAL,
];

/// Whether a document that begins with this key is read as a wrapper.
pub(super) fn is_name(key: &str) -> bool {
    name_of(key.as_bytes()).is_some()
}

/// The wrapper that begins with this key.
pub(super) fn name_of(key: &[u8]) -> Option<&'static str> {
    if key.first() != Some(&b'$') {
        return None;
    }
    NAMES.into_iter().find(|name| name.as_bytes() == key)
}

/// A `DBPointer`'s collection and id.
pub(super) fn db_pointer_parts(value: RawBsonRef<'_>) -> Option<(String, ObjectId)> {
    let mut document = RawDocumentBuf::new();
    document.append(bson::raw::cstr!(""), value);
    // length (4), type (1), the empty key's NUL (1), then length (4), text, NUL (1) and id (12), NUL (1)
    let value = document.as_bytes().get(10..)?;
    let (text, rest) = value.split_at_checked(value.len().checked_sub(14)?)?;
    let id = rest.get(1..13)?.try_into().ok()?;
    Some((std::str::from_utf8(text).ok()?.to_owned(), ObjectId::from_bytes(id)))
}

/// Replaces the document from `start` to the end of `out`, which begins with the key `name`, by the value that
/// it wraps; what comes back is that value's type.
pub(super) fn unwrap(name: &str, out: &mut Vec<u8>, start: usize) -> Result<u8, String> {
    let malformed = |_| format!("{name} holds what cannot be read");
    let document = RawDocument::from_bytes(&out[start..]).map_err(malformed)?;
    let mut fields = Vec::with_capacity(2);
    for field in document {
        let (key, value) = field.map_err(malformed)?;
        fields.push((key.as_str(), value));
    }
    if name == "$regex" && !is_legacy_regex(&fields) {
        return Ok(element::DOCUMENT); // The query operator.
    }
    let Some(value) = value_of(&fields) else {
        let expected = expected(name);
        return Err(format!(
            "{name} needs {expected}; a document with a key of that name is written in {{\"{LITERAL}\": …}}"
        ));
    };
    out.truncate(start);
    out.extend_from_slice(&value.bytes);
    Ok(value.kind)
}

fn is_legacy_regex(fields: &[(&str, RawBsonRef<'_>)]) -> bool {
    matches!(fields, [("$regex", RawBsonRef::String(_)), ("$options", RawBsonRef::String(_))])
}

/// What the wrapper's value must be, for an error.
fn expected(name: &str) -> &'static str {
    match name {
        "$oid" => "24 hexadecimal digits",
        "$date" => "a time such as \"2026-11-22T07:32:49.123Z\", or milliseconds since 1970",
        "$numberInt" | "$numberLong" => "a whole number as text, within the type's range",
        "$numberDouble" | "$numberDecimal" => "a number as text",
        "$binary" => "{\"base64\": \"…\", \"subType\": \"00\"}",
        "$uuid" => "a UUID as text",
        "$timestamp" => "{\"t\": seconds, \"i\": increment}, both from 0 to 4294967295",
        "$regularExpression" => "{\"pattern\": \"…\", \"options\": \"…\"} without NUL",
        "$dbPointer" => "{\"$ref\": \"…\", \"$id\": {\"$oid\": …}}",
        "$undefined" => "the value true",
        "$minKey" | "$maxKey" => "the value 1",
        LITERAL => "a document",
        _ => "text",
    }
}

/// A value's type and bytes.
struct Encoded {
    kind: u8,
    bytes: Vec<u8>,
}

fn encoded(kind: u8, bytes: impl Into<Vec<u8>>) -> Encoded {
    Encoded { kind, bytes: bytes.into() }
}

fn value_of(fields: &[(&str, RawBsonRef<'_>)]) -> Option<Encoded> {
    use RawBsonRef::{Boolean, Document, Double, Int32, Int64, String as Text};
    Some(match *fields {
        [("$oid", Text(hex))] => {
            encoded(element::OBJECT_ID, ObjectId::parse_str(hex).ok()?.bytes())
        }
        [("$date", value)] => encoded(element::DATE, millis(value)?.to_le_bytes()),
        [("$numberInt", Text(text))] => {
            encoded(element::INT32, text.parse::<i32>().ok()?.to_le_bytes())
        }
        [("$numberLong", value)] => encoded(element::INT64, whole(value)?.to_le_bytes()),
        [("$numberDouble", Text(text))] => encoded(element::DOUBLE, double(text)?.to_le_bytes()),
        [("$numberDouble", Double(number))] => encoded(element::DOUBLE, number.to_le_bytes()),
        [("$numberDecimal", Text(text))] => encoded(element::DECIMAL, decimal(text)?.bytes()),
        [("$binary", Document(parts))] => binary(parts)?,
        [("$binary", Text(base64)), ("$type", kind)] => binary_of(base64, legacy_subtype(kind)?)?,
        [("$uuid", Text(text))] => uuid(text)?,
        [("$timestamp", Document(parts))] => timestamp(parts)?,
        [("$regularExpression", Document(parts))] => {
            let [pattern, options] = texts(parts, ["pattern", "options"])?;
            regex(pattern, options)?
        }
        [("$regex", Text(pattern)), ("$options", Text(options))] => regex(pattern, options)?,
        [("$code", Text(code))] => encoded(element::CODE, text_bytes(code)),
        [("$code", Text(code)), ("$scope", Document(scope))] => code_with_scope(code, scope),
        [("$symbol", Text(text))] => encoded(element::SYMBOL, text_bytes(text)),
        [("$dbPointer", Document(parts))] => db_pointer(parts)?,
        [("$undefined", Boolean(true))] => encoded(element::UNDEFINED, []),
        [("$minKey", Int32(1) | Int64(1))] => encoded(element::MIN_KEY, []),
        [("$maxKey", Int32(1) | Int64(1))] => encoded(element::MAX_KEY, []),
        [(LITERAL, Document(document))] => encoded(element::DOCUMENT, document.as_bytes()),
        _ => return None,
    })
}

fn millis(value: RawBsonRef<'_>) -> Option<i64> {
    match value {
        RawBsonRef::String(text) => scalar::parse_date(text),
        _ => whole(value),
    }
}

fn whole(value: RawBsonRef<'_>) -> Option<i64> {
    match value {
        RawBsonRef::Int32(number) => Some(i64::from(number)),
        RawBsonRef::Int64(number) => Some(number),
        RawBsonRef::String(text) => text.parse().ok(),
        _ => None,
    }
}

fn double(text: &str) -> Option<f64> {
    if let Some(bits) = bits_behind(text) {
        return u64::from_str_radix(bits, 16).ok().map(f64::from_bits);
    }
    match text {
        "Infinity" => Some(f64::INFINITY),
        "-Infinity" => Some(f64::NEG_INFINITY),
        "NaN" => Some(f64::NAN),
        _ => text.parse::<f64>().ok().filter(|number| number.is_finite()),
    }
}

fn decimal(text: &str) -> Option<Decimal128> {
    if let Some(bits) = bits_behind(text) {
        let bits = u128::from_str_radix(bits, 16).ok()?;
        return Some(Decimal128::from_bytes(bits.to_le_bytes()));
    }
    text.parse().ok()
}

/// The bits in `NaN(0xfff8000000000000)`.
fn bits_behind(text: &str) -> Option<&str> {
    text.strip_suffix(')')?.split_once("(0x").map(|(_, bits)| bits)
}

fn binary(parts: &RawDocument) -> Option<Encoded> {
    let [base64, subtype] = texts(parts, ["base64", "subType"])?;
    binary_of(base64, u8::from_str_radix(subtype, 16).ok()?)
}

fn legacy_subtype(value: RawBsonRef<'_>) -> Option<u8> {
    match value {
        RawBsonRef::String(hex) => u8::from_str_radix(hex, 16).ok(),
        RawBsonRef::Int32(number) => u8::try_from(number).ok(),
        _ => None,
    }
}

fn binary_of(base64: &str, subtype: u8) -> Option<Encoded> {
    let content = BASE64.decode(base64).ok()?;
    Some(binary_bytes(subtype, &content))
}

fn binary_bytes(subtype: u8, content: &[u8]) -> Encoded {
    /// Has its length a second time (<https://bsonspec.org/spec.html>).
    const OLD: u8 = 2;
    let mut bytes = Vec::with_capacity(content.len() + 9);
    if subtype == OLD {
        writer::put_length(&mut bytes, content.len() + 4);
        bytes.push(subtype);
        writer::put_length(&mut bytes, content.len());
    } else {
        writer::put_length(&mut bytes, content.len());
        bytes.push(subtype);
    }
    bytes.extend_from_slice(content);
    encoded(element::BINARY, bytes)
}

fn uuid(text: &str) -> Option<Encoded> {
    const UUID: u8 = 4;
    let hex = text.replace('-', "");
    let bits = u128::from_str_radix(&hex, 16).ok().filter(|_| hex.len() == 32)?;
    Some(binary_bytes(UUID, &bits.to_be_bytes()))
}

fn timestamp(parts: &RawDocument) -> Option<Encoded> {
    let [seconds, increment] = values(parts, ["t", "i"])?;
    let seconds = u32::try_from(whole(seconds)?).ok()?;
    let increment = u32::try_from(whole(increment)?).ok()?;
    Some(encoded(element::TIMESTAMP, [increment.to_le_bytes(), seconds.to_le_bytes()].concat()))
}

fn regex(pattern: &str, options: &str) -> Option<Encoded> {
    if pattern.contains('\0') || options.contains('\0') {
        return None;
    }
    Some(encoded(element::REGEX, format!("{pattern}\0{options}\0")))
}

fn code_with_scope(code: &str, scope: &RawDocument) -> Encoded {
    let mut bytes = writer::length_of(4 + 4 + code.len() + 1 + scope.as_bytes().len()).to_vec();
    writer::put_text(&mut bytes, code);
    bytes.extend_from_slice(scope.as_bytes());
    encoded(element::CODE_WITH_SCOPE, bytes)
}

fn db_pointer(parts: &RawDocument) -> Option<Encoded> {
    let [namespace, id] = values(parts, ["$ref", "$id"])?;
    let mut bytes = text_bytes(namespace.as_str()?);
    bytes.extend_from_slice(&id.as_object_id()?.bytes());
    Some(encoded(element::DB_POINTER, bytes))
}

fn text_bytes(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() + 5);
    writer::put_text(&mut bytes, text);
    bytes
}

/// The values of exactly these two keys, in any order.
fn values<'a>(parts: &'a RawDocument, keys: [&str; 2]) -> Option<[RawBsonRef<'a>; 2]> {
    if parts.iter().count() != keys.len() {
        return None;
    }
    Some([parts.get(keys[0]).ok()??, parts.get(keys[1]).ok()??])
}

fn texts<'a>(parts: &'a RawDocument, keys: [&str; 2]) -> Option<[&'a str; 2]> {
    let [first, second] = values(parts, keys)?;
    Some([first.as_str()?, second.as_str()?])
}
