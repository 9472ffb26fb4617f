//! Woodpile's own state: a document for each, beside the roots of blocks; it has a `version` and, as they have
//! not, a `document`. The server replaces one document at once; FerretDB 1, which reads and writes it in two steps,
//! may let two set a state at the same time.

use super::error::{is_duplicate, store_error};
use super::packing::OWN;
use super::session::Session;
use crate::{State, StoreError};
use bson::oid::ObjectId;
use bson::{Document, doc};
use mongodb::Collection;

const VERSION: &str = "version";
const DOCUMENT: &str = "document";

/// The state of that name.
pub(super) async fn find(session: &Session, name: &str) -> Result<Option<State>, StoreError> {
    let filter = doc! { "_id": name, DOCUMENT: { "$exists": true } };
    let own = own(session).await?;
    let found = session.read(own.find_one(filter)).await?;
    found.as_ref().map(decode).transpose()
}

/// The states whose names begin so, by name.
pub(super) async fn list(session: &Session, prefix: &str) -> Result<Vec<State>, StoreError> {
    let filter = doc! { "_id": { "$gte": prefix }, DOCUMENT: { "$exists": true } };
    let own = own(session).await?;
    let mut cursor = session.read(own.find(filter).sort(doc! { "_id": 1 })).await?;
    let mut states = Vec::new();
    while session.read(cursor.advance()).await? {
        let document = cursor.deserialize_current();
        let state = decode(&document.map_err(|error| store_error(&session.target, &error))?)?;
        if !state.name.starts_with(prefix) {
            break;
        }
        states.push(state);
    }
    Ok(states)
}

fn decode(document: &Document) -> Result<State, StoreError> {
    let read = || {
        Some(State {
            name: document.get_str("_id").ok()?.to_owned(),
            version: document.get_object_id(VERSION).ok()?,
            document: document.get_document(DOCUMENT).ok()?.clone(),
        })
    };
    read().ok_or_else(|| StoreError::Damaged {
        place: format!("{OWN}, _id {:?}", document.get("_id")),
        reason: "a state has to have a version and a document".to_owned(),
    })
}

/// Sets or removes a state, where its version is the expected one; says whether it was.
pub(super) async fn set(
    session: &Session,
    name: String,
    expected: Option<ObjectId>,
    document: Option<Document>,
) -> Result<bool, StoreError> {
    let own = own(session).await?;
    let new = document
        .map(|document| doc! { "_id": &name, VERSION: ObjectId::new(), DOCUMENT: document });
    match (expected, new) {
        (None, None) => Ok(find(session, &name).await?.is_none()),
        (None, Some(new)) => match session.try_write(own.insert_one(new)).await? {
            Ok(_) => Ok(true),
            Err(error) if is_duplicate(&error) => Ok(false),
            Err(error) => Err(store_error(&session.target, &error)),
        },
        (Some(version), None) => {
            let delete = own.delete_one(doc! { "_id": name, VERSION: version });
            Ok(session.write(delete).await?.deleted_count == 1)
        }
        (Some(version), Some(new)) => {
            let replace = own.replace_one(doc! { "_id": name, VERSION: version }, new);
            Ok(session.write(replace).await?.matched_count == 1)
        }
    }
}

async fn own(session: &Session) -> Result<Collection<Document>, StoreError> {
    Ok(session.database().await?.collection(OWN))
}
