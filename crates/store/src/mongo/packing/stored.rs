//! The blocks of a collection, one by one.

use super::super::MongoStore;
use super::bytes::MongoBlock;
use super::cache::root_of;
use super::root::Root;
use crate::{BlockEntry, BlockId, Finding, StoreError};
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;
use woodpile_block::{Block, BlockError, Bytes, Group};
use woodpile_record::Batch;

/// The blocks of a collection, by their first event.
pub(in super::super) fn blocks(
    store: &MongoStore,
    collection: &str,
) -> Result<Vec<BlockEntry>, StoreError> {
    let root = root_of(store, collection)?;
    let mut entries: Vec<_> = root.blocks.iter().map(|block| block.entry.clone()).collect();
    entries.sort_by_key(|entry| (entry.first, entry.id));
    Ok(entries)
}

/// A block's bytes, also of one that was replaced a while ago.
pub(in super::super) fn block<'s>(
    store: &'s MongoStore,
    collection: &str,
    id: BlockId,
) -> Result<MongoBlock<'s>, StoreError> {
    let block = root_of(store, collection)?.find(id);
    let block = block.ok_or_else(|| unknown(store, collection, id))?;
    Ok(MongoBlock::new(store, collection, block))
}

pub(super) fn unknown(store: &MongoStore, collection: &str, id: BlockId) -> StoreError {
    StoreError::Failed {
        location: store.session.target.location.clone(),
        reason: format!("{collection} has no block {}", id.0),
    }
}

/// A block whose head was read.
#[derive(Debug)]
pub(super) struct Opened<'s> {
    bytes: Arc<MongoBlock<'s>>,
    block: Block<Source<'s>>,
}

/// Where an opened block's bytes come from.
#[derive(Debug)]
struct Source<'s>(Arc<MongoBlock<'s>>);

impl Bytes for Source<'_> {
    fn read(&self, range: Range<u64>) -> Result<Vec<u8>, BlockError> {
        Bytes::read(&*self.0, range)
    }
}

impl<'s> Opened<'s> {
    pub(super) fn new(bytes: MongoBlock<'s>) -> Result<Self, StoreError> {
        let bytes = Arc::new(bytes);
        let block = Block::open(Source(bytes.clone()));
        let block = block.map_err(|error| store_error(&bytes, &error))?;
        Ok(Self { bytes, block })
    }

    /// The groups of rows, in order.
    pub(super) fn groups(&self) -> impl ExactSizeIterator<Item = Group> {
        self.block.groups()
    }

    /// The groups with records that have one of these ids, given as their elements.
    pub(super) fn groups_with(&self, elements: &[&[u8]]) -> Result<BTreeSet<usize>, StoreError> {
        let found = self.block.find_ids(elements);
        let found = found.map_err(|error| store_error(&self.bytes, &error))?;
        Ok(found.into_iter().map(|(_, place)| place.group).collect())
    }

    /// The records of one group.
    pub(super) fn unpack(&self, group: usize) -> Result<Batch, StoreError> {
        self.block.unpack(group).map_err(|error| store_error(&self.bytes, &error))
    }
}

/// What the database said, if that is why; else the block itself is damaged.
fn store_error(bytes: &MongoBlock<'_>, error: &BlockError) -> StoreError {
    let damaged = || StoreError::Damaged { place: bytes.place(), reason: error.to_string() };
    bytes.take_failure().unwrap_or_else(damaged)
}

/// Looks for damage in a collection's blocks; `deep` unpacks them.
pub(in super::super) fn check(
    store: &MongoStore,
    root: &Root,
    deep: bool,
) -> Result<Vec<Finding>, StoreError> {
    let (collection, mut findings) = (&root.collection, Vec::new());
    for block in &root.blocks {
        match check_block(MongoBlock::new(store, collection, block.clone()), deep) {
            Ok(()) => {}
            Err(StoreError::Damaged { place, reason }) => {
                let records = Some(block.entry.records);
                findings.push(Finding { place, problem: reason, records });
            }
            Err(error) => return Err(error),
        }
    }
    Ok(findings)
}

fn check_block(bytes: MongoBlock<'_>, deep: bool) -> Result<(), StoreError> {
    bytes.check_chunks()?;
    let block = Opened::new(bytes)?;
    let groups = if deep { block.groups().len() } else { 0 };
    (0..groups).try_for_each(|group| block.unpack(group).map(drop))
}
