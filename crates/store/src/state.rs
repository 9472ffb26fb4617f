//! Woodpile's own state: small named documents, each changed by whoever knows its current version.

use crate::StoreError;
use bson::Document;
use bson::oid::ObjectId;

/// The bytes of a state's document, at most: a state is small, whatever grows is a log.
pub const MAX_STATE_BYTES: usize = 256 * 1024;

/// The bytes of a state's name, at most: every server takes as much for an `_id`.
pub const MAX_STATE_NAME_BYTES: usize = 512;

/// A state as it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// Its name.
    pub name: String,
    /// Made anew each time that it is set, and never used twice: who knows it may set the state.
    pub version: ObjectId,
    /// What is to be known.
    pub document: Document,
}

/// The document's bytes; refuses what no store takes.
pub(crate) fn encode(
    name: &str,
    document: Option<&Document>,
) -> Result<Option<Vec<u8>>, StoreError> {
    let refused =
        |reason: String| StoreError::Rejected { place: format!("the state {name:.40?}"), reason };
    if name.is_empty() || name.len() > MAX_STATE_NAME_BYTES {
        let reason = format!("its name has to have 1 to {MAX_STATE_NAME_BYTES} bytes");
        return Err(refused(reason));
    }
    let encoded = document.map(Document::to_vec).transpose();
    let encoded = encoded.map_err(|error| refused(error.to_string()))?;
    let bytes = encoded.as_ref().map_or(0, Vec::len);
    if bytes > MAX_STATE_BYTES {
        let reason = format!("its document has {bytes} bytes: at most {MAX_STATE_BYTES} are kept");
        return Err(refused(reason));
    }
    Ok(encoded)
}
