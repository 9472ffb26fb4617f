//! Stores, with records hot, packed, merged and mixed.

use crate::records::{COLLECTIONS, batch};
use bson::raw::RawDocumentBuf;
use proptest::prelude::*;
use std::sync::Arc;
use tempfile::TempDir;
use woodpile_block::{Block, BlockError, Bytes, Effort, pack};
use woodpile_record::{Batch, RawDocument};
use woodpile_store::{
    BlockBytes, BlockId, Identity, MemoryStore, NewBlock, OpenOptions, OrderKey, SqliteStore,
    Store, compare,
};

/// Where a part of the records is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Hot,
    Packed,
    Merged,
}

/// The states of the parts, one after another.
pub(crate) fn states() -> impl Strategy<Value = Vec<State>> {
    prop::collection::vec(
        prop::sample::select(vec![State::Hot, State::Packed, State::Merged]),
        1..4,
    )
}

/// A store in memory, and one in a file.
pub(crate) fn both(folder: &TempDir) -> [Arc<dyn Store>; 2] {
    let file = SqliteStore::open(&folder.path().join("logs.db"), &OpenOptions::default()).unwrap();
    [Arc::new(MemoryStore::new()), Arc::new(file)]
}

/// Puts the records in, part by part.
pub(crate) fn fill(store: &dyn Store, records: &[(usize, RawDocumentBuf)], states: &[State]) {
    let size = records.len().div_ceil(states.len());
    let parts: Vec<_> = records.chunks(size).collect();
    // What is hot in the end comes last, as packing takes all that is hot.
    let mut in_order: Vec<_> = parts.iter().zip(states).collect();
    in_order.sort_by_key(|(_, state)| **state == State::Hot);
    for (part, state) in in_order {
        for (number, name) in COLLECTIONS.iter().enumerate() {
            store.append(&[(name, &batch(part, number))], Identity::Fresh).unwrap();
            if *state != State::Hot {
                pack_hot(store, name);
            }
            if *state == State::Merged {
                merge(store, name);
            }
        }
    }
}

fn pack_hot(store: &dyn Store, collection: &str) {
    let mut packing = store.packing(collection).unwrap().unwrap();
    loop {
        let portion = packing.hot(usize::MAX, usize::MAX).unwrap();
        if portion.batch.is_empty() {
            return;
        }
        let block = NewBlock::from(pack(&portion.batch, Effort::Quick).unwrap());
        packing.pack(portion, block).unwrap();
    }
}

struct Source<'s>(Box<dyn BlockBytes + 's>);

impl Bytes for Source<'_> {
    fn read(&self, range: std::ops::Range<u64>) -> Result<Vec<u8>, BlockError> {
        self.0.read(range).map_err(|error| BlockError::Source { reason: error.to_string() })
    }
}

pub(crate) fn merge(store: &dyn Store, collection: &str) {
    let old: Vec<BlockId> =
        store.blocks(collection).unwrap().iter().map(|block| block.id).collect();
    let mut records: Vec<RawDocumentBuf> = Vec::new();
    for id in &old {
        let block = Block::open(Source(store.block(collection, *id).unwrap())).unwrap();
        for group in 0..block.groups().len() {
            records.extend(block.unpack(group).unwrap().iter().map(RawDocument::to_owned));
        }
    }
    if records.is_empty() {
        return;
    }
    records.sort_by(|a, b| compare((&OrderKey::of(a), a), (&OrderKey::of(b), b)));
    let batch: Batch = records.iter().map(|record| -> &RawDocument { record }).collect();
    let new = NewBlock::from(pack(&batch, Effort::Quick).unwrap());
    store.packing(collection).unwrap().unwrap().replace(&old, vec![new]).unwrap();
}
