//! Packing on an engine without transactions.

mod blocks;
mod brought;
mod crash;
mod lease;
mod scan;

use crate::support::{append, batch, record};
use std::ops::Range;
use woodpile_block::Effort;
use woodpile_record::Batch;
use woodpile_store::{BlockId, MongoStore, NewBlock, Packing, Store};

/// No portion of these tests has more bytes.
const BYTES: usize = 16 * 1024 * 1024;

/// The lease, which nobody else has.
fn lease(store: &MongoStore) -> Box<dyn Packing + '_> {
    store.packing("log").unwrap().unwrap()
}

/// A block of these records.
fn block_of(records: &Batch) -> NewBlock {
    let packed = woodpile_block::pack(records, Effort::Quick).unwrap();
    NewBlock {
        records: packed.records,
        first: packed.first,
        last: packed.last,
        message_bytes: packed.message_bytes,
        bytes: packed.bytes,
    }
}

/// Packs what is hot, so many records a block.
fn pack(packing: &mut dyn Packing, size: usize) -> Vec<BlockId> {
    let mut ids = Vec::new();
    loop {
        let portion = packing.hot(size, BYTES).unwrap();
        if portion.batch.is_empty() {
            return ids;
        }
        let block = block_of(&portion.batch);
        ids.push(packing.pack(portion, block).unwrap());
    }
}

/// Appends records and packs them, so many a block.
fn packed(store: &MongoStore, numbers: Range<u32>, size: usize) -> Vec<BlockId> {
    append(store, &batch(numbers.map(record)));
    pack(&mut *lease(store), size)
}

/// A block's records.
fn unpacked(store: &MongoStore, id: BlockId) -> Batch {
    let entry = store.blocks("log").unwrap().into_iter().find(|entry| entry.id == id);
    let bytes = store.block("log", id).unwrap().read(0..entry.unwrap().bytes).unwrap();
    let block = woodpile_block::Block::open(bytes).unwrap();
    let groups: Vec<_> =
        (0..block.groups().len()).map(|group| block.unpack(group).unwrap()).collect();
    groups.iter().flat_map(Batch::iter).collect()
}
