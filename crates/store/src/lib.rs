//! Where log records rest: the [`Store`] trait, and three places that keep it: memory, one SQLite
//! file, or a MongoDB database. One conformance suite holds all three to the same behaviour.
//!
//! A store answers which records may match a [`Prune`]; it never sees a query, and no protocol.
//!
//! Beside it is what all who choose a store share: what names one ([`Choice`], [`dot_env`]), whether its disk
//! outlives a restart ([`lasting`]), and the spool of a database for outages.

#[cfg(feature = "sqlite")]
mod default_spool;
pub mod dot_env;
mod error;
pub mod lasting;
mod location;
mod memory;
mod memory_spool;
#[cfg(feature = "mongo")]
mod mongo;
mod open;
mod order;
mod packing;
mod prune;
#[cfg(feature = "sqlite")]
mod sqlite;
mod state;
mod stats;
mod traits;

#[cfg(feature = "sqlite")]
pub use default_spool::{DEFAULT_SPOOL_BYTES, DefaultSpool, open_default_spool};
pub use error::StoreError;
pub use location::{Choice, DEFAULT_FILE, Location, LocationError, Source};
pub use memory::MemoryStore;
pub use memory_spool::MemorySpool;
#[cfg(feature = "mongo")]
pub use mongo::MongoStore;
pub use open::{OpenOptions, open};
pub use order::{Key as OrderKey, compare};
pub use packing::{BlockBytes, BlockEntry, BlockId, HotPortion, NewBlock, Packing};
pub use prune::{Order, Prune};
#[cfg(feature = "sqlite")]
pub use sqlite::{SqliteSpool, SqliteStore};
pub use state::{MAX_STATE_BYTES, MAX_STATE_NAME_BYTES, State};
pub use stats::CollectionStats;
pub use traits::{Appended, Finding, Followed, Follower, Identity, Rows, Spool, SpoolKey, Store};
