//! One SQLite file, for several processes at once.
//!
//! Records rest as batches, one row each: sorted by event time and `_id`, compressed in frames, with a checksum;
//! once they are packed, as blocks, one row each, too, of which ranges are read.
//! There is no secondary index: a row's small columns say what a reader can do without. Writers commit in groups
//! through one connection a process; readers hold no transaction between portions.

mod append;
mod arrival;
mod batch;
mod block;
mod body;
mod check;
mod checkpoint;
mod commit;
mod cursor;
mod error;
mod failpoint;
mod file;
mod follow;
mod format;
mod frame;
mod hash;
#[cfg(test)]
mod killed;
mod known;
mod lease;
mod mark;
mod packing;
mod piece;
mod rows;
mod scan;
mod span;
mod spool;
mod state;
mod stats;
mod table;
mod tidy;
mod varint;

pub(crate) use hash::fnv1a_64;
pub use spool::SqliteSpool;

use crate::memory::refuse_without_id;
use crate::{
    Appended, BlockBytes, BlockEntry, BlockId, CollectionStats, Finding, Follower, Identity,
    OpenOptions, Order, Packing, Prune, Rows, State, Store, StoreError,
};
use append::Appender;
use bson::Document;
use bson::oid::ObjectId;
use commit::Committer;
use file::{File, Readers};
use lease::Leases;
use packing::SqlitePacking;
use rows::SqliteRows;
use span::Wanted;
use std::path::Path;
use woodpile_record::Batch;

/// Records in one SQLite file, which several processes may use at once.
#[derive(Debug)]
pub struct SqliteStore {
    readers: Readers,
    /// Where nothing is written, there is none.
    appender: Option<Appender>,
    leases: Leases,
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
        Ok(Self { readers: Readers::new(file), appender, leases: Leases::default() })
    }

    fn rows(
        &self,
        collection: &str,
        prune: &Prune,
        order: Order,
        packed: bool,
    ) -> Result<Box<dyn Rows + '_>, StoreError> {
        let wanted = Wanted { collection: collection.to_owned(), prune: *prune, order, packed };
        Ok(Box::new(SqliteRows::new(&self.readers, wanted)?))
    }

    fn appender(&self) -> Result<&Appender, StoreError> {
        self.appender.as_ref().ok_or_else(|| StoreError::ReadOnly {
            location: self.location(),
            reason: "it was opened for reading only".to_owned(),
        })
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
        self.appender()?.append(&self.readers, batches, identity)
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
        self.rows(collection, prune, order, true)
    }

    fn hot(
        &self,
        collection: &str,
        prune: &Prune,
        order: Order,
    ) -> Result<Box<dyn Rows + '_>, StoreError> {
        self.rows(collection, prune, order, false)
    }

    fn follow(&self) -> Result<Box<dyn Follower + '_>, StoreError> {
        Ok(Box::new(follow::SqliteFollower::new(&self.readers)?))
    }

    fn blocks(&self, collection: &str) -> Result<Vec<BlockEntry>, StoreError> {
        let error = self.readers.file.error();
        self.readers.with(|connection| packing::blocks(connection, collection).map_err(&error))
    }

    fn block(&self, collection: &str, id: BlockId) -> Result<Box<dyn BlockBytes + '_>, StoreError> {
        let error = self.readers.file.error();
        let found = self
            .readers
            .with(|connection| packing::has_block(connection, collection, id).map_err(&error))?;
        if !found {
            return Err(packing::no_such_block(&self.readers, collection, id));
        }
        Ok(Box::new(block::Pooled { readers: &self.readers, id: id.0 }))
    }

    fn packing(&self, collection: &str) -> Result<Option<Box<dyn Packing + '_>>, StoreError> {
        let appender = self.appender()?;
        let lease = self.leases.take(appender.committer(), &self.readers, collection)?;
        Ok(lease.map(|lease| -> Box<dyn Packing + '_> {
            Box::new(SqlitePacking::new(&self.readers, appender, lease))
        }))
    }

    fn tidy(&self) -> Result<(), StoreError> {
        tidy::tidy(self.appender()?.committer())
    }

    fn state(&self, name: &str) -> Result<Option<State>, StoreError> {
        self.readers
            .with(|connection| state::find(connection, name).map_err(self.readers.file.error()))
    }

    fn states(&self, prefix: &str) -> Result<Vec<State>, StoreError> {
        self.readers
            .with(|connection| state::list(connection, prefix).map_err(self.readers.file.error()))
    }

    fn set_state(
        &self,
        name: &str,
        expected: Option<ObjectId>,
        document: Option<&Document>,
    ) -> Result<bool, StoreError> {
        let document = crate::state::encode(name, document)?;
        let bytes = document.as_ref().map_or(0, Vec::len);
        self.appender()?.committer().transact(bytes, |transaction| {
            state::set(transaction, name, expected, document.as_deref())
                .map_err(self.readers.file.error())
        })
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
