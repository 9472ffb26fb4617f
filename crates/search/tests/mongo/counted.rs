//! A store that notes which bytes of blocks are read.

use bson::oid::ObjectId;
use bson::{Document, RawBson};
use std::ops::Range;
use std::sync::{Mutex, PoisonError};
use woodpile_record::Batch;
use woodpile_store::{
    Appended, BlockBytes, BlockEntry, BlockId, CollectionStats, Finding, Follower, Identity,
    MongoStore, Order, Packing, Prune, Rows, State, Store, StoreError,
};

#[derive(Debug)]
pub(crate) struct Counted {
    store: MongoStore,
    reads: Mutex<Vec<Range<u64>>>,
}

impl Counted {
    pub(crate) fn new(store: MongoStore) -> Self {
        Self { store, reads: Mutex::default() }
    }

    /// What was read since the last time.
    pub(crate) fn take(&self) -> Vec<Range<u64>> {
        std::mem::take(&mut *self.reads.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

struct CountedBytes<'s> {
    counted: &'s Counted,
    bytes: Box<dyn BlockBytes + 's>,
}

impl BlockBytes for CountedBytes<'_> {
    fn read(&self, range: Range<u64>) -> Result<Vec<u8>, StoreError> {
        let reads = &self.counted.reads;
        reads.lock().unwrap_or_else(PoisonError::into_inner).push(range.clone());
        self.bytes.read(range)
    }
}

impl Store for Counted {
    fn block(&self, collection: &str, id: BlockId) -> Result<Box<dyn BlockBytes + '_>, StoreError> {
        let bytes = self.store.block(collection, id)?;
        Ok(Box::new(CountedBytes { counted: self, bytes }))
    }

    fn piece_bytes(&self) -> Option<u64> {
        self.store.piece_bytes()
    }

    fn blocks(&self, collection: &str) -> Result<Vec<BlockEntry>, StoreError> {
        self.store.blocks(collection)
    }

    fn hot(
        &self,
        collection: &str,
        prune: &Prune,
        order: Order,
    ) -> Result<Box<dyn Rows + '_>, StoreError> {
        self.store.hot(collection, prune, order)
    }

    fn hot_with_ids(&self, collection: &str, ids: &[RawBson]) -> Result<Batch, StoreError> {
        self.store.hot_with_ids(collection, ids)
    }

    fn location(&self) -> String {
        self.store.location()
    }

    fn append(
        &self,
        batches: &[(&str, &Batch)],
        identity: Identity,
    ) -> Result<Appended, StoreError> {
        self.store.append(batches, identity)
    }

    fn collections(&self) -> Result<Vec<CollectionStats>, StoreError> {
        self.store.collections()
    }

    fn read(
        &self,
        collection: &str,
        prune: &Prune,
        order: Order,
    ) -> Result<Box<dyn Rows + '_>, StoreError> {
        self.store.read(collection, prune, order)
    }

    fn follow(&self) -> Result<Box<dyn Follower + '_>, StoreError> {
        self.store.follow()
    }

    fn packing(&self, collection: &str) -> Result<Option<Box<dyn Packing + '_>>, StoreError> {
        self.store.packing(collection)
    }

    fn state(&self, name: &str) -> Result<Option<State>, StoreError> {
        self.store.state(name)
    }

    fn states(&self, prefix: &str) -> Result<Vec<State>, StoreError> {
        self.store.states(prefix)
    }

    fn set_state(
        &self,
        name: &str,
        expected: Option<ObjectId>,
        document: Option<&Document>,
    ) -> Result<bool, StoreError> {
        self.store.set_state(name, expected, document)
    }

    fn check(&self, deep: bool) -> Result<Vec<Finding>, StoreError> {
        self.store.check(deep)
    }
}
