use std::fmt;

/// Why a record was dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DropReason {
    /// The queue held as many records as it may.
    QueueRecords,
    /// The queue held as many bytes as it may.
    QueueBytes,
    /// The spool was full, and then the queue.
    SpoolFull,
    /// The record alone is larger than the queue may hold.
    TooLarge,
    /// The store refused the record as it is.
    Rejected,
    /// A rule of the store's owner names it.
    Rule,
    /// It came after the keeper was closed, or was still in memory when closing took too long.
    Closed,
}

impl DropReason {
    pub(crate) const ALL: [Self; 7] = [
        Self::QueueRecords,
        Self::QueueBytes,
        Self::SpoolFull,
        Self::TooLarge,
        Self::Rejected,
        Self::Rule,
        Self::Closed,
    ];

    pub(crate) const fn index(self) -> usize {
        self as usize
    }
}

impl fmt::Display for DropReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::QueueRecords => "the queue held as many records as it may",
            Self::QueueBytes => "the queue held as many bytes as it may",
            Self::SpoolFull => "the spool and the queue were full",
            Self::TooLarge => "larger than the whole queue",
            Self::Rejected => "the store refused it",
            Self::Rule => "a rule of the store names it",
            Self::Closed => "logging had ended",
        })
    }
}

/// A record was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dropped {
    /// Why.
    pub reason: DropReason,
}

impl fmt::Display for Dropped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a log record was dropped: {}", self.reason)
    }
}

impl std::error::Error for Dropped {}

/// How many records were dropped, by reason.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Drops {
    counts: [u64; DropReason::ALL.len()],
}

impl Drops {
    pub(crate) fn new(counts: [u64; DropReason::ALL.len()]) -> Self {
        Self { counts }
    }

    /// How many for this reason.
    pub fn of(&self, reason: DropReason) -> u64 {
        self.counts[reason.index()]
    }

    /// How many in all.
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Every reason with its count.
    pub fn iter(&self) -> impl Iterator<Item = (DropReason, u64)> + '_ {
        DropReason::ALL.into_iter().map(|reason| (reason, self.of(reason)))
    }
}
