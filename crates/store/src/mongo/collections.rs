//! The database's collections, and what they hold.

use super::limits::COUNTED_BELOW;
use super::packing::{BLOCKS, OWN, Root, roots};
use super::read::has_date;
use super::session::Session;
use super::{filter, index};
use crate::{CollectionStats, Order, Prune, StoreError};
use bson::raw::RawDocumentBuf;
use bson::{Bson, Document, doc};
use mongodb::Collection;
use std::collections::BTreeMap;
use woodpile_record::{event_time, name};

/// Begins the names of the server's own.
const SYSTEM: &str = "system.";

/// The names of the collections that hold records.
pub(super) async fn names(session: &Session) -> Result<Vec<String>, StoreError> {
    let database = session.database().await?;
    // A view shows records of other collections once more.
    let list = database.list_collection_names().filter(doc! { "type": { "$ne": "view" } });
    let mut names = session.read(list).await?;
    names.retain(|name| name != OWN && !name.ends_with(BLOCKS) && !name.starts_with(SYSTEM));
    names.sort_unstable();
    Ok(names)
}

/// Whether the server itself drops the collection's oldest records.
pub(super) async fn is_capped(session: &Session, name: &str) -> Result<bool, StoreError> {
    let database = session.database().await?;
    let mut list = session.read(database.list_collections().filter(doc! { "name": name })).await?;
    while session.read(list.advance()).await? {
        let found = list.deserialize_current();
        if found.is_ok_and(|found| found.options.capped == Some(true)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether Woodpile created the collection: then it has its index.
pub(super) async fn is_own(session: &Session, name: &str) -> Result<bool, StoreError> {
    let collection = session.collection(name).await?;
    Ok(index::is_ordered(session, &collection).await? && !is_capped(session, name).await?)
}

/// Every collection, by name; also one that is packed as a whole and was dropped since.
pub(super) async fn stats(session: &Session) -> Result<Vec<CollectionStats>, StoreError> {
    let mut roots: BTreeMap<_, _> =
        roots(session).await?.into_iter().map(|root| (root.collection.clone(), root)).collect();
    let mut all = Vec::new();
    for name in names(session).await? {
        let hot = stats_of(session, &name).await?;
        all.push(with_blocks(hot, roots.remove(&name)));
    }
    for (name, root) in roots.into_iter().filter(|(_, root)| !root.blocks.is_empty()) {
        let none = CollectionStats { name, ..CollectionStats::default() };
        all.push(with_blocks(none, Some(root)));
    }
    all.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    Ok(all)
}

async fn stats_of(session: &Session, name: &str) -> Result<CollectionStats, StoreError> {
    let collection = session.collection(name).await?;
    let mut records = session.read(collection.estimated_document_count()).await?;
    if records < COUNTED_BELOW {
        records = session.read(collection.count_documents(doc! {})).await?;
    }
    let (first, last) = bounds(session, &collection).await?;
    let (hot_bytes, index_bytes) = sizes(session, name).await?;
    Ok(CollectionStats {
        name: name.to_owned(),
        records,
        hot_records: records,
        hot_bytes,
        packed_records: 0,
        logical_bytes: hot_bytes + index_bytes,
        message_bytes: None,
        first,
        last,
    })
}

/// Adds what the blocks hold; the copies that a dirty block still has count once more.
fn with_blocks(hot: CollectionStats, root: Option<Root>) -> CollectionStats {
    let Some(root) = root else { return hot };
    let blocks = || root.blocks.iter().map(|block| &block.entry);
    let packed_records = blocks().map(|block| block.records).sum();
    let message_bytes: u64 = blocks().map(|block| block.message_bytes).sum();
    CollectionStats {
        records: hot.hot_records + packed_records,
        packed_records,
        logical_bytes: hot.logical_bytes + root.logical_bytes(),
        message_bytes: (hot.hot_records == 0).then_some(message_bytes),
        first: hot.first.into_iter().chain(blocks().map(|block| block.first)).min(),
        last: hot.last.into_iter().chain(blocks().map(|block| block.last)).max(),
        ..hot
    }
}

/// What MongoDB Atlas counts: bytes of the documents, uncompressed, and of the indexes.
async fn sizes(session: &Session, name: &str) -> Result<(u64, u64), StoreError> {
    let database = session.database().await?;
    let stats = session.read(database.run_command(doc! { "collStats": name })).await?;
    Ok((number(&stats, "size"), number(&stats, "totalIndexSize")))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a size, which some servers give as a double"
)]
fn number(stats: &Document, key: &str) -> u64 {
    match stats.get(key) {
        Some(Bson::Int32(number)) => u64::try_from(*number).unwrap_or(0),
        Some(Bson::Int64(number)) => u64::try_from(*number).unwrap_or(0),
        Some(Bson::Double(number)) => *number as u64,
        _ => 0,
    }
}

/// The first and the last event.
async fn bounds(
    session: &Session,
    collection: &Collection<RawDocumentBuf>,
) -> Result<(Option<i64>, Option<i64>), StoreError> {
    if !index::is_ordered(session, collection).await? {
        return scan(session, collection, doc! {}, |_| true).await;
    }
    let mut bounds = match scan(session, collection, filter::undated(), |dated| !dated).await {
        Err(StoreError::Failed { .. }) => {
            scan(session, collection, filter::undated_plainly(), |dated| !dated).await?
        }
        bounds => bounds?,
    };
    for order in [Order::OldestFirst, Order::NewestFirst] {
        let find = collection.find_one(filter::dated(&Prune::NONE)).sort(filter::sort(order));
        if let Some(document) = session.read(find).await? {
            include(&mut bounds, event_time(&document));
        }
    }
    Ok(bounds)
}

/// Looks at the times of the records that the filter leaves, if `wanted` says so of their being dated.
async fn scan(
    session: &Session,
    collection: &Collection<RawDocumentBuf>,
    filter: Document,
    wanted: impl Fn(bool) -> bool,
) -> Result<(Option<i64>, Option<i64>), StoreError> {
    let find = collection.find(filter).projection(doc! { name::ID: 1, name::TIMESTAMP: 1 });
    let mut cursor = session.read(find).await?;
    let mut bounds = (None, None);
    while session.read(cursor.advance()).await? {
        if wanted(has_date(cursor.current())) {
            include(&mut bounds, event_time(cursor.current()));
        }
    }
    Ok(bounds)
}

fn include((first, last): &mut (Option<i64>, Option<i64>), time: i64) {
    *first = Some(first.map_or(time, |first| first.min(time)));
    *last = Some(last.map_or(time, |last| last.max(time)));
}
