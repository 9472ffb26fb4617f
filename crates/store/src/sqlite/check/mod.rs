//! Looking for damage.

mod batches;
mod blocks;

use super::file::Readers;
use super::frame::Unpacker;
use super::table;
use crate::{Finding, StoreError};
use rusqlite::Connection;
use std::collections::BTreeMap;

/// Findings of SQLite's own check, at most; those beyond say nothing new.
const MAX_STRUCTURE_FINDINGS: u32 = 20;

/// SQLite's own check of its pages, then each batch's directory and each block's head; `deep` unpacks all of them,
/// too.
pub(super) fn check(readers: &Readers, deep: bool) -> Result<Vec<Finding>, StoreError> {
    let place = readers.file.path().display().to_string();
    let mut unpacker = Unpacker::new().map_err(super::codec_failed)?;
    readers.with(|connection| {
        let findings = structure(connection, &place, deep);
        let mut inspection = Inspection::new(connection, place, findings);
        let unpacker = deep.then_some(&mut unpacker);
        let done = inspection.check_batches(unpacker).and_then(|()| inspection.check_blocks(deep));
        done.map_err(readers.file.error())?;
        Ok(inspection.findings)
    })
}

/// What was looked at so far.
struct Inspection<'c> {
    connection: &'c Connection,
    place: String,
    names: BTreeMap<i64, String>,
    findings: Vec<Finding>,
}

impl<'c> Inspection<'c> {
    fn new(connection: &'c Connection, place: String, findings: Vec<Finding>) -> Self {
        // Where the names cannot be read, each batch says so.
        let names = table::collection_names(connection).unwrap_or_default();
        Self { connection, place, names, findings }
    }

    /// Takes note of something that is wrong within a collection.
    fn note(&mut self, collection: i64, rest: &str, problem: String, records: u64) {
        let name = self.names.get(&collection).map_or("?", String::as_str);
        let place = format!("{}, {name}, {rest}", self.place);
        self.findings.push(Finding { place, problem, records: Some(records) });
    }
}

fn structure(connection: &Connection, place: &str, deep: bool) -> Vec<Finding> {
    let pragma = if deep { "integrity_check" } else { "quick_check" };
    let finding = |problem: String| Finding { place: place.to_owned(), problem, records: None };
    match structure_problems(connection, pragma) {
        Ok(problems) => problems.into_iter().map(finding).collect(),
        Err(error) => vec![finding(error.to_string())],
    }
}

fn structure_problems(connection: &Connection, pragma: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement =
        connection.prepare(&format!("PRAGMA {pragma}({MAX_STRUCTURE_FINDINGS})"))?;
    let lines = statement.query_map([], |row| row.get::<_, String>(0))?;
    let problems: rusqlite::Result<Vec<String>> = lines.collect();
    Ok(problems?.into_iter().filter(|line| line != "ok").collect())
}

fn stray(first: i64, last: i64, found: i64) -> String {
    format!("expected events from {first} to {last}, found one at {found}")
}
