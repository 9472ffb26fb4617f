//! What each collection holds.

use super::block;
use super::file::Readers;
use super::table::{self, Header};
use crate::{CollectionStats, StoreError};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::collections::BTreeMap;

/// A collection's sums.
#[derive(Default)]
struct Sums {
    hot: u64,
    hot_bytes: u64,
    packed: u64,
    stored: u64,
    message: u64,
    first: Option<i64>,
    last: Option<i64>,
}

impl Sums {
    fn add_batch(&mut self, header: &Header) {
        self.hot += header.records;
        self.hot_bytes += header.raw;
        self.stored += header.stored;
        self.message += header.message;
        self.widen(header.first, header.last);
    }

    fn add_block(&mut self, head: &block::Head) {
        self.packed += head.records;
        self.stored += head.stored;
        self.message += head.message;
        self.widen(head.first, head.last);
    }

    fn widen(&mut self, first: i64, last: i64) {
        self.first = Some(self.first.map_or(first, |least| least.min(first)));
        self.last = Some(self.last.map_or(last, |most| most.max(last)));
    }
}

/// Every collection, by name.
pub(super) fn collections(readers: &Readers) -> Result<Vec<CollectionStats>, StoreError> {
    readers.with(|connection| read(connection).map_err(readers.file.error()))
}

fn read(connection: &Connection) -> rusqlite::Result<Vec<CollectionStats>> {
    let snapshot = Transaction::new_unchecked(connection, TransactionBehavior::Deferred)?;
    let mut sums: BTreeMap<i64, Sums> = BTreeMap::new();
    table::headers(&snapshot, |batch| sums.entry(batch.collection).or_default().add_batch(&batch))?;
    block::heads(&snapshot, |head| sums.entry(head.collection).or_default().add_block(&head))?;
    let names = table::collection_names(&snapshot)?;
    let file = table::file_bytes(&snapshot)?;
    let all = sums.values().map(|sums| sums.stored).sum();
    let mut stats: Vec<CollectionStats> = names
        .into_iter()
        .map(|(id, name)| collection(name, &sums.remove(&id).unwrap_or_default(), file, all))
        .collect();
    stats.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(stats)
}

fn collection(name: String, sums: &Sums, file: u64, all: u64) -> CollectionStats {
    CollectionStats {
        name,
        records: sums.hot + sums.packed,
        hot_records: sums.hot,
        hot_bytes: sums.hot_bytes,
        packed_records: sums.packed,
        logical_bytes: share(file, sums.stored, all),
        message_bytes: Some(sums.message),
        first: sums.first,
        last: sums.last,
    }
}

/// `part` of `all`, of the file.
fn share(file: u64, part: u64, all: u64) -> u64 {
    let share = u128::from(file) * u128::from(part) / u128::from(all.max(1));
    u64::try_from(share).unwrap_or(u64::MAX)
}
