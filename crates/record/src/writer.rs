use crate::Value;
use crate::limits::MAX_DEPTH;
use bson::oid::ObjectId;
use bson::raw::{RawBsonRef, RawDocumentBuf};

const DOUBLE: u8 = 0x01;
const STRING: u8 = 0x02;
const DOCUMENT: u8 = 0x03;
const ARRAY: u8 = 0x04;
const BINARY: u8 = 0x05;
const OBJECT_ID: u8 = 0x07;
const BOOLEAN: u8 = 0x08;
const DATE: u8 = 0x09;
const NULL: u8 = 0x0A;
const INT32: u8 = 0x10;
const INT64: u8 = 0x12;

/// Stands where a key had a NUL, which BSON keys cannot hold.
const NUL_IN_KEY: char = '\u{FFFD}';

/// Appends one BSON document (<https://bsonspec.org/spec.html>) to a buffer, field by field.
///
/// A key may be any text: a NUL in it becomes U+FFFD, `.` and `$` and the empty key stay.
#[derive(Debug)]
pub struct Writer<'b> {
    out: &'b mut Vec<u8>,
    open: [usize; OPEN_MAX],
    depth: usize,
}

/// The document itself, its nested ones, and one for what is too deep.
const OPEN_MAX: usize = MAX_DEPTH + 2;

impl<'b> Writer<'b> {
    /// Opens a document at the end of `out`.
    pub fn new(out: &'b mut Vec<u8>) -> Self {
        let mut writer = Self { out, open: [0; OPEN_MAX], depth: 0 };
        writer.open();
        writer
    }

    /// Closes the document.
    pub fn finish(mut self) {
        while self.depth > 0 {
            self.close();
        }
    }

    /// Bytes written to the buffer so far, those before the document included.
    pub fn position(&self) -> usize {
        self.out.len()
    }

    fn open(&mut self) {
        self.open[self.depth] = self.out.len();
        self.depth += 1;
        self.out.extend_from_slice(&[0; 4]);
    }

    fn close(&mut self) {
        self.out.push(0);
        self.depth -= 1;
        let start = self.open[self.depth];
        let length = u32::try_from(self.out.len() - start).unwrap_or(u32::MAX);
        self.out[start..start + 4].copy_from_slice(&length.to_le_bytes());
    }

    fn key(&mut self, kind: u8, key: &str) {
        self.out.push(kind);
        if memchr::memchr(0, key.as_bytes()).is_none() {
            self.out.extend_from_slice(key.as_bytes());
        } else {
            self.out.extend_from_slice(
                key.replace('\0', NUL_IN_KEY.encode_utf8(&mut [0; 4])).as_bytes(),
            );
        }
        self.out.push(0);
    }

    fn length(&mut self, length: usize) {
        self.out.extend_from_slice(&u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
    }

    /// Text.
    pub fn text(&mut self, key: &str, text: &str) {
        self.key(STRING, key);
        self.length(text.len() + 1);
        self.out.extend_from_slice(text.as_bytes());
        self.out.push(0);
    }

    /// An int32.
    pub fn int32(&mut self, key: &str, number: i32) {
        self.key(INT32, key);
        self.out.extend_from_slice(&number.to_le_bytes());
    }

    /// An int64.
    pub fn int64(&mut self, key: &str, number: i64) {
        self.key(INT64, key);
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
        self.key(DOUBLE, key);
        self.out.extend_from_slice(&number.to_le_bytes());
    }

    /// A boolean.
    pub fn bool(&mut self, key: &str, truth: bool) {
        self.key(BOOLEAN, key);
        self.out.push(u8::from(truth));
    }

    /// A date, in milliseconds since 1970.
    pub fn date(&mut self, key: &str, millis: i64) {
        self.key(DATE, key);
        self.out.extend_from_slice(&millis.to_le_bytes());
    }

    /// An ObjectId.
    pub fn id(&mut self, key: &str, id: ObjectId) {
        self.key(OBJECT_ID, key);
        self.out.extend_from_slice(&id.bytes());
    }

    /// A null.
    pub fn null(&mut self, key: &str) {
        self.key(NULL, key);
    }

    /// Generic binary.
    pub fn bytes(&mut self, key: &str, bytes: &[u8]) {
        self.key(BINARY, key);
        self.length(bytes.len());
        self.out.push(0);
        self.out.extend_from_slice(bytes);
    }

    /// A document whose fields `fill` writes.
    pub fn document(&mut self, key: &str, fill: impl FnOnce(&mut Self)) {
        self.key(DOCUMENT, key);
        self.open();
        fill(self);
        self.close();
    }

    /// An array whose elements `fill` writes; their keys must be `0`, `1`, `2` and so on.
    pub fn array(&mut self, key: &str, fill: impl FnOnce(&mut Self)) {
        self.key(ARRAY, key);
        self.open();
        fill(self);
        self.close();
    }

    /// Any BSON value, unchanged.
    pub fn raw(&mut self, key: &str, value: RawBsonRef<'_>) {
        let mut element = RawDocumentBuf::new();
        element.append(bson::raw::cstr!(""), value);
        let bytes = element.as_bytes();
        // length (4), type (1), the empty key's NUL (1), the value, the document's NUL (1)
        let Some(&[kind, _, ref value @ .., _]) = bytes.get(4..) else { return };
        self.key(kind, key);
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
