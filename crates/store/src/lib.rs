//! Where log records rest: the [`Store`] trait, and three places that keep it: memory, one SQLite
//! file, or a MongoDB database. One conformance suite holds all three to the same behaviour.
//!
//! A store answers which records may match a [`Prune`]; it never sees a query, and no protocol.

mod error;
mod location;
mod memory;
#[cfg(feature = "mongo")]
mod mongo;
mod open;
mod prune;
#[cfg(feature = "sqlite")]
mod sqlite;
mod stats;
mod traits;

pub use error::StoreError;
pub use prune::{Order, Prune};
pub use stats::CollectionStats;
pub use traits::{Appended, Finding, Followed, Follower, Identity, Rows, Spool, SpoolKey, Store};
