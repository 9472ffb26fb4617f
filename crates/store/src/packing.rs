//! Blocks in a store: what packing, merging and unpacking ask of it.

use crate::{Prune, StoreError};
use std::ops::Range;
use woodpile_block::Packed;
use woodpile_record::{Batch, RawDocument, View};

/// Names a block of a collection; never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlockId(pub i64);

/// What a store knows of a block without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockEntry {
    /// Its name.
    pub id: BlockId,
    /// How many records it has.
    pub records: u64,
    /// The first event, in milliseconds since 1970.
    pub first: i64,
    /// The last event.
    pub last: i64,
    /// How many bytes it takes.
    pub bytes: u64,
    /// Bytes of the messages' text.
    pub message_bytes: u64,
    /// Whether hot copies of its records may still be there, as for a moment in MongoDB.
    pub dirty: bool,
}

/// A block that is to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBlock {
    /// How many records it has.
    pub records: u64,
    /// The first event, in milliseconds since 1970.
    pub first: i64,
    /// The last event.
    pub last: i64,
    /// Bytes of the messages' text.
    pub message_bytes: u64,
    /// The block: its records by event time, `_id` and bytes, as [`compare`](crate::compare) has them.
    pub bytes: Vec<u8>,
}

impl From<Packed> for NewBlock {
    fn from(packed: Packed) -> Self {
        let Packed { bytes, records, first, last, message_bytes } = packed;
        Self { records, first, last, message_bytes, bytes }
    }
}

/// Bytes of a record's message.
pub(crate) fn message_bytes(record: &RawDocument) -> u64 {
    View::of(record).message().map_or(0, |message| message.len() as u64)
}

/// Hot records that are to be packed together.
#[derive(Debug)]
pub struct HotPortion {
    /// The records, by event time and `_id`.
    pub batch: Batch,
    /// What the store needs to remove exactly these: numbers of its own, of which others make nothing.
    pub keys: Vec<i64>,
}

/// Packs one collection at a time: whoever holds it is alone with its blocks, in any process, until it is dropped.
///
/// Each change takes effect at once or not at all: whatever dies when, every record is visible exactly once at
/// every instant, also to a reader in the middle of a scan.
pub trait Packing: Send {
    /// Keeps the lease; fails when it was lost.
    fn renew(&mut self) -> Result<(), StoreError>;

    /// The oldest hot records, about so many records or bytes of BSON at most, but whole batches as they were
    /// appended; empty where there are none. What is damaged stays where it is.
    fn hot(&mut self, max_records: usize, max_bytes: usize) -> Result<HotPortion, StoreError>;

    /// Puts the block in the place of these hot records, which are exactly its own.
    fn pack(&mut self, portion: HotPortion, block: NewBlock) -> Result<BlockId, StoreError>;

    /// Puts the new blocks in the place of old ones; together they have the same records.
    fn replace(&mut self, old: &[BlockId], new: Vec<NewBlock>) -> Result<(), StoreError>;

    /// The same, but some of the old blocks' records are not in the new ones: they are gone for good.
    fn forget(&mut self, old: &[BlockId], new: Vec<NewBlock>) -> Result<(), StoreError> {
        self.replace(old, new)
    }

    /// Removes those hot records for good that go, of those that the prune leaves; gives how many went. It takes effect
    /// bit by bit: after an error, or when the process dies, some are gone and all others are as they were. What is
    /// damaged stays where it is.
    fn forget_hot(
        &mut self,
        prune: &Prune,
        goes: &mut dyn FnMut(&RawDocument) -> bool,
    ) -> Result<u64, StoreError>;

    /// Puts the records of a block back as hot ones, which are exactly its own, and drops it. Those who follow
    /// do not see them again.
    fn unpack(&mut self, block: BlockId, records: &Batch) -> Result<(), StoreError>;
}

/// Reads ranges of one block's bytes.
pub trait BlockBytes: Send {
    /// The bytes of a range, all of them.
    fn read(&self, range: Range<u64>) -> Result<Vec<u8>, StoreError>;
}
