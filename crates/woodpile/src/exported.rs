//! Lines that an export wrote, ours or `mongoexport`: they are kept as they are.

use crate::collection_name;
use woodpile_decode::exported;
use woodpile_record::Record;

/// Whether the line may be one; cheap. `mongoexport` names no collection: its lines are some only where the user does.
pub(crate) fn is_likely(line: &[u8], collection: Option<&str>) -> bool {
    line.starts_with(b"{") && exported::is_likely(line, collection)
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
    let found = exported::read(text, collection).map_err(|error| {
        // The line's own number is the file's business.
        format!("column {}: {}", error.column.unwrap_or(1), error.reason)
    })?;
    let Some((named, record)) = found else { return Ok(None) };
    let named = named.map(|name| collection_name::parse(&name)).transpose()?;
    let collection = named.or_else(|| collection.map(str::to_owned));
    Ok(collection.map(|collection| (collection, record)))
}
