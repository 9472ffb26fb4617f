//! What was read and decoded of blocks, for the next search. A block never changes: nothing here can be out of date.

use crate::pieces::Pieces;
use crate::stored::{StoredBlock, StoredRows};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use woodpile_block::{BlockError, Rows};
use woodpile_store::BlockId;

/// Bounded by bytes.
pub(crate) struct Cache {
    most: usize,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    /// Grows with each use.
    clock: u64,
    collections: HashMap<Box<str>, HashMap<BlockId, KeptBlock>>,
}

struct KeptBlock {
    block: Arc<StoredBlock>,
    /// What is kept of its bytes.
    pieces: Option<Arc<Pieces>>,
    used: u64,
    groups: HashMap<usize, KeptRows>,
}

struct KeptRows {
    rows: Arc<StoredRows>,
    used: u64,
}

impl KeptBlock {
    fn bytes(&self) -> usize {
        self.block.bytes() + self.pieces.as_ref().map_or(0, |pieces| pieces.bytes())
    }
}

impl Cache {
    pub(crate) fn new(most: usize) -> Self {
        Self { most, kept: Mutex::default() }
    }

    /// A block that was opened before.
    pub(crate) fn block(&self, collection: &str, id: BlockId) -> Option<Arc<StoredBlock>> {
        let mut kept = self.kept();
        let now = kept.tick();
        let found = kept.collections.get_mut(collection)?.get_mut(&id)?;
        found.used = now;
        Some(Arc::clone(&found.block))
    }

    /// Keeps a block; where another thread was faster, its copy counts.
    pub(crate) fn keep(
        &self,
        collection: &str,
        id: BlockId,
        (block, pieces): (StoredBlock, Option<Arc<Pieces>>),
    ) -> Arc<StoredBlock> {
        let mut kept = self.kept();
        let used = kept.tick();
        let blocks = kept.collections.entry(collection.into()).or_default();
        let found = blocks.entry(id).or_insert_with(|| KeptBlock {
            block: Arc::new(block),
            pieces,
            used,
            groups: HashMap::new(),
        });
        Arc::clone(&found.block)
    }

    /// A group of a block.
    pub(crate) fn rows(
        &self,
        collection: &str,
        id: BlockId,
        block: &Arc<StoredBlock>,
        group: usize,
    ) -> Result<Arc<StoredRows>, BlockError> {
        let mut kept = self.kept();
        let used = kept.tick();
        let blocks = kept.collections.get_mut(collection);
        let Some(found) = blocks.and_then(|blocks| blocks.get_mut(&id)) else {
            return Rows::new(Arc::clone(block), group).map(Arc::new);
        };
        if let Some(rows) = found.groups.get_mut(&group) {
            rows.used = used;
            return Ok(Arc::clone(&rows.rows));
        }
        let rows = Arc::new(Rows::new(Arc::clone(block), group)?);
        found.groups.insert(group, KeptRows { rows: Arc::clone(&rows), used });
        Ok(rows)
    }

    /// Drops what was not used for longest, until the rest is within bounds.
    pub(crate) fn trim(&self) {
        let mut kept = self.kept();
        let mut sizes = kept.sizes();
        let mut held: usize = sizes.iter().map(|size| size.bytes).sum();
        if held > self.most {
            // What was decoded is worth more than the bytes that it was decoded from.
            kept.forget_pieces();
            sizes = kept.sizes();
            held = sizes.iter().map(|size| size.bytes).sum();
        }
        sizes.sort_unstable_by_key(|size| size.used);
        for size in sizes {
            if held <= self.most {
                break;
            }
            held -= size.bytes;
            kept.forget(&size);
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Something that can be dropped: a group, or a block with what all its groups share.
struct Size {
    collection: Box<str>,
    id: BlockId,
    group: Option<usize>,
    bytes: usize,
    used: u64,
}

impl Kept {
    fn tick(&mut self) -> u64 {
        self.clock += 1;
        self.clock
    }

    fn sizes(&self) -> Vec<Size> {
        let mut sizes = Vec::new();
        for (collection, blocks) in &self.collections {
            for (id, block) in blocks {
                let size = |group, bytes, used| Size {
                    collection: collection.clone(),
                    id: *id,
                    group,
                    bytes,
                    used,
                };
                sizes.push(size(None, block.bytes(), block.used));
                let groups = block.groups.iter();
                sizes.extend(
                    groups.map(|(group, rows)| size(Some(*group), rows.rows.bytes(), rows.used)),
                );
            }
        }
        sizes
    }

    fn forget_pieces(&self) {
        let blocks = self.collections.values().flat_map(HashMap::values);
        blocks.filter_map(|block| block.pieces.as_ref()).for_each(|pieces| pieces.clear());
    }

    fn forget(&mut self, size: &Size) {
        let Some(blocks) = self.collections.get_mut(&size.collection) else { return };
        match size.group {
            None => {
                blocks.remove(&size.id);
            }
            Some(group) => {
                if let Some(block) = blocks.get_mut(&size.id) {
                    block.groups.remove(&group);
                }
            }
        }
    }
}
