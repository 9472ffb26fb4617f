use crate::Flushed;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};
use woodpile_record::Batch;
use woodpile_store::{Identity, StoreError};

/// Records that are made durable together, or refused together.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    /// The records by collection, which may come several times.
    pub batches: Vec<(Arc<str>, Batch)>,
    /// Whether they may be there already.
    pub identity: Identity,
}

/// What became of a delivery: all of it is durable but what is counted here as dropped or rejected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Records that are durable, those that were there before included.
    pub kept: u64,
    /// Records that a rule of the store's owner names, and so are not kept.
    pub dropped: u64,
    /// Records, of those that are kept, in which a rule put something else in the place of a secret.
    pub masked: u64,
    /// Records that the store does not take as they are.
    pub rejected: u64,
    /// What it said of the first of them.
    pub rejection: Option<StoreError>,
    /// Where they are.
    pub place: Flushed,
}

impl Receipt {
    /// Of nothing so far.
    pub(super) fn new() -> Self {
        let place = Flushed::Stored;
        Self { kept: 0, dropped: 0, masked: 0, rejected: 0, rejection: None, place }
    }
}

/// Why nothing of a delivery was kept: whoever delivered it keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refused {
    /// So much waits to be stored that there is no room for more, or it would take too long.
    Busy,
    /// The store is away.
    Away {
        /// What it said last.
        error: StoreError,
        /// When it is tried again.
        retry_after: Duration,
    },
    /// The store has no room left.
    Full {
        /// What it said last.
        error: StoreError,
        /// When it is tried again.
        retry_after: Duration,
    },
    /// The store takes none of these records as they are: the same would be refused again.
    Rejected {
        /// What it said of the first of them.
        error: StoreError,
    },
    /// Nothing is taken in any more.
    Closed,
}

/// The least that a sender is asked to wait.
const RETRY_LEAST: Duration = Duration::from_secs(1);

impl Refused {
    /// What a store that is away said.
    pub(super) fn by(error: StoreError, retry_after: Duration) -> Self {
        if matches!(error, StoreError::Full { .. }) {
            Self::Full { error, retry_after }
        } else {
            Self::Away { error, retry_after }
        }
    }

    /// When to deliver the same again; `None` where that is of no use.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Away { retry_after, .. } | Self::Full { retry_after, .. } => {
                Some(RETRY_LEAST.max(*retry_after))
            }
            Self::Busy | Self::Closed => Some(RETRY_LEAST),
            Self::Rejected { .. } => None,
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Busy => {
                write!(f, "more records are waiting to be stored than may wait: try again")
            }
            Self::Away { error, .. } => write!(f, "nothing can be stored now: {error}"),
            Self::Full { error, .. } | Self::Rejected { error } => error.fmt(f),
            Self::Closed => write!(f, "this server is stopping: try again"),
        }
    }
}

impl std::error::Error for Refused {}

/// What happens to records that were delivered.
pub(super) type Outcome = Result<Receipt, Refused>;

/// Who waits for the outcome of a delivery; told once, whatever happens.
pub(super) struct Answer(Option<Box<dyn FnOnce(Outcome) + Send>>);

impl Answer {
    pub(super) fn new(tell: impl FnOnce(Outcome) + Send + 'static) -> Self {
        Self(Some(Box::new(tell)))
    }

    pub(super) fn give(mut self, outcome: Outcome) {
        self.tell(outcome);
    }

    fn tell(&mut self, outcome: Outcome) {
        if let Some(tell) = self.0.take() {
            // A listener that panics must not take the others' answers along.
            let tell = std::panic::AssertUnwindSafe(|| tell(outcome));
            let _ = std::panic::catch_unwind(tell);
        }
    }
}

impl Drop for Answer {
    /// Nobody will answer any more.
    fn drop(&mut self) {
        self.tell(Err(Refused::Closed));
    }
}

/// A delivery that waits.
pub(super) struct Parcel {
    pub(super) batches: Vec<(Arc<str>, Batch)>,
    pub(super) identity: Identity,
    pub(super) records: u64,
    pub(super) bytes: usize,
    pub(super) arrived: Instant,
    pub(super) answer: Answer,
}

impl Parcel {
    pub(super) fn new(delivery: Delivery, arrived: Instant, answer: Answer) -> Self {
        let Delivery { batches, identity } = delivery;
        let records = batches.iter().map(|(_, batch)| batch.len() as u64).sum();
        let bytes = batches.iter().map(|(_, batch)| batch.as_bytes().len()).sum();
        Self { batches, identity, records, bytes, arrived, answer }
    }
}
