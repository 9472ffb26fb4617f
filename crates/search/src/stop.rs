use crate::error::SearchError;
use woodpile_store::StoreError;

/// Why reading cannot go on as it was.
#[derive(Debug)]
pub(crate) enum Stop {
    /// A block was merged or unpacked meanwhile: its records are elsewhere.
    Gone,
    Failed(SearchError),
}

impl From<SearchError> for Stop {
    fn from(error: SearchError) -> Self {
        Self::Failed(error)
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}
