//! What the owner wants of records: which are dropped or masked before they are stored, and how long they are kept.
//!
//! This crate knows rules only compiled; what their texts mean is another's business.

mod cutoff;
mod judging;
mod retain;
mod rulings;

pub use judging::Judged;
pub use retain::{Retention, retain};
pub use rulings::Rulings;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use woodpile_record::{ObjectId, RawDocument, Record};
use woodpile_store::{Store, StoreError};

/// The rules of a store, compiled.
pub trait Rules: Send + Sync + fmt::Debug {
    /// The version of the state that they were read from; `None` where there is none.
    fn version(&self) -> Option<ObjectId>;

    /// Rules that could not be understood, and so are not followed: what is wrong with each.
    fn problems(&self) -> &[String];

    /// Whether there is a rule about records that are not stored yet.
    fn judges(&self) -> bool;

    /// What becomes of a record before it is stored.
    fn judge(&self, collection: &str, record: &RawDocument) -> Verdict;

    /// How long, or how many, records are kept: a limit for each rule that says so.
    fn limits(&self) -> &[Limit];

    /// Which of the limits holds for a record: that of the first rule that names it.
    fn limit_of(&self, collection: &str, record: &RawDocument) -> Option<usize>;

    /// Which limit holds for all records of a collection.
    fn limit_of_all(&self, collection: &str) -> Scope;
}

/// Reads a store's rules; where they did not change, gives those that are known.
#[derive(Debug, Clone, Copy)]
pub struct ReadRules(pub fn(&dyn Store, Option<&Arc<dyn Rules>>) -> Reading);

/// The rules as they are now.
pub type Reading = Result<Arc<dyn Rules>, StoreError>;

impl PartialEq for ReadRules {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::fn_addr_eq(self.0, other.0)
    }
}

/// What becomes of a record.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// It is stored as it is.
    Keep,
    /// It is not stored.
    Drop,
    /// This is stored in its place.
    Replace(Record),
}

/// How much is kept of what a rule names, in each collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// What happened no longer ago.
    Age(Duration),
    /// So many records, the newest.
    Records(u64),
    /// The newest records that take about so many bytes, at what a record of the collection takes on average.
    Bytes(u64),
}

/// Which limit the records of a collection have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// All the same one.
    All(usize),
    /// None has any.
    Nothing,
    /// That depends on the record.
    Some,
}
