//! A block's bytes, cut into documents `{_id: {b: block, n: number}, data: bytes}` of `NAME.blocks`.

use super::super::error::store_error;
use super::super::limits::{CHUNK_BYTES, IDS_AT_ONCE, INSERT_BYTES};
use super::super::session::Session;
use super::root::Stored;
use crate::{BlockId, StoreError};
use bson::raw::{RawBinaryRef, RawBsonRef, RawDocumentBuf};
use bson::spec::BinarySubtype;
use bson::{Bson, Document, doc, rawdoc};
use mongodb::Collection;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Ends the names of the collections that hold blocks.
pub(in super::super) const BLOCKS: &str = ".blocks";

/// What a chunk's document takes beside the block's bytes.
pub(super) const FRAME_BYTES: u64 = 48;

const _: () = assert!(CHUNK_BYTES <= INSERT_BYTES, "a chunk fits into one insert");

/// Writes a block's chunks; they are durable then, and nobody sees them yet.
pub(super) async fn write(
    session: &Session,
    collection: &str,
    id: BlockId,
    bytes: &[u8],
) -> Result<(), StoreError> {
    let blocks = blocks(session, collection).await?;
    let numbered: Vec<_> = (0_i64..).zip(bytes.chunks(CHUNK_BYTES)).collect();
    for portion in numbered.chunks(INSERT_BYTES / CHUNK_BYTES) {
        let documents = portion.iter().map(|(number, data)| chunk(id, *number, data));
        session.write(blocks.insert_many(documents)).await?;
    }
    Ok(())
}

fn chunk(id: BlockId, number: i64, bytes: &[u8]) -> RawDocumentBuf {
    let data = RawBinaryRef { subtype: BinarySubtype::Generic, bytes };
    let mut chunk = rawdoc! { "_id": { "b": id.0, "n": number } };
    chunk.append(bson::raw::cstr!("data"), RawBsonRef::Binary(data));
    chunk
}

/// The chunks of these numbers, as many of them as are there.
pub(super) async fn fetch(
    session: &Session,
    collection: &str,
    id: BlockId,
    numbers: &[u64],
) -> Result<BTreeMap<u64, Vec<u8>>, StoreError> {
    let blocks = blocks(session, collection).await?;
    let ids: Vec<Bson> = numbers.iter().map(|number| chunk_id(id, *number)).collect();
    let mut cursor = session.read(blocks.find(doc! { "_id": { "$in": ids } })).await?;
    let mut found = BTreeMap::new();
    while session.read(cursor.advance()).await? {
        found.extend(parse(cursor.current()));
    }
    Ok(found)
}

/// Which of these chunks are there.
pub(super) async fn there(
    session: &Session,
    collection: &str,
    id: BlockId,
    numbers: &[u64],
) -> Result<BTreeSet<u64>, StoreError> {
    let blocks = blocks(session, collection).await?;
    let ids: Vec<Bson> = numbers.iter().map(|number| chunk_id(id, *number)).collect();
    let find = blocks.find(doc! { "_id": { "$in": ids } }).projection(doc! { "_id": 1 });
    let mut cursor = session.read(find).await?;
    let mut found = BTreeSet::new();
    while session.read(cursor.advance()).await? {
        found.extend(number_of(cursor.current()));
    }
    Ok(found)
}

fn chunk_id(id: BlockId, number: u64) -> Bson {
    Bson::from(doc! { "b": id.0, "n": i64::try_from(number).unwrap_or(i64::MAX) })
}

fn parse(chunk: &bson::RawDocument) -> Option<(u64, Vec<u8>)> {
    let data = chunk.get_binary("data").ok()?;
    Some((number_of(chunk)?, data.bytes.to_vec()))
}

fn number_of(chunk: &bson::RawDocument) -> Option<u64> {
    u64::try_from(chunk.get_document("_id").ok()?.get_i64("n").ok()?).ok()
}

/// Removes a block's chunks.
pub(super) async fn remove(
    session: &Session,
    collection: &str,
    block: &Stored,
) -> Result<(), StoreError> {
    let ids = (0..block.chunks()).map(|number| chunk_id(block.entry.id, number)).collect();
    remove_ids(session, collection, ids).await
}

/// Removes what swaps that failed, or processes that died, left of blocks: all that has an id less than `before`, and
/// that nobody knows of. A later holder of the lease gives greater ids: what it writes meanwhile is not touched.
pub(super) async fn remove_unknown(
    session: &Session,
    collection: &str,
    before: BlockId,
    is_known: impl Fn(BlockId) -> bool,
) -> Result<(), StoreError> {
    let blocks = blocks(session, collection).await?;
    let find = blocks.find(doc! {}).projection(doc! { "_id": 1 });
    let mut cursor = session.read(find).await?;
    let mut unknown = Vec::new();
    while session.read(cursor.advance()).await? {
        let document = Document::try_from(cursor.current());
        let document = document.map_err(|error| store_error(&session.target, &error.into()))?;
        let id = document.get_document("_id").ok().and_then(|id| id.get_i64("b").ok()).map(BlockId);
        if id.is_some_and(|id| id < before && !is_known(id)) {
            unknown.extend(document.get("_id").cloned());
        }
    }
    remove_ids(session, collection, unknown).await
}

async fn remove_ids(session: &Session, collection: &str, ids: Vec<Bson>) -> Result<(), StoreError> {
    let blocks = blocks(session, collection).await?;
    for portion in ids.chunks(IDS_AT_ONCE) {
        session.write(blocks.delete_many(doc! { "_id": { "$in": portion } })).await?;
    }
    Ok(())
}

/// The numbers of the chunks that a range of bytes lies in.
pub(super) fn numbers(block: &Stored, range: &Range<u64>) -> Range<u64> {
    range.start / block.chunk_bytes..range.end.div_ceil(block.chunk_bytes)
}

async fn blocks(
    session: &Session,
    collection: &str,
) -> Result<Collection<RawDocumentBuf>, StoreError> {
    session.collection(&format!("{collection}{BLOCKS}")).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chunk_is_little_more_than_its_bytes() {
        for length in [0, 1, CHUNK_BYTES] {
            let size = chunk(BlockId(1 << 40), 7, &vec![1; length]).as_bytes().len();
            assert_eq!(size as u64, length as u64 + FRAME_BYTES);
        }
    }
}
