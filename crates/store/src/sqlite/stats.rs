//! What each collection holds.

use super::file::Readers;
use super::table::{self, Header};
use crate::{CollectionStats, StoreError};
use rusqlite::Connection;
use std::collections::BTreeMap;

/// A collection's sums.
#[derive(Default)]
struct Sums {
    records: u64,
    stored: u64,
    message: u64,
    first: Option<i64>,
    last: Option<i64>,
}

impl Sums {
    fn add(&mut self, header: &Header) {
        self.records += header.records;
        self.stored += header.stored;
        self.message += header.message;
        self.first = Some(self.first.map_or(header.first, |first| first.min(header.first)));
        self.last = Some(self.last.map_or(header.last, |last| last.max(header.last)));
    }
}

/// Every collection, by name.
pub(super) fn collections(readers: &Readers) -> Result<Vec<CollectionStats>, StoreError> {
    readers.with(|connection| read(connection).map_err(readers.file.error()))
}

fn read(connection: &Connection) -> rusqlite::Result<Vec<CollectionStats>> {
    let mut sums: BTreeMap<i64, Sums> = BTreeMap::new();
    table::headers(connection, |header| sums.entry(header.collection).or_default().add(&header))?;
    let names = table::collection_names(connection)?;
    let file = table::file_bytes(connection)?;
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
        records: sums.records,
        hot_records: sums.records,
        packed_records: 0,
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
