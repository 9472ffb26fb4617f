use crate::limits::MAX_REGEX_BYTES;
use std::fmt;

/// Why a filter cannot be made ready.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum MatcherError {
    /// A text with wildcards, or with letters beyond ASCII, that is too large once it is compiled.
    TooLarge {
        /// As it stands in the query.
        text: String,
    },
}

impl fmt::Display for MatcherError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::TooLarge { text } = self;
        write!(
            f,
            "`{text:.60}…` takes more than {} KiB to look for; look for a shorter part of it",
            MAX_REGEX_BYTES / 1024
        )
    }
}

impl std::error::Error for MatcherError {}
