use crate::limits::{MAX_COMPILED, MAX_PATTERN_BYTES};
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
    /// So many texts with wildcards, with letters beyond ASCII, and regular expressions.
    TooMany,
}

impl fmt::Display for MatcherError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { text } => write!(
                f,
                "`{text:.60}…` takes more than {} KiB to look for; expected a shorter part of it",
                MAX_PATTERN_BYTES / 1024
            ),
            Self::TooMany => write!(
                f,
                "there are more than {MAX_COMPILED} words with wildcards, words with letters beyond ASCII and regular \
                 expressions; expected fewer"
            ),
        }
    }
}

impl std::error::Error for MatcherError {}
