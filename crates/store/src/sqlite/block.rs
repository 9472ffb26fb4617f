//! The table of blocks, row by row, and their bytes, range by range.

use super::error::is_damage;
use super::file::Readers;
use super::hash::fnv1a;
use super::scan::{BEFORE_ALL, Listing, scan};
use crate::{BlockBytes, BlockEntry, BlockId, Finding, NewBlock, StoreError};
use rusqlite::{Connection, MAIN_DB, OptionalExtension, Row};
use std::ops::Range;
use woodpile_block::{BlockError, Bytes};

/// The first version of the file that has blocks.
const FIRST_VERSION: u32 = 2;

/// What a row of `block` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) id: i64,
    pub(super) collection: i64,
    pub(super) records: u64,
    pub(super) first: i64,
    pub(super) last: i64,
    pub(super) message: u64,
    /// Bytes in the file.
    pub(super) stored: u64,
}

impl Head {
    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            collection: row.get(1)?,
            records: row.get(2)?,
            first: row.get(3)?,
            last: row.get(4)?,
            message: row.get(5)?,
            stored: row.get(7)?,
        })
    }

    /// Of what a reader relies on before it opens the block.
    fn checksum(&self) -> u32 {
        let mut bytes = Vec::with_capacity(48);
        bytes.extend_from_slice(&self.collection.to_le_bytes());
        bytes.extend_from_slice(&self.records.to_le_bytes());
        bytes.extend_from_slice(&self.first.to_le_bytes());
        bytes.extend_from_slice(&self.last.to_le_bytes());
        bytes.extend_from_slice(&self.message.to_le_bytes());
        bytes.extend_from_slice(&self.stored.to_le_bytes());
        fnv1a(&bytes)
    }

    /// As those outside know it.
    pub(super) fn entry(&self) -> BlockEntry {
        BlockEntry {
            id: BlockId(self.id),
            records: self.records,
            first: self.first,
            last: self.last,
            bytes: self.stored,
            message_bytes: self.message,
            dirty: false,
        }
    }
}

const HEADS: Listing = Listing {
    rows: "
        SELECT id, collection, records, first, last, message, checksum, length(data)
        FROM block WHERE id > ?1 ORDER BY id LIMIT ?2",
    probe: "SELECT length(data) FROM block WHERE id = ?1",
    noun: "blocks",
};

/// Gives each block's head to `each`, in the order in which they were packed. Says which cannot be read, or not
/// be trusted, and goes on after them.
pub(super) fn heads(
    connection: &Connection,
    mut each: impl FnMut(Head),
) -> rusqlite::Result<Vec<Finding>> {
    if !has_blocks(connection)? {
        return Ok(Vec::new());
    }
    let mut distrusted = Vec::new();
    let decode = |row: &Row<'_>| {
        let head = Head::of(row)?;
        Ok((head.id, (head, row.get::<_, u32>(6)? == head.checksum())))
    };
    let mut damage = scan(connection, &HEADS, BEFORE_ALL, decode, |(head, sound)| {
        if sound {
            each(head);
        } else {
            distrusted.push(head);
        }
    })?;
    damage.extend(distrusted.into_iter().map(|head| Finding {
        place: format!("block {}", head.id),
        problem: "its head does not have the checksum that was stored".to_owned(),
        records: Some(head.records),
    }));
    Ok(damage)
}

/// A file that was written by an older release, and is only read, has no such table yet.
pub(super) fn has_blocks(connection: &Connection) -> rusqlite::Result<bool> {
    let version: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    Ok(version >= FIRST_VERSION)
}

/// The largest id that a block ever had.
pub(super) fn last_id(connection: &Connection) -> rusqlite::Result<i64> {
    super::table::last_id_of(connection, "block")
}

/// Uses up an id, as if a block had it for a moment.
pub(super) fn use_id(connection: &Connection) -> rusqlite::Result<i64> {
    let next = last_id(connection)? + 1;
    let used = "UPDATE sqlite_sequence SET seq = ?1 WHERE name = 'block'";
    if connection.execute(used, [next])? == 0 {
        connection
            .execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('block', ?1)", [next])?;
    }
    Ok(next)
}

/// Adds a block; gives its id.
pub(super) fn insert(
    connection: &Connection,
    collection: i64,
    block: &NewBlock,
) -> rusqlite::Result<i64> {
    let NewBlock { records, first, last, message_bytes: message, .. } = *block;
    let stored = block.bytes.len() as u64;
    let head = Head { id: 0, collection, records, first, last, message, stored };
    let sql = "
        INSERT INTO block (collection, records, first, last, message, checksum, data)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let row = (collection, records, first, last, message, head.checksum(), &block.bytes);
    connection.prepare_cached(sql)?.execute(row)?;
    Ok(connection.last_insert_rowid())
}

/// Removes a block; says whether it was there.
pub(super) fn delete(connection: &Connection, collection: i64, id: i64) -> rusqlite::Result<bool> {
    let sql = "DELETE FROM block WHERE id = ?1 AND collection = ?2";
    Ok(connection.prepare_cached(sql)?.execute([id, collection])? == 1)
}

/// How many records a block has; `None` where it is gone.
pub(super) fn records(
    connection: &Connection,
    collection: i64,
    id: i64,
) -> rusqlite::Result<Option<u64>> {
    let sql = "SELECT records FROM block WHERE id = ?1 AND collection = ?2";
    connection.prepare_cached(sql)?.query_row([id, collection], |row| row.get(0)).optional()
}

/// The name of the collection that has the block.
pub(super) fn collection_name(
    connection: &Connection,
    id: i64,
) -> rusqlite::Result<Option<String>> {
    let sql = "
        SELECT name FROM block JOIN collection ON collection.id = block.collection
        WHERE block.id = ?1";
    connection.prepare_cached(sql)?.query_row([id], |row| row.get(0)).optional()
}

/// Whether the block is there.
pub(super) fn exists(connection: &Connection, id: i64) -> rusqlite::Result<bool> {
    connection.prepare_cached("SELECT 1 FROM block WHERE id = ?1")?.exists([id])
}

/// The bytes of a block over a connection.
#[derive(Debug)]
pub(super) struct Lent<'c> {
    pub(super) connection: &'c Connection,
    pub(super) id: i64,
}

impl Bytes for Lent<'_> {
    fn read(&self, range: Range<u64>) -> Result<Vec<u8>, BlockError> {
        read(self.connection, self.id, &range)
    }
}

/// The bytes of a block, over whichever connection is idle: between two reads none is held.
#[derive(Debug)]
pub(super) struct Pooled<'s> {
    pub(super) readers: &'s Readers,
    pub(super) id: i64,
}

impl Bytes for Pooled<'_> {
    fn read(&self, range: Range<u64>) -> Result<Vec<u8>, BlockError> {
        let read = self.readers.with(|connection| Ok(read(connection, self.id, &range)));
        read.unwrap_or_else(|error| Err(BlockError::Source { reason: error.to_string() }))
    }
}

impl BlockBytes for Pooled<'_> {
    fn read(&self, range: Range<u64>) -> Result<Vec<u8>, StoreError> {
        Bytes::read(self, range).map_err(|error| StoreError::Damaged {
            place: format!("{}, block {}", self.readers.file.path().display(), self.id),
            reason: error.to_string(),
        })
    }
}

fn read(connection: &Connection, id: i64, range: &Range<u64>) -> Result<Vec<u8>, BlockError> {
    let blob = connection.blob_open(MAIN_DB, "block", "data", id, true).map_err(unread)?;
    let place = usize::try_from(range.start).ok().zip(usize::try_from(range.end).ok());
    let place = place.filter(|(start, end)| start <= end && *end <= blob.len());
    let Some((start, end)) = place else {
        return Err(BlockError::Damaged { part: "the block's end".to_owned() });
    };
    let mut bytes = vec![0; end - start];
    blob.read_at_exact(&mut bytes, start).map_err(unread)?;
    Ok(bytes)
}

#[expect(clippy::needless_pass_by_value, reason = "it is given to map_err")]
fn unread(error: rusqlite::Error) -> BlockError {
    if is_damage(&error) {
        BlockError::Damaged { part: format!("the file's page ({error})") }
    } else {
        BlockError::Source { reason: error.to_string() }
    }
}
