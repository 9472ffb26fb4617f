use crate::auth::tokens::MAX_TOKENS;
use std::fmt;
use std::io;
use woodpile_store::StoreError;

/// Why a token was not made or revoked.
#[derive(Debug)]
#[non_exhaustive]
pub enum TokenError {
    /// The name cannot be one.
    Name(String),
    /// There is one of this name.
    Exists(String),
    /// There is none of this name.
    Unknown {
        /// The name.
        name: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// There are as many as there may be.
    TooMany,
    /// The collection cannot be one.
    Collection(woodpile_decode::Misplaced),
    /// Which tags a token may have.
    Tags(String),
    /// The system gives no random bytes.
    Random(io::Error),
    /// The store failed.
    Store(StoreError),
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => write!(
                f,
                "{name:?} is no name for a token: expected 1 to 64 letters, digits, `-`, `_` and `.`"
            ),
            Self::Exists(name) => write!(
                f,
                "the token {name:?} is there already: choose another name, or revoke it first"
            ),
            Self::Unknown { name, known } if known.is_empty() => {
                write!(f, "there is no token {name:?}: the store has none")
            }
            Self::Unknown { name, known } => {
                write!(f, "there is no token {name:?}: expected one of {}", known.join(", "))
            }
            Self::TooMany => write!(
                f,
                "there are {MAX_TOKENS} tokens, and there may be no more: revoke those that nobody uses"
            ),
            Self::Collection(problem) => write!(f, "the token's collection: {problem}"),
            Self::Tags(expected) => write!(f, "too many or too long tags: expected {expected}"),
            Self::Random(error) => write!(f, "cannot make a secret: {error}"),
            Self::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for TokenError {}

impl From<StoreError> for TokenError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
