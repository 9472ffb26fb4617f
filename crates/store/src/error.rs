use std::fmt;

/// Why a store did not do what it was asked to. Every message names the place and what to do; none
/// holds a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreError {
    /// Cannot be reached right now: later may be better.
    Unavailable {
        /// The path or the address.
        location: String,
        /// What happened.
        reason: String,
    },
    /// Does not let this user in.
    Unauthorized {
        /// The path or the address.
        location: String,
        /// What the store said.
        reason: String,
    },
    /// No room: the disk, the quota or the spool's bound.
    Full {
        /// The path or the address.
        location: String,
        /// What is full.
        reason: String,
    },
    /// The file is no store.
    NotAStore {
        /// The path.
        location: String,
        /// What the file is.
        found: String,
    },
    /// The store was written by a newer release.
    Newer {
        /// The path or the address.
        location: String,
        /// The format it has.
        found: u32,
        /// The newest format that this release reads.
        supported: u32,
    },
    /// May be read, not written.
    ReadOnly {
        /// The path or the address.
        location: String,
        /// Why.
        reason: String,
    },
    /// Part of it is damaged; the rest can be read.
    Damaged {
        /// What is damaged.
        place: String,
        /// What was expected and found.
        reason: String,
    },
    /// Will not take a record as it is.
    Rejected {
        /// The collection or document.
        place: String,
        /// What the store said.
        reason: String,
    },
    /// Anything else that the disk, the database or the network said.
    Failed {
        /// The path or the address.
        location: String,
        /// What it said.
        reason: String,
    },
}

impl StoreError {
    /// Whether the same call may work later without anyone doing anything.
    pub fn is_temporary(&self) -> bool {
        matches!(self, Self::Unavailable { .. } | Self::Full { .. })
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unavailable { location, reason } => {
                write!(f, "cannot reach {location}: {reason}")
            }
            Self::Unauthorized { location, reason } => {
                write!(f, "{location} does not let this user in: {reason}")
            }
            Self::Full { location, reason } => write!(f, "no room in {location}: {reason}"),
            Self::NotAStore { location, found } => {
                write!(
                    f,
                    "{location} is not a woodpile store: {found}; name another file with --store"
                )
            }
            Self::Newer { location, found, supported } => write!(
                f,
                "{location} has format {found}, newer than the {supported} that this woodpile reads: install a newer release"
            ),
            Self::ReadOnly { location, reason } => {
                write!(f, "cannot write to {location}: {reason}")
            }
            Self::Damaged { place, reason } => write!(f, "{place} is damaged: {reason}"),
            Self::Rejected { place, reason } => write!(f, "{place} was refused: {reason}"),
            Self::Failed { location, reason } => write!(f, "{location}: {reason}"),
        }
    }
}

impl std::error::Error for StoreError {}
