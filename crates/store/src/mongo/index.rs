//! The index that Woodpile gives the collections it creates: with it a read is in order as it comes.

use super::session::Session;
use crate::StoreError;
use bson::raw::RawDocumentBuf;
use bson::{Bson, doc};
use mongodb::{Collection, IndexModel};
use woodpile_record::name;

/// Creates the index if this process writes to the collection for the first time and it does not exist
/// yet. An existing collection is left as its owner made it.
pub(super) async fn prepare(session: &Session, name: &str) -> Result<(), StoreError> {
    if !session.is_unprepared(name) {
        return Ok(());
    }
    let made = match exists(session, name).await {
        Ok(false) => create(session, name).await,
        exists => exists.map(drop),
    };
    match made {
        Err(error) if error.is_temporary() => Err(error),
        // Without the right to look or to create an index, or the name being none, the insert itself tells.
        _ => {
            session.set_prepared(name);
            Ok(())
        }
    }
}

async fn create(session: &Session, name: &str) -> Result<(), StoreError> {
    let index = IndexModel::builder().keys(doc! { name::TIMESTAMP: 1, name::ID: 1 }).build();
    let collection = session.collection(name).await?;
    session.write(collection.create_index(index)).await.map(drop)
}

async fn exists(session: &Session, name: &str) -> Result<bool, StoreError> {
    let database = session.database().await?;
    let names = database.list_collection_names().filter(doc! { "name": name });
    Ok(!session.write(names).await?.is_empty())
}

/// Whether the server can give the collection's dated records in order without sorting them.
pub(super) async fn is_ordered(
    session: &Session,
    collection: &Collection<RawDocumentBuf>,
) -> Result<bool, StoreError> {
    match session.read(collection.list_indexes()).await {
        Ok(mut indexes) => {
            while session.read(indexes.advance()).await? {
                if indexes.deserialize_current().is_ok_and(|index| is_ours(&index)) {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        // The collection does not exist, or this user may not ask.
        Err(StoreError::Failed { .. } | StoreError::Unauthorized { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

fn is_ours(index: &IndexModel) -> bool {
    let partial = index.options.as_ref().is_some_and(|options| {
        options.sparse == Some(true) || options.partial_filter_expression.is_some()
    });
    let mut keys =
        index.keys.iter().map(|(key, direction)| (key.as_str(), direction_of(direction)));
    let (first, second) = (keys.next(), keys.next());
    !partial
        && matches!(
            (first, second),
            (Some((name::TIMESTAMP, Some(a))), Some((name::ID, Some(b)))) if a == b
        )
}

fn direction_of(value: &Bson) -> Option<bool> {
    match value {
        Bson::Int32(number) => Some(*number > 0),
        Bson::Int64(number) => Some(*number > 0),
        Bson::Double(number) => Some(*number > 0.0),
        _ => None,
    }
}
