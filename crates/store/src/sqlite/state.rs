//! Woodpile's own state: the table of states, row by row.

use super::block::has_blocks as has_states;
use crate::State;
use bson::Document;
use bson::oid::ObjectId;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row};

/// The state of that name.
pub(super) fn find(connection: &Connection, name: &str) -> rusqlite::Result<Option<State>> {
    if !has_states(connection)? {
        return Ok(None);
    }
    let sql = "SELECT name, version, document FROM state WHERE name = ?1";
    connection.prepare_cached(sql)?.query_row([name], decode).optional()
}

/// The states whose names begin so.
pub(super) fn list(connection: &Connection, prefix: &str) -> rusqlite::Result<Vec<State>> {
    if !has_states(connection)? {
        return Ok(Vec::new());
    }
    let sql = "
        SELECT name, version, document FROM state
        WHERE substr(name, 1, length(?1)) = ?1 ORDER BY name";
    connection.prepare_cached(sql)?.query_map([prefix], decode)?.collect()
}

fn decode(row: &Row<'_>) -> rusqlite::Result<State> {
    const DOCUMENT: usize = 2;
    let document = Document::from_reader(row.get_ref(DOCUMENT)?.as_blob()?);
    let document = document.map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(DOCUMENT, Type::Blob, Box::new(error))
    })?;
    Ok(State { name: row.get(0)?, version: ObjectId::from_bytes(row.get(1)?), document })
}

/// The version of a state.
pub(super) fn version(connection: &Connection, name: &str) -> rusqlite::Result<Option<ObjectId>> {
    let sql = "SELECT version FROM state WHERE name = ?1";
    let version = connection.prepare_cached(sql)?.query_row([name], |row| row.get(0)).optional()?;
    Ok(version.map(ObjectId::from_bytes))
}

/// Sets a state to a document; gives its new version.
pub(super) fn put(
    connection: &Connection,
    name: &str,
    document: &[u8],
) -> rusqlite::Result<ObjectId> {
    let version = ObjectId::new();
    connection.prepare_cached("INSERT OR REPLACE INTO state VALUES (?1, ?2, ?3)")?.execute((
        name,
        version.bytes(),
        document,
    ))?;
    Ok(version)
}

/// Removes a state.
pub(super) fn remove(connection: &Connection, name: &str) -> rusqlite::Result<()> {
    connection.prepare_cached("DELETE FROM state WHERE name = ?1")?.execute([name])?;
    Ok(())
}

/// Removes the states whose names begin so.
pub(super) fn remove_all(connection: &Connection, prefix: &str) -> rusqlite::Result<()> {
    let sql = "DELETE FROM state WHERE substr(name, 1, length(?1)) = ?1";
    connection.prepare_cached(sql)?.execute([prefix]).map(drop)
}

/// Sets or removes a state, where its version is the expected one; says whether it was.
pub(super) fn set(
    connection: &Connection,
    name: &str,
    expected: Option<ObjectId>,
    document: Option<&[u8]>,
) -> rusqlite::Result<bool> {
    if version(connection, name)? != expected {
        return Ok(false);
    }
    match document {
        Some(document) => put(connection, name, document).map(|_| true),
        None => remove(connection, name).map(|()| true),
    }
}
