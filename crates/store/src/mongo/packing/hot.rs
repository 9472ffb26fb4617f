//! Hot records by their `_id`: which of them are there byte for byte, and their removal.

use super::super::append::fetch;
use super::super::limits::{DELETE_WITHIN, IDS_AT_ONCE, REMOVE_TRIES};
use super::super::session::Session;
use super::super::twin;
use super::lease;
use crate::StoreError;
use crate::order::{id_element, id_of};
use bson::oid::ObjectId;
use bson::raw::{RawBson, RawBsonRef, RawDocumentBuf};
use bson::{Bson, DateTime, doc};
use mongodb::Collection;
use woodpile_record::{Batch, RawDocument, name};

/// Deletes the hot copies of these records, as the holder of the lease: only documents with the same bytes. The lease
/// is proved right before each delete, and the server itself refuses one that comes late (see [`delete`]): who was
/// frozen meanwhile deletes nothing that was unpacked since.
pub(super) async fn remove(
    session: &Session,
    collection: &str,
    owner: ObjectId,
    records: &[RawDocumentBuf],
) -> Result<(), StoreError> {
    let from = session.collection(collection).await?;
    for portion in records.chunks(IDS_AT_ONCE) {
        let mut left = present(session, &from, portion).await?;
        for _ in 0..REMOVE_TRIES {
            if left.is_empty() {
                break;
            }
            let at = lease::beat(session, collection, owner).await?;
            if delete(session, &from, &left, at).await? == left.len() as u64 {
                left.clear();
            } else {
                left = present(session, &from, portion).await?;
            }
        }
        if !left.is_empty() {
            return Err(undeleted(session, collection, left.len()));
        }
    }
    Ok(())
}

/// The ids of those records that are there, byte for byte.
async fn present(
    session: &Session,
    from: &Collection<RawDocumentBuf>,
    records: &[RawDocumentBuf],
) -> Result<Vec<Bson>, StoreError> {
    let stored = fetch(session, from, records.iter().map(|record| &**record)).await?;
    let is_there = |record: &&RawDocumentBuf| {
        id_element(record).and_then(|id| stored.get(id)).is_some_and(|found| found == *record)
    };
    Ok(records.iter().filter(is_there).filter_map(|record| id(record)).collect())
}

/// Deletes while the lease that was proved at a time cannot have been taken yet, by the server's clock. A server that
/// knows no `$$NOW` (FerretDB) is not asked for that.
async fn delete(
    session: &Session,
    from: &Collection<RawDocumentBuf>,
    ids: &[Bson],
    at: DateTime,
) -> Result<u64, StoreError> {
    let named = doc! { name::ID: { "$in": ids } };
    if session.knows_now() {
        let within = i64::try_from(DELETE_WITHIN.as_millis()).unwrap_or_default();
        let until = DateTime::from_millis(at.timestamp_millis() + within);
        let mut in_time = named.clone();
        in_time.insert("$expr", doc! { "$lt": ["$$NOW", until] });
        match session.write(from.delete_many(in_time)).await {
            Err(StoreError::Failed { .. }) => session.forget_now(),
            deleted => return deleted.map(|deleted| deleted.deleted_count),
        }
    }
    Ok(session.write(from.delete_many(named)).await?.deleted_count)
}

fn undeleted(session: &Session, collection: &str, left: usize) -> StoreError {
    StoreError::Failed {
        location: session.target.location.clone(),
        reason: format!(
            "{left} records of {collection} that a block has cannot be deleted: may this user delete, and do the \
             clocks of all servers agree?"
        ),
    }
}

/// How many of these records are there, byte for byte.
pub(super) async fn count(
    session: &Session,
    collection: &str,
    records: &[RawDocumentBuf],
) -> Result<u64, StoreError> {
    let from = session.collection(collection).await?;
    let mut count = 0;
    for portion in records.chunks(IDS_AT_ONCE) {
        count += present(session, &from, portion).await?.len() as u64;
    }
    Ok(count)
}

/// How many of these records are not there, neither themselves nor beside another with their `_id`.
pub(super) async fn missing(
    session: &Session,
    collection: &str,
    records: &[RawDocumentBuf],
) -> Result<u64, StoreError> {
    let from = session.collection(collection).await?;
    let mut missing = 0;
    for portion in records.chunks(IDS_AT_ONCE) {
        let absent = absent(session, &from, portion).await?;
        let beside: Vec<_> = absent.iter().map(|record| twin::with_own_id(record)).collect();
        missing += self::absent(session, &from, &beside).await?.len() as u64;
    }
    Ok(missing)
}

/// The records that are not there, nor in the form in which the server takes them.
async fn absent<'r>(
    session: &Session,
    from: &Collection<RawDocumentBuf>,
    records: &'r [RawDocumentBuf],
) -> Result<Vec<&'r RawDocumentBuf>, StoreError> {
    if records.is_empty() {
        return Ok(Vec::new());
    }
    let stored = fetch(session, from, records.iter().map(|record| &**record)).await?;
    let is_there = |record: &RawDocumentBuf| {
        let found = id_element(record).and_then(|id| stored.get(id));
        found.is_some_and(|found| twin::is_same(found, record))
    };
    Ok(records.iter().filter(|record| !is_there(record)).collect())
}

fn id(record: &RawDocument) -> Option<Bson> {
    Bson::try_from(RawBson::from(id_of(record)?)).ok()
}

/// Whether a record can be named by its `_id` alone: a pattern or an array in a filter would name others.
pub(super) fn is_nameable(record: &RawDocument) -> bool {
    !matches!(
        id_of(record),
        None | Some(
            RawBsonRef::RegularExpression(_) | RawBsonRef::Array(_) | RawBsonRef::Undefined
        )
    )
}

/// The records one by one, to be sent.
pub(super) fn one_by_one(batch: &Batch) -> Vec<RawDocumentBuf> {
    batch.iter().map(RawDocument::to_owned).collect()
}
