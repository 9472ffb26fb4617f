//! A spool in a file: portions in the order in which they came.

use super::append::{Load, loads};
use super::file::File;
use super::format::{PAGE_BYTES, SPOOL};
use super::frame::{Compressors, Frame, Unpacker, documents};
use super::varint::{self, Reader};
use crate::{Followed, OpenOptions, Spool, SpoolKey, StoreError};
use rusqlite::{Connection, ErrorCode, OptionalExtension, TransactionBehavior};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use woodpile_record::Batch;

/// BSON of a portion, at most, unless one record is larger.
const PORTION_BYTES: usize = 4 * 1024 * 1024;

/// Pages of the write-ahead log after which it is moved into the file.
const WAL_PAGES: u32 = 256;

/// Records in a file that wait for the real store. It survives `kill -9` and power loss where its disk does.
#[derive(Debug)]
pub struct SqliteSpool {
    file: File,
    max_bytes: u64,
    compressors: Compressors,
    connection: Mutex<Connection>,
}

impl SqliteSpool {
    /// Opens the spool at `path`, and makes it where it is missing; the file takes at most `max_bytes`.
    ///
    /// # Errors
    /// Says what is wrong with the file.
    pub fn open(path: &Path, max_bytes: u64) -> Result<Self, StoreError> {
        let file = File::open(path, OpenOptions::WRITE, &SPOOL)?;
        let connection = file.connect()?;
        bound(&connection, max_bytes).map_err(file.error())?;
        let compressors = Compressors::default();
        Ok(Self { file, max_bytes, compressors, connection: Mutex::new(connection) })
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn full(&self, error: rusqlite::Error) -> StoreError {
        if error.sqlite_error_code() != Some(ErrorCode::DiskFull) {
            return self.file.error()(error);
        }
        StoreError::Full {
            location: self.file.path().display().to_string(),
            reason: format!(
                "the spool's bound of {} bytes is reached, or its disk is full",
                self.max_bytes
            ),
        }
    }

    fn decode(&self, key: i64, raw: usize, data: &[u8]) -> Result<Vec<Followed>, StoreError> {
        let frame = Frame { stored: 0..data.len(), raw, records: 0, first: 0, last: 0 };
        let mut unpacker = Unpacker::new().map_err(super::codec_failed)?;
        let damaged = |reason: String| StoreError::Damaged {
            place: format!("{}, portion {key}", self.file.path().display()),
            reason,
        };
        let bytes = unpacker.unpack(&frame, data).map_err(damaged)?;
        decode(bytes).ok_or_else(|| damaged("its records make no sense".to_owned()))
    }
}

/// SQLite itself keeps the file within its bound, all overhead counted.
fn bound(connection: &Connection, max_bytes: u64) -> rusqlite::Result<()> {
    let pages = max_bytes / u64::from(PAGE_BYTES);
    connection.pragma_update(None, "max_page_count", i64::try_from(pages).unwrap_or(i64::MAX))?;
    connection.pragma_update(None, "wal_autocheckpoint", WAL_PAGES)
}

impl Spool for SqliteSpool {
    fn put(&self, batches: &[(&str, &Batch)]) -> Result<(), StoreError> {
        let portions: Vec<Portion> = loads(batches, PORTION_BYTES)
            .iter()
            .map(|load| Portion::pack(load, &self.compressors))
            .collect::<std::io::Result<_>>()
            .map_err(super::codec_failed)?;
        insert(&mut self.connection(), &portions).map_err(|error| self.full(error))
    }

    fn oldest(&self) -> Result<Option<(SpoolKey, Vec<Followed>)>, StoreError> {
        let connection = self.connection();
        let oldest = oldest(&connection).map_err(self.file.error())?;
        let Some((key, raw, data)) = oldest else { return Ok(None) };
        match self.decode(key, raw, &data) {
            Ok(portion) => Ok(Some((SpoolKey(key), portion))),
            Err(error) => {
                set_aside(&connection, key).map_err(self.file.error())?;
                Err(error)
            }
        }
    }

    fn remove(&self, key: SpoolKey) -> Result<(), StoreError> {
        remove(&self.connection(), key).map_err(self.file.error())
    }

    fn waiting(&self) -> Result<(u64, u64), StoreError> {
        waiting(&self.connection()).map_err(self.file.error())
    }
}

/// Some records, packed.
struct Portion {
    records: u64,
    raw: u64,
    data: Vec<u8>,
}

impl Portion {
    fn pack(load: &Load<'_>, compressors: &Compressors) -> std::io::Result<Self> {
        let raw = encode(load);
        let data = compressors.with(|compressor| compressor.compress(&raw))?;
        let records = load.iter().map(|(_, records)| records.len() as u64).sum();
        Ok(Self { records, raw: raw.len() as u64, data })
    }
}

/// For each collection its name and its records, each with its length.
fn encode(load: &Load<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, records) in load {
        let size: usize = records.iter().map(|record| record.as_bytes().len()).sum();
        varint::write(name.len() as u64, &mut out);
        out.extend_from_slice(name.as_bytes());
        varint::write(size as u64, &mut out);
        for record in records {
            out.extend_from_slice(record.as_bytes());
        }
    }
    out
}

fn decode(bytes: &[u8]) -> Option<Vec<Followed>> {
    let mut reader = Reader(bytes);
    let mut portion = Vec::new();
    while !reader.is_empty() {
        let length = usize::try_from(reader.number()?).ok()?;
        let collection = str::from_utf8(reader.bytes(length)?).ok()?.to_owned();
        let size = usize::try_from(reader.number()?).ok()?;
        let batch = documents(reader.bytes(size)?).collect();
        portion.push(Followed { collection, batch });
    }
    Some(portion)
}

fn insert(connection: &mut Connection, portions: &[Portion]) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for portion in portions {
        transaction
            .prepare_cached("INSERT INTO portion (records, raw, data) VALUES (?1, ?2, ?3)")?
            .execute((portion.records, portion.raw, &portion.data))?;
    }
    transaction.commit()
}

fn oldest(connection: &Connection) -> rusqlite::Result<Option<(i64, usize, Vec<u8>)>> {
    let sql = "SELECT id, raw, data FROM portion WHERE NOT damaged ORDER BY id LIMIT 1";
    let mut statement = connection.prepare_cached(sql)?;
    statement.query_row([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).optional()
}

/// What is damaged stays for those who want to look, and no longer stands in the way.
fn set_aside(connection: &Connection, key: i64) -> rusqlite::Result<()> {
    connection.execute("UPDATE portion SET damaged = 1 WHERE id = ?1", [key])?;
    Ok(())
}

fn remove(connection: &Connection, key: SpoolKey) -> rusqlite::Result<()> {
    connection.prepare_cached("DELETE FROM portion WHERE id = ?1")?.execute([key.0])?;
    let any = connection.prepare_cached("SELECT 1 FROM portion LIMIT 1")?.exists([])?;
    if !any {
        connection.execute_batch("PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE);")?;
    }
    Ok(())
}

fn waiting(connection: &Connection) -> rusqlite::Result<(u64, u64)> {
    let sql = "
        SELECT coalesce(sum(records), 0), coalesce(sum(length(data)), 0)
        FROM portion WHERE NOT damaged";
    connection.prepare_cached(sql)?.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
}
