//! Searches that have no answer, as errors of the interface.

use crate::error::ApiError;
use woodpile_search::SearchError;

impl From<SearchError> for ApiError {
    fn from(error: SearchError) -> Self {
        const NARROW: &str = "give the query a time (since, until, time:-1h), a collection, a field's value or a word that \
                              few records have";
        match error {
            SearchError::Store(error) => error.into(),
            SearchError::Matcher(_)
            | SearchError::Rows(_)
            | SearchError::TooMuchHot { .. }
            | SearchError::TooLong { .. } => Self::bad_request(error.to_string(), NARROW),
            SearchError::Stopped | SearchError::Restless { .. } => {
                Self::busy(error.to_string(), "try again", crate::error::RETRY_SOON)
            }
            other => Self::internal(other.to_string()),
        }
    }
}
