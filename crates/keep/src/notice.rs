use crate::{DropReason, Overflow, PackError, Quota, Thinned, Usage};
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
    /// The store takes no records any more: whoever delivers some is told to try again later.
    Refusing {
        /// What it said.
        error: StoreError,
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
    /// So much of the store's quota is used: told at 80 and at 95 %, and when nothing is left.
    QuotaUsed {
        /// How much.
        usage: Usage,
    },
    /// Records become blocks earlier than they would, because the quota is nearly used up: other tools do not see
    /// them as plain documents any more.
    PackedEarly,
    /// A rule of the store is not understood, and so not followed: another release may have made it.
    RuleNotFollowed {
        /// What is wrong with it.
        problem: String,
    },
    /// Records were removed to make room, as the owner of the quota chose.
    Thinned(Thinned),
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
            Self::Refusing { error } => {
                write!(f, "senders are told to try again later, until the store is back: {error}")
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
            Self::QuotaUsed { usage } => describe(*usage, f),
            Self::PackedEarly => write!(
                f,
                "the store's quota is nearly used up: records are packed at once, and do not stay plain documents"
            ),
            Self::RuleNotFollowed { problem } => {
                write!(f, "a rule of the store is not followed: {problem}")
            }
            Self::Thinned(Thinned { collection, records, .. }) => {
                let records = log_records(*records);
                write!(f, "{records} of {collection} made room for newer ones, the oldest first")
            }
        }
    }
}

fn describe(usage: Usage, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let Usage { quota: Quota { bytes, overflow }, used } = usage;
    let then = match overflow {
        Overflow::Refuse => {
            "when it is used up, records are refused: `woodpile quota SIZE` changes it"
        }
        Overflow::Thin => "when it is used up, the oldest, least severe records are removed",
        Overflow::Assumed => {
            "so much Atlas' free cluster holds: where yours holds more, `woodpile quota SIZE` says so"
        }
    };
    let percent = usage.percent();
    write!(f, "{percent} % of the store's quota of {bytes} bytes are used ({used} bytes); {then}")
}

pub(crate) fn log_records(count: u64) -> String {
    if count == 1 { "1 log record".into() } else { format!("{count} log records") }
}
