//! Extended JSON (<https://github.com/mongodb/specifications/blob/master/source/extended-json/extended-json.md>):
//! relaxed, but canonical wherever relaxed would lose a type.

use crate::{Record, Value};
use bson::RawDocument;
use std::fmt;

/// Appends the document as one line of extended JSON.
pub fn write(document: &RawDocument, out: &mut String) {
    let _ = (document, out);
}

/// Reads one line of extended JSON.
///
/// # Errors
/// Says at which column the text stops being JSON, or a type's wrapper.
pub fn parse(text: &str) -> Result<Record, JsonError> {
    let _ = text;
    Err(JsonError { line: 1, column: 1, reason: String::new() })
}

/// A value's JSON text.
pub(crate) fn value_text(value: &Value<'_>) -> String {
    let _ = value;
    String::new()
}

/// Where and why a text is not extended JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonError {
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1, in bytes.
    pub column: usize,
    /// What was wrong.
    pub reason: String,
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.reason)
    }
}

impl std::error::Error for JsonError {}
