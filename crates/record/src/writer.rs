use crate::Value;
use crate::limits::MAX_DEPTH;
use bson::oid::ObjectId;
use bson::raw::{RawBsonRef, RawDocumentBuf};

/// The types' bytes (<https://bsonspec.org/spec.html>).
pub(crate) mod element {
    pub(crate) const DOUBLE: u8 = 0x01;
    pub(crate) const STRING: u8 = 0x02;
    pub(crate) const DOCUMENT: u8 = 0x03;
    pub(crate) const ARRAY: u8 = 0x04;
    pub(crate) const BINARY: u8 = 0x05;
    pub(crate) const UNDEFINED: u8 = 0x06;
    pub(crate) const OBJECT_ID: u8 = 0x07;
    pub(crate) const BOOLEAN: u8 = 0x08;
    pub(crate) const DATE: u8 = 0x09;
    pub(crate) const NULL: u8 = 0x0A;
    pub(crate) const REGEX: u8 = 0x0B;
    pub(crate) const DB_POINTER: u8 = 0x0C;
    pub(crate) const CODE: u8 = 0x0D;
    pub(crate) const SYMBOL: u8 = 0x0E;
    pub(crate) const CODE_WITH_SCOPE: u8 = 0x0F;
    pub(crate) const INT32: u8 = 0x10;
    pub(crate) const TIMESTAMP: u8 = 0x11;
    pub(crate) const INT64: u8 = 0x12;
    pub(crate) const DECIMAL: u8 = 0x13;
    pub(crate) const MIN_KEY: u8 = 0xFF;
    pub(crate) const MAX_KEY: u8 = 0x7F;
}

/// Stands where a key had a NUL, which BSON keys cannot hold.
const NUL_IN_KEY: char = '\u{FFFD}';

/// Appends one BSON document (<https://bsonspec.org/spec.html>) to a buffer, field by field.
///
/// A key may be any text: a NUL in it becomes U+FFFD, `.` and `$` and the empty key stay.
#[derive(Debug)]
pub struct Writer<'b> {
    out: &'b mut Vec<u8>,
    /// Where the innermost open document begins.
    innermost: usize,
    depth: usize,
}

impl<'b> Writer<'b> {
    /// Opens a document at the end of `out`.
    pub fn new(out: &'b mut Vec<u8>) -> Self {
        let innermost = open(out);
        Self { out, innermost, depth: 1 }
    }

    /// Closes the document.
    pub fn finish(self) {
        close(self.out, self.innermost);
    }

    /// Bytes written to the buffer so far, those before the document included.
    pub fn position(&self) -> usize {
        self.out.len()
    }

    fn nested(&mut self, kind: u8, key: &str, fill: impl FnOnce(&mut Self)) {
        put_key(self.out, kind, key);
        let around = std::mem::replace(&mut self.innermost, open(self.out));
        self.depth += 1;
        fill(self);
        self.depth -= 1;
        close(self.out, self.innermost);
        self.innermost = around;
    }

    /// Text.
    pub fn text(&mut self, key: &str, text: &str) {
        put_key(self.out, element::STRING, key);
        put_text(self.out, text);
    }

    /// An int32.
    pub fn int32(&mut self, key: &str, number: i32) {
        put_key(self.out, element::INT32, key);
        self.out.extend_from_slice(&number.to_le_bytes());
    }

    /// An int64.
    pub fn int64(&mut self, key: &str, number: i64) {
        put_key(self.out, element::INT64, key);
        self.out.extend_from_slice(&number.to_le_bytes());
    }

    /// An int32 where the number fits, else an int64.
    pub fn int(&mut self, key: &str, number: i64) {
        match i32::try_from(number) {
            Ok(small) => self.int32(key, small),
            Err(_) => self.int64(key, number),
        }
    }

    /// A double.
    pub fn float(&mut self, key: &str, number: f64) {
        put_key(self.out, element::DOUBLE, key);
        self.out.extend_from_slice(&number.to_le_bytes());
    }

    /// A boolean.
    pub fn bool(&mut self, key: &str, truth: bool) {
        put_key(self.out, element::BOOLEAN, key);
        self.out.push(u8::from(truth));
    }

    /// A date, in milliseconds since 1970.
    pub fn date(&mut self, key: &str, millis: i64) {
        put_key(self.out, element::DATE, key);
        self.out.extend_from_slice(&millis.to_le_bytes());
    }

    /// An ObjectId.
    pub fn id(&mut self, key: &str, id: ObjectId) {
        put_key(self.out, element::OBJECT_ID, key);
        self.out.extend_from_slice(&id.bytes());
    }

    /// A null.
    pub fn null(&mut self, key: &str) {
        put_key(self.out, element::NULL, key);
    }

    /// Generic binary.
    pub fn bytes(&mut self, key: &str, bytes: &[u8]) {
        put_key(self.out, element::BINARY, key);
        put_length(self.out, bytes.len());
        self.out.push(0);
        self.out.extend_from_slice(bytes);
    }

    /// A document whose fields `fill` writes.
    pub fn document(&mut self, key: &str, fill: impl FnOnce(&mut Self)) {
        self.nested(element::DOCUMENT, key, fill);
    }

    /// An array whose elements `fill` writes; their keys must be `0`, `1`, `2` and so on.
    pub fn array(&mut self, key: &str, fill: impl FnOnce(&mut Self)) {
        self.nested(element::ARRAY, key, fill);
    }

    /// Any BSON value, unchanged.
    pub fn raw(&mut self, key: &str, value: RawBsonRef<'_>) {
        let mut element = RawDocumentBuf::new();
        element.append(bson::raw::cstr!(""), value);
        let bytes = element.as_bytes();
        // length (4), type (1), the empty key's NUL (1), the value, the document's NUL (1)
        let Some(&[kind, _, ref value @ .., _]) = bytes.get(4..) else { return };
        put_key(self.out, kind, key);
        self.out.extend_from_slice(value);
    }

    /// A value; what is nested deeper than [`MAX_DEPTH`] becomes its JSON text.
    pub fn value(&mut self, key: &str, value: &Value<'_>) {
        match value {
            Value::Null => self.null(key),
            Value::Bool(truth) => self.bool(key, *truth),
            Value::Int(number) => self.int(key, *number),
            Value::Float(number) => self.float(key, *number),
            Value::Text(text) => self.text(key, text),
            Value::Date(millis) => self.date(key, *millis),
            Value::Id(id) => self.id(key, *id),
            Value::Bytes(bytes) => self.bytes(key, bytes),
            Value::Raw(raw) => self.raw(key, *raw),
            Value::Array(_) | Value::Document(_) if self.depth >= MAX_DEPTH => {
                self.text(key, &crate::json::value_text(value));
            }
            Value::Array(values) => self.array(key, |writer| {
                for (index, value) in values.iter().enumerate() {
                    writer.value(&index.to_string(), value);
                }
            }),
            Value::Document(fields) => self.document(key, |writer| {
                for (key, value) in fields {
                    writer.value(key, value);
                }
            }),
        }
    }
}

/// Begins a document at the end of `out`; what comes back is for [`close`].
pub(crate) fn open(out: &mut Vec<u8>) -> usize {
    let start = out.len();
    out.extend_from_slice(&[0; 4]);
    start
}

/// Ends the document that begins at `start`.
pub(crate) fn close(out: &mut Vec<u8>, start: usize) {
    out.push(0);
    let length = length_of(out.len() - start);
    out[start..start + 4].copy_from_slice(&length);
}

/// An element's type and key.
pub(crate) fn put_key(out: &mut Vec<u8>, kind: u8, key: &str) {
    out.push(kind);
    if memchr::memchr(0, key.as_bytes()).is_none() {
        out.extend_from_slice(key.as_bytes());
    } else {
        let key = key.replace('\0', NUL_IN_KEY.encode_utf8(&mut [0; 4]));
        out.extend_from_slice(key.as_bytes());
    }
    out.push(0);
}

/// Room for the type of an array's element, and its key.
pub(crate) fn put_index(out: &mut Vec<u8>, index: u32) {
    out.push(0);
    if let Some(digit) = u8::try_from(index).ok().filter(|&index| index < 10) {
        out.push(b'0' + digit);
    } else {
        out.extend_from_slice(index.to_string().as_bytes());
    }
    out.push(0);
}

/// A text's value.
pub(crate) fn put_text(out: &mut Vec<u8>, text: &str) {
    put_length(out, text.len() + 1);
    out.extend_from_slice(text.as_bytes());
    out.push(0);
}

pub(crate) fn put_length(out: &mut Vec<u8>, length: usize) {
    out.extend_from_slice(&length_of(length));
}

pub(crate) fn length_of(length: usize) -> [u8; 4] {
    u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes()
}
