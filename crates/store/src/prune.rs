/// Which records a reader can do without: what a store may skip. It may leave more than asked for
/// only where a method says so; here it is exact.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Prune {
    /// Nothing that happened before, in milliseconds since 1970.
    pub since: Option<i64>,
    /// Nothing that happened at this millisecond or later.
    pub until: Option<i64>,
}

impl Prune {
    /// Nothing is pruned.
    pub const NONE: Self = Self { since: None, until: None };

    /// Whether a record of this event time is wanted.
    pub fn keeps(&self, time: i64) -> bool {
        self.since.is_none_or(|since| time >= since) && self.until.is_none_or(|until| time < until)
    }

    /// Whether a record between these event times, both included, may be wanted.
    pub fn overlaps(&self, first: i64, last: i64) -> bool {
        self.since.is_none_or(|since| last >= since) && self.until.is_none_or(|until| first < until)
    }
}

/// Which end comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// By event time, then `_id`, rising.
    OldestFirst,
    /// The reverse.
    NewestFirst,
}
