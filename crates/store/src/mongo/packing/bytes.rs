use super::super::MongoStore;
use super::super::limits::CACHED_CHUNKS;
use super::chunks;
use super::root::Stored;
use crate::{BlockBytes, StoreError};
use std::collections::VecDeque;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use woodpile_block::{BlockError, Bytes};

/// A block's bytes: only the chunks that a range lies in are fetched, and those that were used last are kept.
#[derive(Debug)]
pub(in super::super) struct MongoBlock<'s> {
    store: &'s MongoStore,
    collection: String,
    block: Stored,
    /// The chunks that were used last, at most [`CACHED_CHUNKS`].
    recent: Mutex<VecDeque<(u64, Arc<Vec<u8>>)>>,
    /// Why the bytes could last not be had.
    failed: Mutex<Option<StoreError>>,
}

impl<'s> MongoBlock<'s> {
    pub(super) fn new(store: &'s MongoStore, collection: &str, block: Stored) -> Self {
        let (recent, failed) = (Mutex::default(), Mutex::default());
        Self { store, collection: collection.to_owned(), block, recent, failed }
    }

    /// The name of the block, for people.
    pub(super) fn place(&self) -> String {
        place(&self.collection, &self.block)
    }

    /// Why the bytes could not be had, where that is why a block could not be read.
    pub(super) fn take_failure(&self) -> Option<StoreError> {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Whether all chunks are there, without fetching them.
    pub(super) fn check_chunks(&self) -> Result<(), StoreError> {
        let (collection, id) = (self.collection.clone(), self.block.entry.id);
        let numbers: Vec<u64> = (0..self.block.chunks()).collect();
        let there = self.store.run(|session| async move {
            chunks::there(&session, &collection, id, &numbers).await
        })?;
        let missing = (0..self.block.chunks()).find(|number| !there.contains(number));
        missing.map_or(Ok(()), |number| Err(self.gone(number)))
    }

    fn chunks(&self, numbers: Range<u64>) -> Result<Vec<Arc<Vec<u8>>>, StoreError> {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let known = |number: u64, recent: &VecDeque<(u64, Arc<Vec<u8>>)>| {
            recent.iter().find(|(kept, _)| *kept == number).map(|(_, chunk)| chunk.clone())
        };
        let mut found: Vec<_> =
            numbers.clone().map(|number| (number, known(number, &recent))).collect();
        let missing: Vec<u64> =
            found.iter().filter(|(_, chunk)| chunk.is_none()).map(|(number, _)| *number).collect();
        if !missing.is_empty() {
            let mut fetched = self.fetch(missing)?;
            for (number, chunk) in found.iter_mut().filter(|(_, chunk)| chunk.is_none()) {
                *chunk = fetched.remove(number).map(Arc::new);
            }
        }
        for (number, chunk) in found.iter().filter_map(|(n, chunk)| Some((*n, chunk.clone()?))) {
            recent.retain(|(kept, _)| *kept != number);
            recent.push_back((number, chunk));
        }
        let surplus = recent.len().saturating_sub(CACHED_CHUNKS);
        recent.drain(..surplus);
        found.into_iter().map(|(number, chunk)| chunk.ok_or_else(|| self.gone(number))).collect()
    }

    fn fetch(
        &self,
        numbers: Vec<u64>,
    ) -> Result<std::collections::BTreeMap<u64, Vec<u8>>, StoreError> {
        let (collection, id) = (self.collection.clone(), self.block.entry.id);
        self.store
            .run(|session| async move { chunks::fetch(&session, &collection, id, &numbers).await })
    }

    fn gone(&self, number: u64) -> StoreError {
        StoreError::Damaged {
            place: self.place(),
            reason: format!("its chunk {number} is not there"),
        }
    }
}

/// The name of a block, for people.
pub(super) fn place(collection: &str, block: &Stored) -> String {
    format!("block {} of {collection}", block.entry.id.0)
}

impl BlockBytes for MongoBlock<'_> {
    fn read(&self, range: Range<u64>) -> Result<Vec<u8>, StoreError> {
        if range.end > self.block.entry.bytes || range.start > range.end {
            return Err(StoreError::Damaged {
                place: self.place(),
                reason: format!("it ends before byte {}", range.end),
            });
        }
        let numbers = chunks::numbers(&self.block, &range);
        let start = range.start - numbers.start * self.block.chunk_bytes;
        let bytes = self.chunks(numbers)?.iter().fold(Vec::new(), |mut bytes, chunk| {
            bytes.extend_from_slice(chunk);
            bytes
        });
        let found = usize::try_from(start).ok().zip(usize::try_from(range.end - range.start).ok());
        let found = found.and_then(|(start, length)| bytes.get(start..start + length));
        found.map(<[u8]>::to_vec).ok_or_else(|| StoreError::Damaged {
            place: self.place(),
            reason: "a chunk is shorter than it was written".to_owned(),
        })
    }
}

impl Bytes for MongoBlock<'_> {
    fn read(&self, range: Range<u64>) -> Result<Vec<u8>, BlockError> {
        BlockBytes::read(self, range).map_err(|error| {
            let reason = error.to_string();
            *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
            BlockError::Source { reason }
        })
    }
}
