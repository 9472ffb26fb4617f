//! How far a reader came: where it goes on after what it was reading moved elsewhere.

use crate::order::{Key, compare};
use crate::{Order, Prune};
use bson::raw::RawDocumentBuf;
use std::cmp::Ordering;
use woodpile_record::{Batch, RawDocument};

/// The last record that was read.
#[derive(Debug, Clone)]
pub(super) struct Mark {
    key: Key,
    record: RawDocumentBuf,
    /// How often this very record was read: equal ones that are there twice stay twice.
    times: usize,
}

impl Mark {
    /// After the records of a batch from `start` on, too.
    pub(super) fn after(before: Option<Self>, batch: &Batch, start: usize) -> Option<Self> {
        let new = batch.len() - start;
        let mut latest = batch.iter().rev().take(new).peekable();
        let Some(last) = latest.peek().copied() else { return before };
        let run = latest.take_while(|record| *record == last).count();
        let before = before.filter(|mark| run == new && *mark.record == *last);
        let times = run + before.map_or(0, |mark| mark.times);
        Some(Self { key: Key::of(last), record: last.to_owned(), times })
    }

    /// What of the prune is still to be read.
    pub(super) fn left(&self, prune: &Prune, order: Order) -> Prune {
        let time = self.key.time;
        match order {
            Order::OldestFirst => {
                Prune { since: Some(prune.since.map_or(time, |since| since.max(time))), ..*prune }
            }
            Order::NewestFirst => {
                let after = time.saturating_add(1);
                Prune { until: Some(prune.until.map_or(after, |until| until.min(after))), ..*prune }
            }
        }
    }

    /// Whether a record that comes again was read already.
    pub(super) fn has_passed(&mut self, key: &Key, record: &RawDocument, order: Order) -> bool {
        let ordering = compare((key, record), (&self.key, &self.record));
        match (ordering, order) {
            (Ordering::Equal, _) if self.times > 0 => {
                self.times -= 1;
                true
            }
            (Ordering::Less, Order::OldestFirst) | (Ordering::Greater, Order::NewestFirst) => true,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bson::rawdoc;

    fn batch(numbers: &[i64]) -> Batch {
        let records: Vec<_> =
            numbers.iter().map(|n| rawdoc! { "_id": *n, "timestamp": *n }).collect();
        records.iter().map(|record| -> &RawDocument { record }).collect()
    }

    fn check(portions: &[&[i64]], again: &[i64], order: Order, left: &[i64]) {
        let mark =
            portions.iter().fold(None, |mark, portion| Mark::after(mark, &batch(portion), 0));
        let mut mark = mark.unwrap();
        let again = batch(again);
        let new = again.iter().filter(|record| !mark.has_passed(&Key::of(record), record, order));
        let new: Vec<i64> = new.map(|record| record.get_i64("_id").unwrap()).collect();
        assert_eq!(new, left, "{portions:?}");
    }

    #[test]
    fn what_was_read_is_passed_over_and_equal_records_are_counted() {
        use Order::{NewestFirst, OldestFirst};
        check(&[&[1, 2, 3]], &[1, 2, 3, 4], OldestFirst, &[4]);
        check(&[&[3, 2]], &[3, 2, 1], NewestFirst, &[1]);
        check(&[&[1, 2, 2]], &[2, 2, 2, 3], OldestFirst, &[2, 3]);
        check(&[&[1, 2], &[2], &[2]], &[2, 2, 2, 2, 3], OldestFirst, &[2, 3]);
        check(&[&[1, 2], &[2, 3], &[]], &[2, 3, 3], OldestFirst, &[3]);
    }
}
