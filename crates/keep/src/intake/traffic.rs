use super::Refused;
use crate::{Counters, Level};

/// What came in, and what became of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    /// The records.
    pub records: Counters,
    /// Deliveries that were answered with a receipt.
    pub accepted: u64,
    /// Deliveries that were refused.
    pub refused: Refusals,
    /// Commits of deliveries to the store.
    pub commits: u64,
    /// Bytes of records that are under way.
    pub bytes_under_way: u64,
    /// Bytes of records that are stored and wait to be packed.
    pub backlog_bytes: u64,
    /// How full the store was when that was last measured.
    pub level: Level,
}

/// How many deliveries were refused, by reason.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Refusals {
    /// Too much was waiting.
    pub busy: u64,
    /// The store was away.
    pub away: u64,
    /// The store had no room.
    pub full: u64,
    /// The store took none of the records as they were.
    pub rejected: u64,
    /// The intake was closed.
    pub closed: u64,
}

impl Refusals {
    pub(super) fn count(&mut self, refused: &Refused) {
        *match refused {
            Refused::Busy => &mut self.busy,
            Refused::Away { .. } => &mut self.away,
            Refused::Full { .. } => &mut self.full,
            Refused::Rejected { .. } => &mut self.rejected,
            Refused::Closed => &mut self.closed,
        } += 1;
    }
}
