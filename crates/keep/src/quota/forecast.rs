use super::Usage;
use super::limits::{FORECAST_LEAST, FORECAST_WINDOW};
use woodpile_store::{BlockEntry, CollectionStats, Store, StoreError};

/// When a quota will be used up, in milliseconds since 1970, if the store goes on growing as in the last 30 days, or
/// since its first event if that is later. What is hot is counted at the size that the collection's packed records
/// have, where there are some. `None` where it does not grow, or has a history of less than an hour.
///
/// # Errors
/// What the store says.
pub fn full_at(
    store: &dyn Store,
    usage: Usage,
    collections: &[CollectionStats],
    now: i64,
) -> Result<Option<i64>, StoreError> {
    let mut all = Vec::with_capacity(collections.len());
    for stats in collections {
        all.push((stats, store.blocks(&stats.name)?));
    }
    Ok(forecast(usage, &all, now))
}

type Collection<'c> = (&'c CollectionStats, Vec<BlockEntry>);

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "a forecast is no more exact than a double"
)]
fn forecast(usage: Usage, collections: &[Collection<'_>], now: i64) -> Option<i64> {
    if usage.room() == 0 {
        return Some(now);
    }
    let first = collections.iter().filter_map(|(stats, _)| stats.first).min()?;
    let window = Window { since: first.max(now - FORECAST_WINDOW), until: now };
    let length =
        window.until.checked_sub(window.since).filter(|length| *length >= FORECAST_LEAST)?;
    let grown: f64 = collections.iter().map(|collection| grown(collection, window)).sum();
    let wait = usage.room() as f64 / grown * length as f64;
    // What is never full, or in thousands of years, has no date.
    (wait.is_finite() && wait < FAR).then(|| now.saturating_add(wait as i64))
}

/// A thousand years, in milliseconds.
const FAR: f64 = 1_000.0 * 365.25 * 24.0 * 60.0 * 60.0 * 1_000.0;

/// A span of event times.
#[derive(Debug, Clone, Copy)]
struct Window {
    since: i64,
    until: i64,
}

impl Window {
    /// Which part of what happened evenly from the first to the last event is in the window.
    #[expect(clippy::cast_precision_loss, reason = "a part is no more exact than a double")]
    fn part(self, first: i64, last: i64) -> f64 {
        let inside = last.min(self.until).saturating_sub(first.max(self.since));
        match last.saturating_sub(first) {
            _ if inside < 0 => 0.0,
            0 => 1.0,
            length => inside as f64 / length as f64,
        }
    }
}

/// Bytes that a collection grew by in the window.
#[expect(clippy::cast_precision_loss, reason = "a sum of parts is no more exact than a double")]
fn grown((stats, blocks): &Collection<'_>, window: Window) -> f64 {
    let of_block = |block: &BlockEntry| block.bytes as f64 * window.part(block.first, block.last);
    let packed: f64 = blocks.iter().map(of_block).sum();
    let bytes: u64 = blocks.iter().map(|block| block.bytes).sum();
    let hot = stats.hot_records as f64;
    if stats.packed_records > 0 {
        // What is hot came last.
        return packed + hot * bytes as f64 / stats.packed_records as f64;
    }
    let (Some(first), Some(last)) = (stats.first, stats.last) else { return 0.0 };
    stats.logical_bytes as f64 * window.part(first, last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quota::{Overflow, Quota};
    use woodpile_store::BlockId;

    const DAY: i64 = 24 * 60 * 60 * 1_000;
    const NOW: i64 = 1_000 * DAY;

    fn block(first: i64, last: i64) -> BlockEntry {
        let id = BlockId(1);
        BlockEntry { id, records: 100, first, last, bytes: 400, message_bytes: 0, dirty: false }
    }

    /// A collection with so many hot records that took 10 bytes each.
    fn stats(first: i64, hot_records: u64, packed_records: u64) -> CollectionStats {
        CollectionStats {
            records: hot_records + packed_records,
            hot_records,
            packed_records,
            logical_bytes: hot_records * 10,
            first: Some(first),
            last: Some(NOW),
            ..CollectionStats::default()
        }
    }

    /// With 1,200 bytes left.
    #[track_caller]
    fn check(stats: &CollectionStats, blocks: Vec<BlockEntry>, expected: Option<i64>) {
        let quota = Quota { bytes: 2_000, overflow: Overflow::Refuse };
        let usage = Usage { quota, used: 800 };
        let full = forecast(usage, &[(stats, blocks)], NOW);
        assert_eq!(full.map(|full| (full - NOW) / DAY), expected);
    }

    #[test]
    fn the_last_thirty_days_say_how_fast_it_grows() {
        let old = NOW - 400 * DAY;
        // 400 bytes in 30 days: 1,200 in 90.
        check(&stats(old, 0, 100), vec![block(NOW - 30 * DAY, NOW)], Some(90));
        // Half of it is older.
        check(&stats(old, 0, 100), vec![block(NOW - 60 * DAY, NOW)], Some(180));
        // Hot records will be as small: 800 bytes.
        check(&stats(old, 100, 100), vec![block(NOW - 30 * DAY, NOW)], Some(45));
        check(&stats(NOW - 10 * DAY, 40, 0), vec![], Some(30));
    }

    #[test]
    fn what_does_not_grow_or_has_no_history_has_no_date() {
        check(&stats(NOW - 400 * DAY, 0, 100), vec![block(NOW - 400 * DAY, NOW - 300 * DAY)], None);
        check(&stats(NOW - 1_000, 100, 0), vec![], None);
        check(&CollectionStats::default(), vec![], None);
    }

    #[test]
    fn what_is_full_is_full_now() {
        let quota = Quota { bytes: 1, overflow: Overflow::Thin };
        assert_eq!(forecast(Usage { quota, used: 2 }, &[], NOW), Some(NOW));
    }
}
