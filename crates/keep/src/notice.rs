use crate::{DropReason, PackError};
use std::fmt;
use woodpile_store::StoreError;

/// Is told what changed; called on the keeper's own thread, so it should return soon.
pub type Notices = Box<dyn Fn(&Notice) + Send + Sync>;

/// Something about keeping logs changed. Each is told once, when it begins; the text is for people.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice {
    /// The store takes no records any more.
    Lost {
        /// What it said.
        error: StoreError,
        /// Whether records go to a spool meanwhile.
        spool: bool,
    },
    /// The store takes records again.
    Back {
        /// How many records wait in memory and in the spool.
        waiting: u64,
    },
    /// A spool of an earlier run still has records: they are stored first.
    Recovering {
        /// How many.
        records: u64,
    },
    /// The spool has no more room.
    SpoolFull {
        /// What it said.
        error: StoreError,
    },
    /// The spool cannot be used.
    SpoolFailed {
        /// What it said.
        error: StoreError,
    },
    /// Records are being dropped.
    Dropping {
        /// The collection they were meant for.
        collection: String,
        /// Why.
        reason: DropReason,
    },
    /// The store refused a record as it is; the others are stored.
    Rejected {
        /// The collection it was meant for.
        collection: String,
        /// What the store said.
        error: StoreError,
    },
    /// Hot records are not being packed: they take more room than they should, no more.
    NotPacked {
        /// The collection they are in.
        collection: String,
        /// Why.
        error: PackError,
    },
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lost { error, spool: true } => {
                write!(f, "logs go to the spool until the store is back: {error}")
            }
            Self::Lost { error, spool: false } => {
                write!(f, "logs wait in memory until the store is back: {error}")
            }
            Self::Back { waiting: 0 } => write!(f, "the store is back"),
            Self::Back { waiting } => {
                write!(f, "the store is back; {} on the way", log_records(*waiting))
            }
            Self::Recovering { records } => {
                write!(f, "the spool holds {} of an earlier run; storing", log_records(*records))
            }
            Self::SpoolFull { error } => write!(f, "the spool of logs is full: {error}"),
            Self::SpoolFailed { error } => write!(f, "the spool of logs cannot be used: {error}"),
            Self::Dropping { collection, reason } => {
                write!(f, "log records for {collection} are being dropped: {reason}")
            }
            Self::Rejected { collection, error } => {
                write!(f, "a log record for {collection} was dropped: {error}")
            }
            Self::NotPacked { collection, error } => {
                write!(f, "{collection} is not being packed for now: {error}")
            }
        }
    }
}

pub(crate) fn log_records(count: u64) -> String {
    if count == 1 { "1 log record".into() } else { format!("{count} log records") }
}
