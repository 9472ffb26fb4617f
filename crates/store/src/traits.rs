use crate::order::id_of;
use crate::{
    BlockBytes, BlockEntry, BlockId, CollectionStats, Order, Packing, Prune, State, StoreError,
};
use bson::oid::ObjectId;
use bson::{Document, RawBson};
use std::fmt;
use std::time::Duration;
use woodpile_record::{Batch, RawDocument};

/// Where records rest. Synchronous: any call may wait for a disk or a network.
pub trait Store: Send + Sync + fmt::Debug {
    /// Where this is, for people: a path or a URL without its secrets.
    fn location(&self) -> String;

    /// Appends each batch to the collection of that name, which may come several times, and returns when all are
    /// durable: they survive `kill -9` and power loss. Either all of it is kept, or the call fails and a retry
    /// with [`Identity::Brought`] is harmless. A record without an `_id` is refused, and all that came
    /// with it.
    fn append(
        &self,
        batches: &[(&str, &Batch)],
        identity: Identity,
    ) -> Result<Appended, StoreError>;

    /// Every collection, by name.
    fn collections(&self) -> Result<Vec<CollectionStats>, StoreError>;

    /// The records of a collection that the prune leaves, by event time and then `_id`. A collection
    /// that does not exist has no records.
    fn read(
        &self,
        collection: &str,
        prune: &Prune,
        order: Order,
    ) -> Result<Box<dyn Rows + '_>, StoreError>;

    /// As [`read`](Self::read), but only what is hot. Who reads this to its end first, and only then lists the
    /// blocks, misses nothing; a record that was packed meanwhile comes from both.
    fn hot(
        &self,
        collection: &str,
        prune: &Prune,
        order: Order,
    ) -> Result<Box<dyn Rows + '_>, StoreError>;

    /// The hot records that have one of these `_id`s, in no order. A record that was packed meanwhile may be missing: the
    /// blocks, when they are listed after this, have it.
    fn hot_with_ids(&self, collection: &str, ids: &[RawBson]) -> Result<Batch, StoreError> {
        let mut found = Batch::new();
        let mut rows = self.hot(collection, &Prune::NONE, Order::NewestFirst)?;
        while let Some(batch) = rows.next()? {
            let own = |record: &&RawDocument| {
                let id = id_of(record);
                ids.iter().any(|wanted| id == Some(wanted.as_raw_bson_ref()))
            };
            batch.iter().filter(own).for_each(|record| found.push(record));
        }
        Ok(found)
    }

    /// What is appended from now on, by any process.
    fn follow(&self) -> Result<Box<dyn Follower + '_>, StoreError>;

    /// The blocks of a collection, by their first event.
    fn blocks(&self, collection: &str) -> Result<Vec<BlockEntry>, StoreError>;

    /// A block's bytes. A block that was replaced meanwhile may be gone: then the list of blocks has others.
    fn block(&self, collection: &str, id: BlockId) -> Result<Box<dyn BlockBytes + '_>, StoreError>;

    /// The bytes of the pieces in which blocks are best read, where each read takes a while; `None` where any range is as
    /// good as another.
    fn piece_bytes(&self) -> Option<u64> {
        None
    }

    /// Takes the lease on packing a collection; `None` at once where another has it. Who waits asks again: a
    /// holder that gave no sign of life for 30 seconds, while this one was asking, has lost it.
    fn packing(&self, collection: &str) -> Result<Option<Box<dyn Packing + '_>>, StoreError>;

    /// Whether a collection is packed although its owner did not name it: not where others made it.
    fn is_packed_unasked(&self, collection: &str) -> Result<bool, StoreError> {
        let _ = collection;
        Ok(true)
    }

    /// Gives back to the disk what packing freed. It may take a while.
    fn tidy(&self) -> Result<(), StoreError> {
        Ok(())
    }

    /// The state of that name, as it was last set; `None` where there is none.
    fn state(&self, name: &str) -> Result<Option<State>, StoreError>;

    /// The states whose names begin so, by name.
    fn states(&self, prefix: &str) -> Result<Vec<State>, StoreError>;

    /// Sets a state to a document of at most [`MAX_STATE_BYTES`](crate::MAX_STATE_BYTES), or removes it, where its
    /// version is still the expected one: without one, where there is none yet. Returns when that is durable.
    /// `false` says that somebody else was faster: read it again. After an error it may have been set or not.
    fn set_state(
        &self,
        name: &str,
        expected: Option<ObjectId>,
        document: Option<&Document>,
    ) -> Result<bool, StoreError>;

    /// Looks for damage; `deep` reads every record. An empty answer means none was found.
    fn check(&self, deep: bool) -> Result<Vec<Finding>, StoreError>;
}

/// Whether a store has to look for records that it may hold already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Identity {
    /// The ids were just made: nothing is looked up.
    Fresh,
    /// The ids came from outside, or from an attempt that failed: a record that is there already, with
    /// the same bytes, is not added again. The same `_id` with other bytes stays visible beside it.
    Brought,
}

/// What an append did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Appended {
    /// Records added.
    pub added: u64,
    /// Records that were there already, byte for byte.
    pub duplicates: u64,
    /// Records added although their `_id` was there with other bytes; counted in `added`, too.
    pub conflicts: u64,
}

/// Records on their way out, in order, in portions.
pub trait Rows: Send {
    /// The next portion, of bounded size; `None` at the end. Between two calls no transaction stays open.
    fn next(&mut self) -> Result<Option<Batch>, StoreError>;

    /// What could not be read so far, and was passed over: a damaged batch costs that batch, no more.
    fn damage(&self) -> &[Finding] {
        &[]
    }
}

/// Sees what is appended, as it comes.
pub trait Follower: Send {
    /// Waits until something was appended, at most for `wait`. The batches come in the order of their
    /// arrival; within one, a store may give the records by event time.
    fn poll(&mut self, wait: Duration) -> Result<Vec<Followed>, StoreError>;
}

/// Records that arrived in a collection.
#[derive(Debug, Clone, PartialEq)]
pub struct Followed {
    /// The collection's name.
    pub collection: String,
    /// The records.
    pub batch: Batch,
}

/// One thing that is wrong with a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What is damaged: a collection, a batch, a document.
    pub place: String,
    /// What was expected and found.
    pub problem: String,
    /// How many records it costs, where known.
    pub records: Option<u64>,
}

/// A bounded local store for what the real store cannot take right now: first in, first out.
pub trait Spool: Send + Sync + fmt::Debug {
    /// Keeps the records, durably; fails with [`StoreError::Full`] beyond the bound.
    fn put(&self, batches: &[(&str, &Batch)]) -> Result<(), StoreError>;

    /// The oldest portion still here.
    fn oldest(&self) -> Result<Option<(SpoolKey, Vec<Followed>)>, StoreError>;

    /// Removes the portion: the real store has it.
    fn remove(&self, key: SpoolKey) -> Result<(), StoreError>;

    /// How many records wait, and the bytes they take.
    fn waiting(&self) -> Result<(u64, u64), StoreError>;
}

/// Names a portion of a spool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpoolKey(pub i64);
