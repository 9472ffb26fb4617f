//! Packing, as `keep` does it, for stores under test.
#![expect(dead_code, reason = "not every test file packs")]

use bson::raw::RawDocumentBuf;
use std::time::Duration;
use woodpile_block::{Block, BlockError, Bytes, Effort, pack as pack_batch};
use woodpile_record::{Batch, RawDocument};
use woodpile_store::{
    Appended, BlockBytes, BlockEntry, BlockId, CollectionStats, Finding, Follower, Identity,
    NewBlock, Order, OrderKey, Packing, Prune, Rows, Store, StoreError, compare,
};

/// How much of what is appended is packed at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Share {
    All,
    Half,
}

/// What can happen to records behind a reader's back.
pub(crate) const MOVES: [fn(&dyn Store, &str); 4] = [
    |store, collection| pack(store, collection, 2_000),
    |store, collection| pack(store, collection, usize::MAX),
    merge,
    unpack,
];

/// Packs what is hot, in blocks of so many records at most.
pub(crate) fn pack(store: &dyn Store, collection: &str, max_records: usize) {
    let Some(mut packing) = store.packing(collection).unwrap() else { return };
    while pack_some(&mut *packing, max_records) {}
}

fn pack_some(packing: &mut dyn Packing, max_records: usize) -> bool {
    let portion = packing.hot(max_records, usize::MAX).unwrap();
    if portion.batch.is_empty() {
        return false;
    }
    let block = new_block(&portion.batch);
    packing.pack(portion, block).unwrap();
    true
}

pub(crate) fn new_block(batch: &Batch) -> NewBlock {
    NewBlock::from(pack_batch(batch, Effort::Quick).unwrap())
}

/// Merges all blocks into one.
pub(crate) fn merge(store: &dyn Store, collection: &str) {
    let Some(mut packing) = store.packing(collection).unwrap() else { return };
    let old: Vec<BlockId> =
        store.blocks(collection).unwrap().into_iter().map(|block| block.id).collect();
    let mut records: Vec<RawDocumentBuf> = Vec::new();
    for &id in &old {
        records.extend(unpacked(store, collection, id).iter().map(RawDocument::to_owned));
    }
    if records.is_empty() {
        return;
    }
    records.sort_by(|a, b| compare((&OrderKey::of(a), a), (&OrderKey::of(b), b)));
    let batch: Batch = records.iter().map(|record| -> &RawDocument { record }).collect();
    packing.replace(&old, vec![new_block(&batch)]).unwrap();
}

/// Unpacks all blocks.
pub(crate) fn unpack(store: &dyn Store, collection: &str) {
    let Some(mut packing) = store.packing(collection).unwrap() else { return };
    for block in store.blocks(collection).unwrap() {
        let records = unpacked(store, collection, block.id);
        assert_eq!(records.len() as u64, block.records);
        packing.unpack(block.id, &records).unwrap();
    }
}

/// A block's bytes, as `woodpile_block` reads them.
struct Source<'s>(Box<dyn BlockBytes + 's>);

impl Bytes for Source<'_> {
    fn read(&self, range: std::ops::Range<u64>) -> Result<Vec<u8>, BlockError> {
        self.0.read(range).map_err(|error| BlockError::Source { reason: error.to_string() })
    }
}

pub(crate) fn unpacked(store: &dyn Store, collection: &str, id: BlockId) -> Batch {
    let block = Block::open(Source(store.block(collection, id).unwrap())).unwrap();
    let mut all = Batch::new();
    for group in 0..block.groups().len() {
        block.unpack(group).unwrap().iter().for_each(|record| all.push(record));
    }
    all
}

/// A store that packs what is appended.
#[derive(Debug)]
pub(crate) struct PackingStore {
    store: Box<dyn Store>,
    share: Share,
}

impl PackingStore {
    pub(crate) fn new(store: Box<dyn Store>, share: Share) -> Self {
        Self { store, share }
    }

    fn pack(&self, collection: &str) {
        match self.share {
            Share::All => pack(&*self.store, collection, 1_000),
            Share::Half => {
                let Some(mut packing) = self.store.packing(collection).unwrap() else { return };
                pack_some(&mut *packing, 1);
            }
        }
    }
}

impl Store for PackingStore {
    fn location(&self) -> String {
        self.store.location()
    }

    fn append(
        &self,
        batches: &[(&str, &Batch)],
        identity: Identity,
    ) -> Result<Appended, StoreError> {
        let appended = self.store.append(batches, identity)?;
        batches.iter().for_each(|(collection, _)| self.pack(collection));
        Ok(appended)
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

    fn blocks(&self, collection: &str) -> Result<Vec<BlockEntry>, StoreError> {
        self.store.blocks(collection)
    }

    fn block(&self, collection: &str, id: BlockId) -> Result<Box<dyn BlockBytes + '_>, StoreError> {
        self.store.block(collection, id)
    }

    fn packing(&self, collection: &str) -> Result<Option<Box<dyn Packing + '_>>, StoreError> {
        self.store.packing(collection)
    }

    fn tidy(&self) -> Result<(), StoreError> {
        self.store.tidy()
    }

    fn check(&self, deep: bool) -> Result<Vec<Finding>, StoreError> {
        self.store.check(deep)
    }
}

/// What followed within no time: nothing, where nothing arrived.
pub(crate) fn news(follower: &mut dyn Follower) -> usize {
    follower.poll(Duration::ZERO).unwrap().iter().map(|followed| followed.batch.len()).sum()
}
