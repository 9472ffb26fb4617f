//! What came of an import.

use crate::rule::outcome;
use crate::stats::grouped;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

/// Counted by all workers; what is counted is durable.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// Records added, by collection.
    added: BTreeMap<String, u64>,
    duplicates: u64,
    conflicts: u64,
    /// Records that rules of the store dropped.
    dropped: u64,
    /// Records that they masked.
    masked: u64,
    /// Lines that were kept as text because they could not be read as the records that they look like.
    unread: u64,
    first_unread: Option<String>,
}

impl Tally {
    /// Counts records that a collection has now.
    pub(super) fn add(&mut self, collection: &str, records: u64) {
        match self.added.get_mut(collection) {
            Some(added) => *added += records,
            None => _ = self.added.insert(collection.to_owned(), records),
        }
    }

    /// Counts records that were there before, and those that differ from one with their `_id`.
    pub(super) fn add_known(&mut self, duplicates: u64, conflicts: u64) {
        self.duplicates += duplicates;
        self.conflicts += conflicts;
    }

    /// Counts what rules of the store did.
    pub(super) fn add_ruled(&mut self, dropped: u64, masked: u64) {
        self.dropped += dropped;
        self.masked += masked;
    }

    /// Counts lines that were kept as text; the first of them is named.
    pub(super) fn add_unread(&mut self, lines: u64, first: Option<String>) {
        self.unread += lines;
        self.first_unread = self.first_unread.take().or(first);
    }

    /// All of it, for people.
    pub(super) fn describe(&self, took: Duration) -> String {
        let records: u64 = self.added.values().sum();
        let mut text = format!(
            "imported {} in {:.1} s, {}/s",
            counted(records, "record"),
            took.as_secs_f64(),
            grouped(rate(records, took))
        );
        let parts =
            self.added.iter().map(|(name, records)| format!("{name} {}", grouped(*records)));
        let parts: Vec<_> = parts.collect();
        if !parts.is_empty() {
            let _ = write!(text, ": {}", parts.join(", "));
        }
        if self.duplicates > 0 {
            let _ = write!(text, "; {} were there already", grouped(self.duplicates));
        }
        if self.conflicts > 0 {
            let others = grouped(self.conflicts);
            let _ = write!(text, "; {others} stand beside others of the same _id");
        }
        if let Some(ruled) = outcome::of_rules(self.dropped, self.masked) {
            let _ = write!(text, "; {ruled}");
        }
        if let Some(first) = &self.first_unread {
            let lines = counted(self.unread, "line");
            let _ =
                write!(text, "; {lines} could not be read and kept as text, the first: {first}");
        }
        text
    }
}

fn counted(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", grouped(number), if number == 1 { "" } else { "s" })
}

fn rate(records: u64, took: Duration) -> u64 {
    let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX).max(1);
    records.saturating_mul(1_000_000) / micros
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_names_what_there_is_to_name() {
        let mut tally = Tally::default();
        let took = Duration::from_millis(500);
        assert_eq!(tally.describe(took), "imported 0 records in 0.5 s, 0/s");
        tally.add("access-log", 1_500);
        tally.add("access-log", 500);
        tally.add("error-log", 1);
        assert_eq!(
            tally.describe(took),
            "imported 2,001 records in 0.5 s, 4,002/s: access-log 2,000, error-log 1"
        );
        tally.add_known(3, 1);
        tally.add_ruled(1_000, 1);
        tally.add_unread(2, Some("a.ndjson, line 4: no".to_owned()));
        tally.add_unread(1, Some("a.ndjson, line 9: no".to_owned()));
        assert!(tally.describe(took).ends_with(
            "; 3 were there already; 1 stand beside others of the same _id; \
             rules of the store dropped 1,000 records and masked 1; 3 lines could not be read and kept as text, the first: a.ndjson, line 4: no"
        ));
    }
}
