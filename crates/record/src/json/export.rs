use super::{JsonError, parse, scalar, write};
use crate::{Record, name};
use bson::RawDocument;

/// Appends the document as one line of an export: as [`write()`](super::write()), and `_collection` right behind
/// its `_id`. A document without `_id` gets none: it could not be told from others when it comes back.
pub fn write_with(document: &RawDocument, collection: &str, out: &mut String) {
    write::literal_if_needed(document, out, |out| {
        let mut named = false;
        for (index, (key, value)) in document.iter().map_while(Result::ok).enumerate() {
            write::field(index == 0, key.as_str(), value, out);
            if !named && key == name::ID {
                named = true;
                out.push_str(r#","_collection":"#);
                scalar::text(collection, out);
            }
        }
    });
}

/// Reads one line that [`write_with`] wrote: the collection, and the record without it. Only a text
/// `_collection` right behind the first `_id` names one; any other is the record's own.
///
/// # Errors
/// As [`parse`](super::parse()).
pub fn parse_export(text: &str) -> Result<(Option<String>, Record), JsonError> {
    let mut collection = None;
    let record = parse::document(text, Some(&mut collection))?;
    Ok((collection, record))
}
