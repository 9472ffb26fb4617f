//! Hot records by their `_id`: which of them are there byte for byte, and their removal.

use super::super::append::fetch;
use super::super::limits::IDS_AT_ONCE;
use super::super::session::Session;
use super::super::twin;
use crate::StoreError;
use crate::order::{id_element, id_of};
use bson::raw::{RawBson, RawBsonRef, RawDocumentBuf};
use bson::{Bson, doc};
use woodpile_record::{Batch, RawDocument, name};

/// Deletes the hot copies of these records: only documents with the same bytes, looked at before.
pub(super) async fn remove(
    session: &Session,
    collection: &str,
    records: &[RawDocumentBuf],
) -> Result<u64, StoreError> {
    let from = session.collection(collection).await?;
    let mut removed = 0;
    for portion in records.chunks(IDS_AT_ONCE) {
        let stored = fetch(session, &from, portion.iter().map(|record| &**record)).await?;
        let is_there = |record: &&RawDocumentBuf| {
            id_element(record).and_then(|id| stored.get(id)).is_some_and(|found| found == *record)
        };
        let ids: Vec<Bson> =
            portion.iter().filter(is_there).filter_map(|record| id(record)).collect();
        if !ids.is_empty() {
            let delete = from.delete_many(doc! { name::ID: { "$in": ids } });
            removed += session.write(delete).await?.deleted_count;
        }
    }
    Ok(removed)
}

/// How many of these records are not there, neither themselves nor beside another with their `_id`.
pub(super) async fn missing(
    session: &Session,
    collection: &str,
    records: &[RawDocumentBuf],
) -> Result<usize, StoreError> {
    let from = session.collection(collection).await?;
    let mut missing = 0;
    for portion in records.chunks(IDS_AT_ONCE) {
        let beside: Vec<_> = portion.iter().map(|record| twin::with_own_id(record)).collect();
        let records = portion.iter().map(|record| &**record);
        let mut stored = fetch(session, &from, records).await?;
        let alone = |record: &RawDocumentBuf| {
            let found = id_element(record).and_then(|id| stored.get(id));
            found.is_some_and(|found| twin::is_same(found, record))
        };
        let absent: Vec<_> =
            portion.iter().zip(&beside).filter(|(record, _)| !alone(record)).collect();
        if absent.is_empty() {
            continue;
        }
        stored = fetch(session, &from, absent.iter().map(|(_, twin)| &***twin)).await?;
        let is_beside = |twin: &RawDocumentBuf| {
            id_element(twin)
                .and_then(|id| stored.get(id))
                .is_some_and(|found| twin::is_same(found, twin))
        };
        missing += absent.iter().filter(|(_, twin)| !is_beside(twin)).count();
    }
    Ok(missing)
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
pub(super) fn unpacked(batch: &Batch) -> Vec<RawDocumentBuf> {
    batch.iter().map(RawDocument::to_owned).collect()
}
