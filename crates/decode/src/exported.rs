//! Lines that an export wrote, ours or `mongoexport`: they are kept as they are.

use crate::{Rejected, place};
use memchr::memmem;
use woodpile_record::{Record, View, json};

const COLLECTION: &[u8] = br#""_collection""#;
const ID: &[u8] = br#""_id""#;

/// Whether the bytes may hold one; cheap. `mongoexport` names no collection: its lines are some only where the sender
/// does.
pub fn is_likely(bytes: &[u8], collection: Option<&str>) -> bool {
    memmem::find(bytes, if collection.is_some() { ID } else { COLLECTION }).is_some()
}

/// The record of one line, and the collection that the line itself names. `None` if the line has no `_id`, or neither
/// it nor the sender names a collection: then it is a record as any other.
///
/// # Errors
/// Says where and why the line is not extended JSON.
pub fn read(
    line: &str,
    collection: Option<&str>,
) -> Result<Option<(Option<String>, Record)>, Rejected> {
    let line = line.trim_end();
    let (named, record) = json::parse_export(line).map_err(|error| place::of(line, &error))?;
    let has_id = View::of(record.as_document()).id().is_some();
    if !has_id || (named.is_none() && collection.is_none()) {
        return Ok(None);
    }
    Ok(Some((named, record)))
}
