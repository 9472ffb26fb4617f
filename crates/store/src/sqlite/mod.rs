//! One SQLite file, for several processes at once.
//!
//! Records rest as batches, one row each: sorted by event time and `_id`, compressed in frames, with a checksum.
//! There is no secondary index: a row's small columns say what a reader can do without. Writers commit in groups
//! through one connection a process; readers hold no transaction between portions.

mod append;
mod batch;
mod check;
mod checkpoint;
mod commit;
mod error;
mod file;
mod follow;
mod format;
mod frame;
mod hash;
mod ids;
mod known;
mod piece;
mod rows;
mod spool;
mod stats;
mod table;
mod varint;

pub(crate) use hash::fnv1a_64;
pub use spool::SqliteSpool;

use crate::memory::refuse_without_id;
use crate::{
    Appended, CollectionStats, Finding, Follower, Identity, OpenOptions, Order, Prune, Rows, Store,
    StoreError,
};
use append::Appender;
use commit::Committer;
use file::{File, Readers};
use std::path::Path;
use woodpile_record::Batch;

/// Records in one SQLite file, which several processes may use at once.
#[derive(Debug)]
pub struct SqliteStore {
    readers: Readers,
    /// Where nothing is written, there is none.
    appender: Option<Appender>,
}

impl SqliteStore {
    /// Opens the file, and makes it where it is missing and `options` say so.
    ///
    /// # Errors
    /// Says what is wrong with the file.
    pub fn open(path: &Path, options: &OpenOptions) -> Result<Self, StoreError> {
        let file = File::open(path, *options, &format::STORE)?;
        let appender =
            if file.is_read_only() { None } else { Some(Appender::new(Committer::new(&file)?)) };
        Ok(Self { readers: Readers::new(file), appender })
    }
}

impl Store for SqliteStore {
    fn location(&self) -> String {
        self.readers.file.path().display().to_string()
    }

    fn append(
        &self,
        batches: &[(&str, &Batch)],
        identity: Identity,
    ) -> Result<Appended, StoreError> {
        refuse_without_id(batches)?;
        match &self.appender {
            Some(appender) => appender.append(&self.readers, batches, identity),
            None => Err(StoreError::ReadOnly {
                location: self.location(),
                reason: "it was opened for reading only".to_owned(),
            }),
        }
    }

    fn collections(&self) -> Result<Vec<CollectionStats>, StoreError> {
        stats::collections(&self.readers)
    }

    fn read(
        &self,
        collection: &str,
        prune: &Prune,
        order: Order,
    ) -> Result<Box<dyn Rows + '_>, StoreError> {
        Ok(Box::new(rows::SqliteRows::new(&self.readers, collection, prune, order)?))
    }

    fn follow(&self) -> Result<Box<dyn Follower + '_>, StoreError> {
        Ok(Box::new(follow::SqliteFollower::new(&self.readers)?))
    }

    fn check(&self, deep: bool) -> Result<Vec<Finding>, StoreError> {
        check::check(&self.readers, deep)
    }
}

/// The compressor has no memory, or the like.
#[expect(clippy::needless_pass_by_value, reason = "it is given to map_err")]
fn codec_failed(error: std::io::Error) -> StoreError {
    StoreError::Failed { location: "the compressor".to_owned(), reason: error.to_string() }
}
