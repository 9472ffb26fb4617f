//! The tables, row by row.

use super::hash::fnv1a;
use super::piece::Piece;
use super::scan::{BEFORE_ALL, Listing, scan};
use crate::Finding;
use rusqlite::{Connection, OptionalExtension, Row};
use std::collections::BTreeMap;
use woodpile_block::IdSummary;

/// What a row of `hot` says of its batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) id: i64,
    pub(super) collection: i64,
    pub(super) records: u64,
    pub(super) first: i64,
    pub(super) last: i64,
    pub(super) raw: u64,
    pub(super) message: u64,
    /// Bytes in the file.
    pub(super) stored: u64,
}

impl Header {
    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            collection: row.get(1)?,
            records: row.get(2)?,
            first: row.get(3)?,
            last: row.get(4)?,
            raw: row.get(5)?,
            message: row.get(6)?,
            stored: row.get(9)?,
        })
    }
}

const PROBE: &str = "SELECT length(data) FROM hot WHERE id = ?1";

const HEADERS: Listing = Listing {
    rows: "
        SELECT id, collection, records, first, last, raw, message, checksum, frames,
               length(frames) + length(ids) + length(data)
        FROM hot WHERE id > ?1 ORDER BY id LIMIT ?2",
    probe: PROBE,
    noun: "batches",
};

const SUMMARIES: Listing = Listing {
    rows: "SELECT id, collection, ids FROM hot WHERE id > ?1 ORDER BY id LIMIT ?2",
    probe: PROBE,
    noun: "batches",
};

/// Gives each row's header to `each`, in the order of arrival. Says which rows cannot be read, or not be
/// trusted, and goes on after them.
pub(super) fn headers(
    connection: &Connection,
    mut each: impl FnMut(Header),
) -> rusqlite::Result<Vec<Finding>> {
    let mut distrusted = Vec::new();
    let decode = |row: &Row<'_>| {
        let header = Header::of(row)?;
        let expected: u32 = row.get(7)?;
        let found = checksum(&header, row.get_ref(8)?.as_blob()?);
        Ok((header.id, (header, expected == found)))
    };
    let mut damage = scan(connection, &HEADERS, BEFORE_ALL, decode, |(header, sound)| {
        if sound {
            each(header);
        } else {
            distrusted.push(header);
        }
    })?;
    damage.extend(distrusted.into_iter().map(|header| Finding {
        place: format!("batch {}", header.id),
        problem: "its head does not have the checksum that was stored".to_owned(),
        records: Some(header.records),
    }));
    Ok(damage)
}

/// Of what a reader relies on before it unpacks anything.
fn checksum(header: &Header, frames: &[u8]) -> u32 {
    let mut bytes = Vec::with_capacity(48 + frames.len());
    bytes.extend_from_slice(&header.collection.to_le_bytes());
    bytes.extend_from_slice(&header.records.to_le_bytes());
    bytes.extend_from_slice(&header.first.to_le_bytes());
    bytes.extend_from_slice(&header.last.to_le_bytes());
    bytes.extend_from_slice(&header.raw.to_le_bytes());
    bytes.extend_from_slice(&header.message.to_le_bytes());
    bytes.extend_from_slice(frames);
    fnv1a(&bytes)
}

/// The largest id that a row of `hot` ever had, of those that were appended.
pub(super) fn last_id(connection: &Connection) -> rusqlite::Result<i64> {
    last_id_of(connection, "hot")
}

/// The largest id that a row of a table ever had.
pub(super) fn last_id_of(connection: &Connection, table: &str) -> rusqlite::Result<i64> {
    let sql = "SELECT seq FROM sqlite_sequence WHERE name = ?1";
    let seq = connection.prepare_cached(sql)?.query_row([table], |row| row.get(0)).optional()?;
    Ok(seq.unwrap_or(0))
}

/// The batches after `after` of a collection that may hold one of these ids.
pub(super) fn sharing(
    connection: &Connection,
    collection: i64,
    after: i64,
    wanted: &IdSummary,
) -> rusqlite::Result<Vec<i64>> {
    let mut found = Vec::new();
    let decode = |row: &Row<'_>| {
        let id = row.get(0)?;
        let ours = row.get::<_, i64>(1)? == collection;
        let shares = ours && holds_any(row.get_ref(2)?.as_blob()?, wanted);
        Ok((id, shares.then_some(id)))
    };
    scan(connection, &SUMMARIES, after, decode, |id: Option<i64>| found.extend(id))?;
    Ok(found)
}

/// Whether a batch may hold one of the ids; one whose summary is damaged may.
fn holds_any(summary: &[u8], wanted: &IdSummary) -> bool {
    IdSummary::decode(summary).is_none_or(|held| held.may_share(wanted))
}

/// Adds a batch; without an `id` as the last that came.
pub(super) fn insert(
    connection: &Connection,
    collection: i64,
    id: Option<i64>,
    piece: &Piece,
) -> rusqlite::Result<()> {
    let Piece { records, first, last, raw, message, .. } = *piece;
    let header = Header { id: 0, collection, records, first, last, raw, message, stored: 0 };
    let sql = "
        INSERT INTO hot
            (id, collection, records, first, last, raw, message, checksum, frames, ids, data)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
    connection.prepare_cached(sql)?.execute((
        id,
        collection,
        records,
        first,
        last,
        raw,
        message,
        checksum(&header, &piece.frames),
        &piece.frames,
        &piece.ids,
        &piece.data,
    ))?;
    Ok(())
}

/// Removes a batch; says whether it was there.
pub(super) fn delete(connection: &Connection, collection: i64, id: i64) -> rusqlite::Result<bool> {
    let sql = "DELETE FROM hot WHERE id = ?1 AND collection = ?2";
    Ok(connection.prepare_cached(sql)?.execute([id, collection])? == 1)
}

/// The least id of a batch.
pub(super) fn least_id(connection: &Connection) -> rusqlite::Result<Option<i64>> {
    connection.prepare_cached("SELECT min(id) FROM hot")?.query_row([], |row| row.get(0))
}

/// The collection's number.
pub(super) fn find_collection(
    connection: &Connection,
    name: &str,
) -> rusqlite::Result<Option<i64>> {
    let sql = "SELECT id FROM collection WHERE name = ?1";
    connection.prepare_cached(sql)?.query_row([name], |row| row.get(0)).optional()
}

/// The collection's number, which it gets where it has none.
pub(super) fn make_collection(connection: &Connection, name: &str) -> rusqlite::Result<i64> {
    if let Some(id) = find_collection(connection, name)? {
        return Ok(id);
    }
    connection.execute("INSERT INTO collection (name) VALUES (?1)", [name])?;
    Ok(connection.last_insert_rowid())
}

/// Every collection's name by its number.
pub(super) fn collection_names(connection: &Connection) -> rusqlite::Result<BTreeMap<i64, String>> {
    let mut statement = connection.prepare_cached("SELECT id, name FROM collection")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect()
}

/// The file's size, what waits in the write-ahead log included.
pub(super) fn file_bytes(connection: &Connection) -> rusqlite::Result<u64> {
    let pages: u64 = connection.pragma_query_value(None, "page_count", |row| row.get(0))?;
    let page: u64 = connection.pragma_query_value(None, "page_size", |row| row.get(0))?;
    Ok(pages * page)
}
