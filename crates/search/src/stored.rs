//! The blocks of a store, opened and kept.

use crate::cache::Cache;
use crate::error::SearchError;
use crate::pieces::Pieces;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use woodpile_block::{Block, BlockError, Bytes, Rows};
use woodpile_store::{BlockEntry, BlockId, Prune, Store};

/// Reads a block's bytes from its store.
#[derive(Debug)]
pub(crate) struct StoredBytes {
    store: Arc<dyn Store>,
    collection: Arc<str>,
    id: BlockId,
    read: Arc<AtomicU64>,
    grown: Arc<AtomicBool>,
    /// Where a look-up takes long.
    pieces: Option<Arc<Pieces>>,
}

impl Bytes for StoredBytes {
    fn read(&self, range: Range<u64>) -> Result<Vec<u8>, BlockError> {
        self.grown.store(true, Ordering::Relaxed);
        match &self.pieces {
            Some(pieces) => pieces.read(range, |range| self.fetch(range)),
            None => self.fetch(range),
        }
    }
}

impl StoredBytes {
    fn fetch(&self, range: Range<u64>) -> Result<Vec<u8>, BlockError> {
        self.read.fetch_add(range.end.saturating_sub(range.start), Ordering::Relaxed);
        let bytes = self.store.block(&self.collection, self.id);
        let read = bytes.and_then(|bytes| bytes.read(range));
        read.map_err(|error| BlockError::Source { reason: error.to_string() })
    }
}

/// A block of a store.
pub(crate) type StoredBlock = Block<StoredBytes>;
/// A group of rows of one.
pub(crate) type StoredRows = Rows<StoredBytes>;

/// What became of a block that was listed.
#[derive(Debug)]
pub(crate) enum Opened {
    Block(Arc<StoredBlock>),
    /// It was merged, or unpacked: its records are elsewhere.
    Gone,
    Damaged(BlockError),
}

/// The blocks of a store, and what was read of them.
pub(crate) struct StoredBlocks {
    store: Arc<dyn Store>,
    cache: Cache,
    /// Bytes of blocks that were read.
    read: Arc<AtomicU64>,
    /// Whether something was read since the cache was last trimmed.
    grown: Arc<AtomicBool>,
}

impl StoredBlocks {
    pub(crate) fn new(store: Arc<dyn Store>, cache_bytes: usize) -> Self {
        Self { store, cache: Cache::new(cache_bytes), read: Arc::default(), grown: Arc::default() }
    }

    pub(crate) fn store(&self) -> &dyn Store {
        &*self.store
    }

    /// How many bytes of blocks were read so far.
    pub(crate) fn read_bytes(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// The blocks that overlap, by their first event.
    pub(crate) fn list(
        &self,
        collection: &str,
        prune: &Prune,
    ) -> Result<Vec<BlockEntry>, SearchError> {
        let mut blocks = self.store.blocks(collection)?;
        blocks.retain(|block| prune.overlaps(block.first, block.last));
        Ok(blocks)
    }

    /// Opens a block, or finds it open.
    pub(crate) fn open(&self, collection: &str, entry: &BlockEntry) -> Result<Opened, SearchError> {
        if let Some(block) = self.cache.block(collection, entry.id) {
            return Ok(Opened::Block(block));
        }
        let pieces = self.store.piece_bytes().map(|size| Pieces::new(size, entry.bytes));
        let pieces = pieces.map(Arc::new);
        let source = StoredBytes {
            store: Arc::clone(&self.store),
            pieces: pieces.clone(),
            collection: collection.into(),
            id: entry.id,
            read: Arc::clone(&self.read),
            grown: Arc::clone(&self.grown),
        };
        match Block::open(source) {
            Ok(block) => Ok(Opened::Block(self.cache.keep(collection, entry.id, (block, pieces)))),
            Err(error) => self.explain(collection, entry.id, error),
        }
    }

    /// A group of a block; what was decoded of it before is there.
    pub(crate) fn rows(
        &self,
        collection: &str,
        id: BlockId,
        block: &Arc<StoredBlock>,
        group: usize,
    ) -> Result<Arc<StoredRows>, BlockError> {
        self.cache.rows(collection, id, block, group)
    }

    /// Forgets what was not asked for long, as far as there is too much.
    pub(crate) fn trim(&self) {
        if self.grown.swap(false, Ordering::Relaxed) {
            self.cache.trim();
        }
    }

    /// Whether a block that cannot be read is gone, or damaged.
    pub(crate) fn explain(
        &self,
        collection: &str,
        id: BlockId,
        error: BlockError,
    ) -> Result<Opened, SearchError> {
        let is_there = self.store.blocks(collection)?.iter().any(|block| block.id == id);
        Ok(if is_there { Opened::Damaged(error) } else { Opened::Gone })
    }
}

impl fmt::Debug for StoredBlocks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredBlocks").field("store", &self.store).finish_non_exhaustive()
    }
}
