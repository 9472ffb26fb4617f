use super::PackError;
use std::ops::Range;
use woodpile_block::{Block, BlockError, Bytes};
use woodpile_record::Batch;
use woodpile_store::{BlockBytes, BlockId, Store};

/// A block's bytes in its store.
struct Source<'s>(Box<dyn BlockBytes + 's>);

impl Bytes for Source<'_> {
    fn read(&self, range: Range<u64>) -> Result<Vec<u8>, BlockError> {
        self.0.read(range).map_err(|error| BlockError::Source { reason: error.to_string() })
    }
}

/// A block of a store, read group by group.
pub(super) struct Stored<'s> {
    collection: &'s str,
    id: BlockId,
    block: Block<Source<'s>>,
}

impl<'s> Stored<'s> {
    pub(super) fn open(
        store: &'s dyn Store,
        collection: &'s str,
        id: BlockId,
    ) -> Result<Self, PackError> {
        let source = Source(store.block(collection, id)?);
        let block = Block::open(source);
        let block = block.map_err(|error| block_error(collection, id, error))?;
        Ok(Self { collection, id, block })
    }

    pub(super) fn groups(&self) -> usize {
        self.block.groups().len()
    }

    pub(super) fn unpack(&self, group: usize) -> Result<Batch, PackError> {
        let batch = self.block.unpack(group);
        batch.map_err(|error| block_error(self.collection, self.id, error))
    }
}

fn block_error(collection: &str, id: BlockId, error: BlockError) -> PackError {
    PackError::Block { collection: collection.to_owned(), id, error }
}
