//! What packing brings, in a line for each collection.

use crate::stats::{bytes_per_record, grouped};
use std::fmt::Write;
use woodpile_store::CollectionStats;

/// The sizes of collections before they were packed.
pub(super) struct Sizes(Vec<(String, u64)>);

impl Sizes {
    pub(super) fn of(collections: &[CollectionStats]) -> Self {
        let sizes = collections.iter().map(|stats| (stats.name.clone(), stats.logical_bytes));
        Self(sizes.collect())
    }

    /// One line for each of these collections, with its size now.
    pub(super) fn compare(&self, now: &[CollectionStats]) -> Vec<String> {
        let found = self.0.iter().filter_map(|(name, before)| {
            Some((now.iter().find(|stats| stats.name == *name)?, *before))
        });
        found.map(|(stats, before)| compare(stats, before)).collect()
    }
}

fn compare(stats: &CollectionStats, before: u64) -> String {
    let (records, after) = (grouped(stats.records), grouped(stats.logical_bytes));
    let before = grouped(before);
    let mut line = format!("{}: {records} records, {before} -> {after} bytes", stats.name);
    if let Some(bytes) = bytes_per_record(stats) {
        let _ = write!(line, ", {bytes:.2} a record");
    }
    if stats.hot_records > 0 {
        let _ = write!(line, "; {} are still hot", grouped(stats.hot_records));
    }
    line
}

/// What packing would do.
pub(super) fn foresee(stats: &CollectionStats, all: bool) -> String {
    let CollectionStats { name, hot_records, packed_records, .. } = stats;
    let hot = grouped(*hot_records);
    let merged = if all { ", and its blocks merged" } else { "" };
    let packed = grouped(*packed_records);
    format!("{name}: {hot} hot records would be packed{merged}; {packed} are packed already")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_packing_brought() {
        let before = CollectionStats {
            name: "access-log".to_owned(),
            records: 2_000,
            hot_records: 2_000,
            logical_bytes: 100_000,
            ..CollectionStats::default()
        };
        let after = CollectionStats { hot_records: 0, logical_bytes: 8_500, ..before.clone() };
        let sizes = Sizes::of(&[before]);
        assert_eq!(
            sizes.compare(std::slice::from_ref(&after)),
            ["access-log: 2,000 records, 100,000 -> 8,500 bytes, 4.25 a record"]
        );
        let nothing = CollectionStats { records: 0, logical_bytes: 0, ..after };
        assert_eq!(sizes.compare(&[nothing]), ["access-log: 0 records, 100,000 -> 0 bytes"]);
    }
}
