//! The database's collections, and what they hold.

use super::limits::COUNTED_BELOW;
use super::read::has_date;
use super::session::Session;
use super::{filter, index};
use crate::{CollectionStats, Order, Prune, StoreError};
use bson::raw::RawDocumentBuf;
use bson::{Bson, Document, doc};
use mongodb::Collection;
use woodpile_record::{event_time, name};

/// Woodpile's own state rests in this collection.
const OWN: &str = "woodpile";
/// Ends the names of the collections that hold blocks.
const BLOCKS: &str = ".blocks";
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

/// Every collection, by name.
pub(super) async fn stats(session: &Session) -> Result<Vec<CollectionStats>, StoreError> {
    let mut all = Vec::new();
    for name in names(session).await? {
        all.push(stats_of(session, name).await?);
    }
    Ok(all)
}

async fn stats_of(session: &Session, name: String) -> Result<CollectionStats, StoreError> {
    let collection = session.collection(&name).await?;
    let mut records = session.read(collection.estimated_document_count()).await?;
    if records < COUNTED_BELOW {
        records = session.read(collection.count_documents(doc! {})).await?;
    }
    let (first, last) = bounds(session, &collection).await?;
    Ok(CollectionStats {
        records,
        hot_records: records,
        packed_records: 0,
        logical_bytes: logical_bytes(session, &name).await?,
        message_bytes: None,
        first,
        last,
        name,
    })
}

/// What MongoDB Atlas counts: the documents, uncompressed, and the indexes.
async fn logical_bytes(session: &Session, name: &str) -> Result<u64, StoreError> {
    let database = session.database().await?;
    let stats = session.read(database.run_command(doc! { "collStats": name })).await?;
    Ok(number(&stats, "size") + number(&stats, "totalIndexSize"))
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
