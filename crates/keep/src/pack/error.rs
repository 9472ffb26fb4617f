use std::fmt;
use woodpile_block::BlockError;
use woodpile_store::{BlockId, StoreError};

/// Why packing or unpacking ended early. Every record is where it was, or where it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PackError {
    /// Another process, or another thread, is packing the collection.
    Busy {
        /// The collection.
        collection: String,
    },
    /// The watcher ended it.
    Stopped,
    /// A mistake in this program; the collection is as it was.
    Panicked,
    /// The store failed.
    Store(StoreError),
    /// A block cannot be read.
    Block {
        /// The collection.
        collection: String,
        /// The block.
        id: BlockId,
        /// What is wrong with it.
        error: BlockError,
    },
    /// A new block would not give its records back: they stay as they are.
    Unproven {
        /// The collection.
        collection: String,
        /// What is wrong with it.
        error: BlockError,
    },
}

impl PackError {
    /// Whether it costs no more than the blocks it is about: others can be packed all the same.
    pub(super) fn is_about_blocks(&self) -> bool {
        matches!(self, Self::Block { .. } | Self::Unproven { .. })
    }
}

impl fmt::Display for PackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Busy { collection } => write!(f, "another process is packing {collection}"),
            Self::Stopped => write!(f, "packing was stopped"),
            Self::Panicked => write!(f, "packing panicked: please report it"),
            Self::Store(error) => error.fmt(f),
            Self::Block { collection, id, error } => {
                write!(f, "block {} of {collection}: {error}", id.0)
            }
            Self::Unproven { collection, error } => {
                write!(f, "records of {collection} stay as they are: {error}")
            }
        }
    }
}

impl std::error::Error for PackError {}

impl From<StoreError> for PackError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
