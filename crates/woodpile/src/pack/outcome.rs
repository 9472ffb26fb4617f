//! What packing brings, in a line for each collection.

use crate::stats::{bytes_per_record, grouped};
use std::fmt::Write;
use woodpile_keep::Work;
use woodpile_store::CollectionStats;

/// The sizes of collections before they were packed.
pub(super) struct Sizes(Vec<(String, u64)>);

impl Sizes {
    pub(super) fn of(collections: &[CollectionStats]) -> Self {
        let sizes = collections.iter().map(|stats| (stats.name.clone(), stats.logical_bytes));
        Self(sizes.collect())
    }

    /// One line for each of these collections, with its size now.
    pub(super) fn compare(&self, now: &[CollectionStats], all: bool) -> Vec<String> {
        let found = self.0.iter().filter_map(|(name, before)| {
            Some((now.iter().find(|stats| stats.name == *name)?, *before))
        });
        found.map(|(stats, before)| compare(stats, before, all)).collect()
    }
}

fn compare(stats: &CollectionStats, before: u64, all: bool) -> String {
    let (records, after) = (grouped(stats.records), grouped(stats.logical_bytes));
    let before = grouped(before);
    let mut line = format!("{}: {records} records, {before} -> {after} bytes", stats.name);
    if let Some(bytes) = bytes_per_record(stats) {
        let _ = write!(line, ", {bytes:.2} a record");
    }
    if stats.hot_records > 0 {
        let _ = write!(line, "; {} are hot", grouped(stats.hot_records));
        line += if all { "" } else { ", which `--all` packs too" };
    }
    line
}

/// What packing would do.
pub(super) fn foresee(stats: &CollectionStats, work: Work, all: bool) -> String {
    let (name, packed) = (&stats.name, grouped(stats.packed_records));
    let (hot, repacked) = (grouped(work.hot), grouped(work.repacked));
    if all {
        return format!(
            "{name}: {hot} hot records would be packed, {repacked} of {packed} packed ones once more"
        );
    }
    format!(
        "{name}: {hot} hot records would be packed where they are old enough; {packed} are packed already"
    )
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
            sizes.compare(std::slice::from_ref(&after), false),
            ["access-log: 2,000 records, 100,000 -> 8,500 bytes, 4.25 a record"]
        );
        let nothing = CollectionStats { records: 0, logical_bytes: 0, ..after.clone() };
        assert_eq!(sizes.compare(&[nothing], true), ["access-log: 0 records, 100,000 -> 0 bytes"]);
        let young = CollectionStats { hot_records: 1_500, ..after };
        assert!(
            sizes.compare(&[young], false)[0].ends_with("; 1,500 are hot, which `--all` packs too")
        );
    }
}
