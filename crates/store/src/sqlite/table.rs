//! The tables, row by row.

use super::error::is_damage;
use super::hash::fnv1a;
use super::ids::IdSummary;
use super::piece::Piece;
use crate::Finding;
use rusqlite::{Connection, OptionalExtension, Row};
use std::collections::BTreeMap;

/// Rows that are read in one statement, so that no reader keeps the write-ahead log from shrinking.
const PORTION_ROWS: i64 = 4_096;

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

const HEADERS: &str = "
    SELECT id, collection, records, first, last, raw, message, checksum, frames,
           length(frames) + length(ids) + length(data)
    FROM hot WHERE id > ?1 ORDER BY id LIMIT ?2";

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
    let mut damage = scan(connection, HEADERS, 0, decode, |(header, sound)| {
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

/// Runs `sql`, which selects what comes after an id, up to a number of rows, portion by portion; `decode` gives
/// a row's id, too.
pub(super) fn scan<T>(
    connection: &Connection,
    sql: &str,
    mut after: i64,
    decode: impl Fn(&Row<'_>) -> rusqlite::Result<(i64, T)>,
    mut each: impl FnMut(T),
) -> rusqlite::Result<Vec<Finding>> {
    let mut damage = Vec::new();
    loop {
        let start = after;
        let portion = portion(connection, sql, start, &decode, |(id, row)| {
            after = id;
            each(row);
        });
        match portion {
            Err(error) if is_damage(&error) => {
                let next = next_readable(connection, after)?;
                let last = next.map_or("the end".to_owned(), |next| (next - 1).to_string());
                damage.push(Finding {
                    place: format!("batches {} to {last}", after + 1),
                    problem: error.to_string(),
                    records: None,
                });
                let Some(next) = next else { return Ok(damage) };
                after = next - 1;
            }
            Err(error) => return Err(error),
            Ok(()) if after == start => return Ok(damage),
            Ok(()) => {}
        }
    }
}

fn portion<T>(
    connection: &Connection,
    sql: &str,
    after: i64,
    decode: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
    mut each: impl FnMut(T),
) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([after, PORTION_ROWS])?;
    while let Some(row) = rows.next()? {
        each(decode(row)?);
    }
    Ok(())
}

/// Ids that are tried one by one behind a row that cannot be read, before the steps grow.
const NEAR_IDS: i64 = 64;

/// The first id behind the damage after `after`: of a row, or of none, on a page that can be read. Damage may
/// span any number of ids: steps double until they are over it, then the gap is halved.
fn next_readable(connection: &Connection, after: i64) -> rusqlite::Result<Option<i64>> {
    let damaged = after.saturating_add(1);
    let mut unreadable = damaged;
    let mut step = 1_i64;
    while let Some(id) = damaged.checked_add(step) {
        if is_readable(connection, id)? {
            return first_readable(connection, unreadable, id).map(Some);
        }
        unreadable = id;
        step = if step < NEAR_IDS { step + 1 } else { step.saturating_mul(2) };
    }
    Ok(None)
}

fn first_readable(connection: &Connection, mut bad: i64, mut good: i64) -> rusqlite::Result<i64> {
    while good - bad > 1 {
        let middle = bad + (good - bad) / 2;
        if is_readable(connection, middle)? {
            good = middle;
        } else {
            bad = middle;
        }
    }
    Ok(good)
}

fn is_readable(connection: &Connection, id: i64) -> rusqlite::Result<bool> {
    let mut probe = connection.prepare_cached("SELECT length(data) FROM hot WHERE id = ?1")?;
    match probe.exists([id]) {
        Ok(_) => Ok(true),
        Err(error) if is_damage(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

/// The largest id that a row of `hot` ever had.
pub(super) fn last_id(connection: &Connection) -> rusqlite::Result<i64> {
    let sql = "SELECT seq FROM sqlite_sequence WHERE name = 'hot'";
    let seq = connection.prepare_cached(sql)?.query_row([], |row| row.get(0)).optional()?;
    Ok(seq.unwrap_or(0))
}

/// The batches after `after` of a collection that may hold one of these ids.
pub(super) fn sharing(
    connection: &Connection,
    collection: i64,
    after: i64,
    wanted: &IdSummary,
) -> rusqlite::Result<Vec<i64>> {
    let sql = "SELECT id, collection, ids FROM hot WHERE id > ?1 ORDER BY id LIMIT ?2";
    let mut found = Vec::new();
    let decode = |row: &Row<'_>| {
        let id = row.get(0)?;
        let ours = row.get::<_, i64>(1)? == collection;
        let shares = ours && holds_any(row.get_ref(2)?.as_blob()?, wanted);
        Ok((id, shares.then_some(id)))
    };
    scan(connection, sql, after, decode, |id: Option<i64>| found.extend(id))?;
    Ok(found)
}

/// Whether a batch may hold one of the ids; one whose summary is damaged may.
fn holds_any(summary: &[u8], wanted: &IdSummary) -> bool {
    IdSummary::decode(summary).is_none_or(|held| held.may_share(wanted))
}

/// Adds a batch.
pub(super) fn insert(
    connection: &Connection,
    collection: i64,
    piece: &Piece,
) -> rusqlite::Result<()> {
    let Piece { records, first, last, raw, message, .. } = *piece;
    let header = Header { id: 0, collection, records, first, last, raw, message, stored: 0 };
    let sql = "
        INSERT INTO hot (collection, records, first, last, raw, message, checksum, frames, ids, data)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    connection.prepare_cached(sql)?.execute((
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
