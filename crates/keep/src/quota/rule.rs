use super::limits::{ATLAS_FREE_BYTES, SET_ATTEMPTS};
use super::usage::used_bytes;
use bson::{Bson, Document, doc};
use std::fmt;
use woodpile_store::{State, Store, StoreError};

/// The name of the store's state that holds the quota.
const STATE: &str = "quota";
const BYTES: &str = "bytes";
const FULL: &str = "full";
const REFUSE: &str = "refuse";
const THIN: &str = "thin";
/// The hosts of MongoDB Atlas.
const ATLAS: &str = ".mongodb.net";

/// How much room a store may take, as its owner's bill counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// The most bytes.
    pub bytes: u64,
    /// What happens when they are used up.
    pub overflow: Overflow,
}

/// What happens to new records when the quota is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overflow {
    /// They are refused: whoever sends them keeps them, and tries again.
    Refuse,
    /// The oldest, and of them the least severe first, make room.
    Thin,
    /// Whatever the store does: nobody set a quota, it is what its owner most likely has.
    Assumed,
}

impl Quota {
    /// A store's quota: what its owner set; else, on MongoDB Atlas, what the free cluster holds.
    ///
    /// # Errors
    /// What the store says.
    pub fn of(store: &dyn Store) -> Result<Option<Self>, StoreError> {
        Ok(match store.state(STATE)? {
            Some(state) => read(&state.document),
            None => assumed(&store.location()),
        })
    }

    /// Sets a store's quota, or that it has none.
    ///
    /// # Errors
    /// [`QuotaError::Used`] where more is used already and nothing may be removed.
    pub fn set(store: &dyn Store, quota: Option<Self>) -> Result<(), QuotaError> {
        if let Some(Self { bytes, overflow: Overflow::Refuse }) = quota {
            let used = used_bytes(&store.collections()?);
            if used > bytes {
                return Err(QuotaError::Used { location: store.location(), used, bytes });
            }
        }
        let document = quota.map_or_else(Document::new, write);
        for _ in 0..SET_ATTEMPTS {
            let version = store.state(STATE)?.map(|State { version, .. }| version);
            if store.set_state(STATE, version, Some(&document))? {
                return Ok(());
            }
        }
        Err(QuotaError::Contended { location: store.location() })
    }
}

fn write(quota: Quota) -> Document {
    let full = if quota.overflow == Overflow::Thin { THIN } else { REFUSE };
    doc! { BYTES: i64::try_from(quota.bytes).unwrap_or(i64::MAX), FULL: full }
}

/// A document without bytes says that there is no quota.
fn read(document: &Document) -> Option<Quota> {
    let bytes = document.get(BYTES).and_then(Bson::as_i64)?;
    let thins = document.get(FULL).and_then(Bson::as_str) == Some(THIN);
    let overflow = if thins { Overflow::Thin } else { Overflow::Refuse };
    Some(Quota { bytes: u64::try_from(bytes).unwrap_or(0), overflow })
}

fn assumed(location: &str) -> Option<Quota> {
    let quota = Quota { bytes: ATLAS_FREE_BYTES, overflow: Overflow::Assumed };
    location.contains(ATLAS).then_some(quota)
}

/// Why a quota was not set.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum QuotaError {
    /// More is used already.
    Used {
        /// The store.
        location: String,
        /// How many bytes are used.
        used: u64,
        /// How many the quota would allow.
        bytes: u64,
    },
    /// Others kept setting it meanwhile.
    Contended {
        /// The store.
        location: String,
    },
    /// The store failed.
    Store(StoreError),
}

impl fmt::Display for QuotaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Used { location, used, bytes } => write!(
                f,
                "{location} takes {used} bytes already, more than a quota of {bytes}: `woodpile pack --all` \
                 makes it smaller, and with `--full thin` the oldest records would be removed"
            ),
            Self::Contended { location } => {
                write!(f, "others are changing the quota of {location} at the same time: try again")
            }
            Self::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for QuotaError {}

impl From<StoreError> for QuotaError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for overflow in [Overflow::Refuse, Overflow::Thin] {
            let quota = Quota { bytes: 240_000_000, overflow };
            assert_eq!(read(&write(quota)), Some(quota));
        }
        assert_eq!(read(&Document::new()), None);
    }

    #[test]
    fn the_free_cluster_is_assumed_on_atlas_alone() {
        let atlas = assumed("mongodb+srv://app:***@cluster0.ab1cd.mongodb.net/logs");
        assert_eq!(atlas.map(|quota| quota.bytes), Some(ATLAS_FREE_BYTES));
        assert_eq!(assumed("mongodb://localhost/logs"), None);
        assert_eq!(assumed("./woodpile.db"), None);
    }
}
