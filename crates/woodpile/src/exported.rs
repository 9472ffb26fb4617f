//! Lines that an export wrote, ours or `mongoexport`: they are kept as they are.

use crate::collection_name;
use memchr::memmem;
use woodpile_record::{Record, View, json};

/// Whether the line may be one; cheap. `mongoexport` names no collection: its lines are some only where the user does.
pub(crate) fn is_likely(line: &[u8], collection: Option<&str>) -> bool {
    let mark = if collection.is_some() { &br#""_id""#[..] } else { br#""_collection""# };
    line.starts_with(b"{") && memmem::find(line, mark).is_some()
}

/// The collection and the record, if the line has an `_id`, and a `_collection` or else the user names one.
///
/// # Errors
/// Says why the line is not extended JSON, or its collection's name is none.
pub(crate) fn read(
    line: &[u8],
    collection: Option<&str>,
) -> Result<Option<(String, Record)>, String> {
    let text = std::str::from_utf8(line).map_err(|error| error.to_string())?;
    let (named, record) = json::parse_export(text.trim_end()).map_err(|error| {
        // The line's own number is the file's business.
        format!("column {}: {}", error.column, error.reason)
    })?;
    if View::of(record.as_document()).id().is_none() {
        return Ok(None);
    }
    let named = named.map(|name| collection_name::parse(&name)).transpose()?;
    let collection = named.or_else(|| collection.map(str::to_owned));
    Ok(collection.map(|collection| (collection, record)))
}
