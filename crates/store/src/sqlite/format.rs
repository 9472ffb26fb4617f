//! What a file of ours is, and how a new one is made.

use super::error::at;
use crate::StoreError;
use rusqlite::{Connection, TransactionBehavior};
use std::path::Path;

/// A kind of file: what marks it, and its tables.
#[derive(Debug)]
pub(super) struct Format {
    /// SQLite's `application_id`.
    application_id: i32,
    /// What each version added, since the first. SQLite's `user_version` says how many of them a file has: it
    /// grows when older releases could not read the file.
    schema: &'static [&'static str],
}

/// Bytes of a page. Measured from 512 B to 8 KiB: appending and reading cost the same; beside its blocks a file has
/// 7 KB with 10,000 records and 16 KB with 300,000, against 14 and 20 KB with pages of 2 KiB.
pub(super) const PAGE_BYTES: u32 = 1024;

/// `application_id` of a store: "Wood".
const STORE_ID: i32 = 0x576F_6F64;

/// `application_id` of a spool: "Wsp1".
const SPOOL_ID: i32 = 0x5773_7031;

/// Logs: `hot` has one row a batch, and its `id`s grow for ever, so that those who follow miss nothing; negative
/// are those that were unpacked. `block` has one row a block; neither uses an `id` twice. `state` has Woodpile's
/// own.
/// The large columns come last: the small ones are then read without them.
pub(super) const STORE: Format = Format {
    application_id: STORE_ID,
    schema: &[
        "
        CREATE TABLE collection (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
        CREATE TABLE hot (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            collection INTEGER NOT NULL,
            records INTEGER NOT NULL,
            first INTEGER NOT NULL,
            last INTEGER NOT NULL,
            raw INTEGER NOT NULL,
            message INTEGER NOT NULL,
            checksum INTEGER NOT NULL,
            frames BLOB NOT NULL,
            ids BLOB NOT NULL,
            data BLOB NOT NULL
        ) STRICT;",
        "
        CREATE TABLE block (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            collection INTEGER NOT NULL,
            records INTEGER NOT NULL,
            first INTEGER NOT NULL,
            last INTEGER NOT NULL,
            message INTEGER NOT NULL,
            checksum INTEGER NOT NULL,
            data BLOB NOT NULL
        ) STRICT;
        CREATE TABLE state (
            name TEXT PRIMARY KEY,
            version BLOB NOT NULL,
            document BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;",
    ],
};

/// What waits for the real store: one row a portion.
pub(super) const SPOOL: Format = Format {
    application_id: SPOOL_ID,
    schema: &["
        CREATE TABLE portion (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            records INTEGER NOT NULL,
            raw INTEGER NOT NULL,
            damaged INTEGER NOT NULL DEFAULT 0,
            data BLOB NOT NULL
        ) STRICT;"],
};

/// What a file turned out to be.
enum Found {
    Ours,
    /// Written by an older release.
    Older,
    Nothing,
    Other(String),
    Newer(u32),
}

impl Format {
    /// Checks that the file is of this format; makes it so where it is empty and `create` says so.
    pub(super) fn ensure(
        &self,
        connection: &mut Connection,
        path: &Path,
        create: bool,
    ) -> Result<(), StoreError> {
        let mut found = self.found(connection).map_err(at(path))?;
        if matches!(found, Found::Nothing) && create {
            found = self.create(connection).map_err(at(path))?;
        }
        let location = path.display().to_string();
        match found {
            Found::Ours | Found::Older => Ok(()),
            Found::Nothing => {
                Err(StoreError::NotAStore { location, found: "the file is empty".to_owned() })
            }
            Found::Other(found) => Err(StoreError::NotAStore { location, found }),
            Found::Newer(found) => {
                Err(StoreError::Newer { location, found, supported: self.version() })
            }
        }
    }

    fn version(&self) -> u32 {
        u32::try_from(self.schema.len()).unwrap_or(u32::MAX)
    }

    /// Gives a file of an older release, which is now going to be written, what it lacks; in one transaction.
    pub(super) fn upgrade(&self, connection: &mut Connection) -> rusqlite::Result<()> {
        if !matches!(self.found(connection)?, Found::Older) {
            return Ok(());
        }
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        self.add_tables(&transaction)?;
        transaction.commit()
    }

    /// What the file's version lacks: nothing, where another process was first.
    fn add_tables(&self, connection: &Connection) -> rusqlite::Result<()> {
        let version: usize =
            connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        for tables in self.schema.iter().skip(version) {
            // SQLite keeps the text as it is, in pages of its own.
            let lines: Vec<&str> = tables.lines().map(str::trim).collect();
            connection.execute_batch(&lines.concat())?;
        }
        connection.pragma_update(None, "user_version", self.version())
    }

    fn found(&self, connection: &Connection) -> rusqlite::Result<Found> {
        let tables: i64 =
            connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        let id: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
        let version: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        Ok(match id {
            0 if tables == 0 && version == 0 => Found::Nothing,
            id if id == self.application_id && version > self.version() => Found::Newer(version),
            id if id == self.application_id && version < self.version() => Found::Older,
            id if id == self.application_id => Found::Ours,
            STORE_ID => Found::Other("it holds a store's logs".to_owned()),
            SPOOL_ID => Found::Other("it is a spool, which a store empties".to_owned()),
            _ => Found::Other("it is a SQLite database of another program".to_owned()),
        })
    }

    /// In one transaction: another process sees nothing, or all of it.
    fn create(&self, connection: &mut Connection) -> rusqlite::Result<Found> {
        connection.pragma_update(None, "page_size", PAGE_BYTES)?;
        connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let found = self.found(&transaction)?;
        if !matches!(found, Found::Nothing) {
            return Ok(found);
        }
        transaction.pragma_update(None, "application_id", self.application_id)?;
        self.add_tables(&transaction)?;
        transaction.commit()?;
        Ok(Found::Ours)
    }
}
