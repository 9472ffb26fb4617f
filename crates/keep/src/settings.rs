use crate::ReadRules;
use std::time::Duration;
use woodpile_record::Severity;

/// How many records wait in memory by default: a minute of an outage at 2,000 records a second.
pub(crate) const QUEUE_RECORDS: usize = 128 * 1024;
/// How many bytes wait in memory by default.
pub(crate) const QUEUE_BYTES: usize = 64 * 1024 * 1024;
/// How many records one call of the store takes by default.
pub(crate) const BATCH_RECORDS: usize = 16 * 1024;
/// How many bytes are enough for one call of the store by default.
pub(crate) const BATCH_BYTES: usize = 4 * 1024 * 1024;
/// How long records are gathered by default: it bounds the calls of the store at ten a second while
/// little is logged, and what a crash can lose.
pub(crate) const LINGER: Duration = Duration::from_millis(100);
/// How long the store may take over one call by default, before records go elsewhere.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);
/// The wait after the first failure by default.
pub(crate) const RETRY_FIRST: Duration = Duration::from_millis(100);
/// The longest wait between two attempts by default.
pub(crate) const RETRY_MAX: Duration = Duration::from_secs(30);

/// How long records stay plain at least in a database that other tools read, too: they can be seen there for
/// a day.
pub const PLAIN_FOR: Duration = Duration::from_hours(24);

/// How a [`Keeper`](crate::Keeper) gathers, retries and gives up.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// The most records that wait in memory; at least 1. Two portions of at most `batch_records` each
    /// may be under way beside them.
    pub queue_records: usize,
    /// The most bytes of records that wait in memory, each counted with a small overhead. A larger record
    /// is dropped.
    pub queue_bytes: usize,
    /// What happens to a record that finds no room.
    pub when_full: WhenFull,
    /// The most records in one call of the store; at least 1.
    pub batch_records: usize,
    /// So many bytes are enough for one call of the store: no record is added to as much.
    pub batch_bytes: usize,
    /// How long records are gathered before they are sent on, unless a portion is large enough before.
    pub linger: Duration,
    /// Records sent with at least this severity are not gathered but sent on at once.
    pub flush_at: Option<Severity>,
    /// How long one call of the store may take before the store counts as away. The call itself goes on.
    pub patience: Duration,
    /// When a store that failed is tried again.
    pub retry: Retry,
    /// Whether what is in the spool outlives this machine's process: false where the disk is lost at the
    /// next restart. Only then is a flush satisfied with the spool.
    pub spool_lasts: bool,
    /// Whether hot records of the collections that have a sender are packed in the background, and how long
    /// they stay hot at least.
    pub pack_after: Option<Duration>,
    /// Reads what the store's owner wants of records; without it all are stored as they are.
    pub rules: Option<ReadRules>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            queue_records: QUEUE_RECORDS,
            queue_bytes: QUEUE_BYTES,
            when_full: WhenFull::DropNewest,
            batch_records: BATCH_RECORDS,
            batch_bytes: BATCH_BYTES,
            linger: LINGER,
            flush_at: None,
            patience: PATIENCE,
            retry: Retry::default(),
            spool_lasts: true,
            pack_after: Some(Duration::ZERO),
            rules: None,
        }
    }
}

/// What happens to a record for which the queue has no room.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum WhenFull {
    /// The record itself is dropped and counted.
    #[default]
    DropNewest,
    /// The oldest records are dropped and counted until it fits.
    DropOldest,
    /// The caller waits until it fits.
    Block,
}

/// How long to wait between two attempts: doubled from `first` to `max`, each wait shortened by
/// chance to between half and all of it. An error that only people can mend waits `max` at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// The wait after the first failure.
    pub first: Duration,
    /// The longest wait.
    pub max: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self { first: RETRY_FIRST, max: RETRY_MAX }
    }
}
