//! The MongoDB store, being written.

use crate::{
    Appended, CollectionStats, Finding, Follower, Identity, Order, Prune, Rows, Store, StoreError,
};
use woodpile_record::Batch;

/// Records in a MongoDB database.
#[derive(Debug)]
pub struct MongoStore {
    location: String,
}

impl MongoStore {
    /// Names the database by its URI; nothing is asked of the network yet.
    ///
    /// # Errors
    /// Says what about the URI is wrong.
    pub fn new(uri: &str) -> Result<Self, StoreError> {
        Ok(Self { location: uri.to_owned() })
    }

    fn unfinished(&self) -> StoreError {
        StoreError::Failed { location: self.location.clone(), reason: "being written".to_owned() }
    }
}

impl Store for MongoStore {
    fn location(&self) -> String {
        self.location.clone()
    }

    fn append(
        &self,
        _batches: &[(&str, &Batch)],
        _identity: Identity,
    ) -> Result<Appended, StoreError> {
        Err(self.unfinished())
    }

    fn collections(&self) -> Result<Vec<CollectionStats>, StoreError> {
        Err(self.unfinished())
    }

    fn read(
        &self,
        _collection: &str,
        _prune: &Prune,
        _order: Order,
    ) -> Result<Box<dyn Rows + '_>, StoreError> {
        Err(self.unfinished())
    }

    fn follow(&self) -> Result<Box<dyn Follower + '_>, StoreError> {
        Err(self.unfinished())
    }

    fn check(&self, _deep: bool) -> Result<Vec<Finding>, StoreError> {
        Err(self.unfinished())
    }
}
