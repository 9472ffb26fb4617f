use std::fmt;
use std::time::Duration;
use woodpile_query::{MatcherError, TooManyRows};
use woodpile_store::StoreError;

/// Why a search has no answer.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum SearchError {
    /// The store failed.
    Store(StoreError),
    /// The filter cannot be made ready.
    Matcher(MatcherError),
    /// The rows of a pipe take too much memory.
    Rows(TooManyRows),
    /// Hot records of one millisecond match that take more than this.
    TooMuchHot {
        /// The limit.
        bytes: usize,
    },
    /// Blocks were merged or unpacked again and again while it was read.
    Restless {
        /// The collection.
        collection: String,
    },
    /// Whoever asked left.
    Stopped,
    /// It takes longer than it may.
    TooLong {
        /// How long it may take.
        limit: Duration,
    },
}

impl fmt::Display for SearchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(error) => error.fmt(f),
            Self::Matcher(error) => error.fmt(f),
            Self::Rows(error) => error.fmt(f),
            Self::TooMuchHot { bytes } => write!(
                f,
                "records that happened in one millisecond match, and take more than {} MiB; add a word or a \
                 field to the query, or `woodpile pack` them first",
                bytes / (1024 * 1024)
            ),
            Self::Restless { collection } => write!(
                f,
                "{collection} was merged or unpacked again and again while it was read; try again"
            ),
            Self::TooLong { limit } => write!(
                f,
                "the search took longer than {limit:?}; narrow it: give it a time (--since, --until, time:-1h), \
                 a collection, a field's value, or a word that few records have"
            ),
            Self::Stopped => write!(f, "the search was stopped"),
        }
    }
}

impl std::error::Error for SearchError {}

impl From<StoreError> for SearchError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<MatcherError> for SearchError {
    fn from(error: MatcherError) -> Self {
        Self::Matcher(error)
    }
}

impl From<TooManyRows> for SearchError {
    fn from(error: TooManyRows) -> Self {
        Self::Rows(error)
    }
}
