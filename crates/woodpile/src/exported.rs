//! Lines that an export wrote: they are kept as they are.

use crate::collection_name;
use memchr::memmem;
use woodpile_record::{Record, View, json};

/// Whether the line may be one; cheap.
pub(crate) fn is_likely(line: &[u8]) -> bool {
    line.starts_with(b"{") && memmem::find(line, br#""_collection""#).is_some()
}

/// The collection and the record, if the line has both `_id` and `_collection`.
///
/// # Errors
/// Says why the line is not extended JSON, or its collection's name is none.
pub(crate) fn read(line: &[u8]) -> Result<Option<(String, Record)>, String> {
    let text = std::str::from_utf8(line).map_err(|error| error.to_string())?;
    let (collection, record) = json::parse_export(text.trim_end()).map_err(|error| {
        // The line's own number is the file's business.
        format!("column {}: {}", error.column, error.reason)
    })?;
    let has_id = View::of(record.as_document()).id().is_some();
    match collection.filter(|_| has_id) {
        Some(name) => Ok(Some((collection_name::parse(&name)?, record))),
        None => Ok(None),
    }
}
