use crate::{ReadRules, Retry};
use std::time::Duration;

/// How many bytes of records may be under way by default.
const MAX_BYTES: usize = 64 * 1024 * 1024;
/// How many deliveries may be under way by default: each is somebody who waits for an answer.
const MAX_DELIVERIES: usize = 16 * 1024;
/// How many bytes are enough for one commit by default: a file store writes as much in one transaction.
const GROUP_BYTES: usize = 8 * 1024 * 1024;
/// How many bytes of records, as BSON, may be stored and wait to be packed by default: a search goes through them in a few
/// seconds.
const MAX_BACKLOG_BYTES: u64 = 1024 * 1024 * 1024;
/// How long the store may take over one commit by default. Heroku's drains wait 5 seconds for an answer, and a delivery
/// may wait half of this for its turn before.
const PATIENCE: Duration = Duration::from_secs(3);
/// The wait after the first failure by default.
const RETRY_FIRST: Duration = Duration::from_millis(100);
/// The longest wait between two attempts by default: senders are told to come back after it.
const RETRY_MAX: Duration = Duration::from_secs(5);

/// How an [`Intake`](crate::Intake) gathers, retries and refuses.
#[derive(Debug, Clone, PartialEq)]
pub struct IntakeSettings {
    /// The most bytes of records that are under way. A larger delivery is taken when nothing else is.
    pub max_bytes: usize,
    /// The most deliveries that are under way.
    pub max_deliveries: usize,
    /// So many bytes are enough for one commit: no delivery is added to as much.
    pub group_bytes: usize,
    /// How long one commit may take before the store counts as away. The commit itself goes on. A delivery waits at most
    /// half as long for its turn.
    pub patience: Duration,
    /// When a store that failed is tried again.
    pub retry: Retry,
    /// Whether what is in the spool outlives this machine's process. Only then does anything go into it.
    pub spool_lasts: bool,
    /// Whether hot records of the collections that were delivered to are packed in the background, and how long they stay
    /// hot at least.
    pub pack_after: Option<Duration>,
    /// The most bytes of hot records that wait to be packed: beyond, deliveries are answered later, by a second at most,
    /// while packing catches up.
    pub max_backlog_bytes: u64,
    /// Reads what the store's owner wants of records; without it all are stored as they are.
    pub rules: Option<ReadRules>,
}

impl Default for IntakeSettings {
    fn default() -> Self {
        Self {
            max_bytes: MAX_BYTES,
            max_deliveries: MAX_DELIVERIES,
            group_bytes: GROUP_BYTES,
            patience: PATIENCE,
            retry: Retry { first: RETRY_FIRST, max: RETRY_MAX },
            spool_lasts: true,
            pack_after: Some(Duration::ZERO),
            max_backlog_bytes: MAX_BACKLOG_BYTES,
            rules: None,
        }
    }
}
