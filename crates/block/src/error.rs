use std::fmt;

/// Why a block cannot be read or written, or not all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum BlockError {
    /// The bytes are no block.
    NotABlock,
    /// Written by a newer release.
    Newer {
        /// The version it has.
        found: u8,
        /// The newest that is read.
        supported: u8,
    },
    /// A part of it is not what was written.
    Damaged {
        /// Which part.
        part: String,
    },
    /// The bytes could not be had.
    Source {
        /// What the store said.
        reason: String,
    },
    /// What was written does not give back the records: nothing is lost as long as these are kept.
    Unproven {
        /// What was wrong with it.
        reason: String,
    },
}

impl BlockError {
    pub(crate) fn damaged(part: impl Into<String>) -> Self {
        Self::Damaged { part: part.into() }
    }
}

impl fmt::Display for BlockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotABlock => write!(f, "the bytes are not a block of records"),
            Self::Newer { found, supported } => write!(
                f,
                "the block has version {found}, newer than the {supported} that this woodpile reads: install a newer release"
            ),
            Self::Damaged { part } => write!(f, "{part}: damaged"),
            Self::Source { reason } => write!(f, "the block could not be read: {reason}"),
            Self::Unproven { reason } => write!(
                f,
                "the records stay unpacked, as their block would not give them back ({reason}): please report this"
            ),
        }
    }
}

impl std::error::Error for BlockError {}
