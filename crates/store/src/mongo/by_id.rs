//! Hot records by their `_id`s, for which every server has an index.

use super::session::Session;
use crate::StoreError;
use bson::{Bson, RawBson, doc};
use woodpile_record::{Batch, name};

/// The records of the collection that have one of these ids.
pub(super) async fn find(
    session: &Session,
    collection: &str,
    ids: Vec<RawBson>,
) -> Result<Batch, StoreError> {
    let ids: Vec<Bson> = ids.into_iter().filter_map(|id| id.try_into().ok()).collect();
    let records = session.collection(collection).await?;
    let find = records.find(doc! { name::ID: { "$in": ids } });
    let mut cursor = session.read(find).await?;
    let mut found = Batch::new();
    while session.read(cursor.advance()).await? {
        found.push(cursor.current());
    }
    Ok(found)
}
