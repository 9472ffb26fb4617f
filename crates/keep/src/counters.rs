use crate::Drops;
use std::sync::atomic::{AtomicU64, Ordering};

/// What became of the records. While nothing is under way,
/// `sent + recovered = stored + spooled + waiting + refused + dropped.total()`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Records given to a sender or delivered, and the keeper's own reports of drops.
    pub sent: u64,
    /// Records that an earlier run had left in the spool.
    pub recovered: u64,
    /// Records that the store has.
    pub stored: u64,
    /// Records in the spool now.
    pub spooled: u64,
    /// Records in memory now.
    pub waiting: u64,
    /// Records that a retry found stored already.
    pub duplicates: u64,
    /// Records stored although their `_id` was there with other bytes.
    pub conflicts: u64,
    /// Records in which a rule put something else in the place of a secret.
    pub masked: u64,
    /// Records that whoever delivered them keeps, and was told so.
    pub refused: u64,
    /// Records that are lost, by reason.
    pub dropped: Drops,
}

/// The counters that only the thread writes that decides where records go.
#[derive(Debug, Default)]
pub(crate) struct Tallies {
    pub(crate) taken: AtomicU64,
    pub(crate) recovered: AtomicU64,
    pub(crate) stored: AtomicU64,
    pub(crate) spooled: AtomicU64,
    pub(crate) duplicates: AtomicU64,
    pub(crate) conflicts: AtomicU64,
    pub(crate) masked: AtomicU64,
}

pub(crate) fn add(counter: &AtomicU64, count: u64) {
    counter.fetch_add(count, Ordering::Relaxed);
}

pub(crate) fn get(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}

pub(crate) fn sub(counter: &AtomicU64, count: u64) {
    counter.fetch_sub(count, Ordering::Relaxed);
}
