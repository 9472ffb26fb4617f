//! Looking for damage.

use super::batch::{Stored, Unread};
use super::block::{self, Lent};
use super::body;
use super::file::Readers;
use super::frame::{Unpacker, documents};
use super::table::{self, Header};
use crate::order::{Key, compare, id_element};
use crate::{Finding, StoreError};
use bson::raw::RawDocumentBuf;
use rusqlite::Connection;
use std::collections::BTreeMap;
use woodpile_block::{Block, BlockError, IdSummary};
use woodpile_record::event_time;

/// Findings of SQLite's own check, at most; those beyond say nothing new.
const MAX_STRUCTURE_FINDINGS: u32 = 20;

/// SQLite's own check of its pages, and of each batch its directory; `deep` unpacks every frame, too.
pub(super) fn check(readers: &Readers, deep: bool) -> Result<Vec<Finding>, StoreError> {
    let place = readers.file.path().display().to_string();
    let mut unpacker = Unpacker::new().map_err(super::codec_failed)?;
    readers.with(|connection| {
        let mut findings = structure(connection, &place, deep);
        let checked =
            check_batches(connection, &place, deep.then_some(&mut unpacker), &mut findings);
        checked.map_err(readers.file.error())?;
        check_blocks(connection, &place, deep, &mut findings).map_err(readers.file.error())?;
        Ok(findings)
    })
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

fn check_batches(
    connection: &Connection,
    place: &str,
    mut unpacker: Option<&mut Unpacker>,
    findings: &mut Vec<Finding>,
) -> rusqlite::Result<()> {
    let names = table::collection_names(connection)?;
    let mut headers = Vec::new();
    findings.extend(table::headers(connection, |header| headers.push(header))?);
    for header in headers {
        match problem_of(connection, &header, &names, unpacker.as_deref_mut()) {
            Ok(None) | Err(Unread::Gone) => {}
            Ok(Some(problem)) | Err(Unread::Damaged(problem)) => {
                let name = names.get(&header.collection).map_or("?", String::as_str);
                findings.push(Finding {
                    place: format!("{place}, {name}, batch {}", header.id),
                    problem,
                    records: Some(header.records),
                });
            }
            Err(Unread::Failed(error)) => return Err(error),
        }
    }
    Ok(())
}

fn check_blocks(
    connection: &Connection,
    place: &str,
    deep: bool,
    findings: &mut Vec<Finding>,
) -> rusqlite::Result<()> {
    let names = table::collection_names(connection)?;
    let mut heads = Vec::new();
    findings.extend(block::heads(connection, |head| heads.push(head))?);
    for head in heads {
        let name = names.get(&head.collection).map_or("?", String::as_str);
        match block_problem(connection, &head, deep) {
            Ok(None) | Err(Unread::Gone) => {}
            Ok(Some(problem)) | Err(Unread::Damaged(problem)) => findings.push(Finding {
                place: format!("{place}, {name}, block {}", head.id),
                problem,
                records: Some(head.records),
            }),
            Err(Unread::Failed(error)) => return Err(error),
        }
    }
    Ok(())
}

/// What is wrong with a block: its own head, and, where `deep` says so, any of its records.
fn block_problem(
    connection: &Connection,
    head: &block::Head,
    deep: bool,
) -> Result<Option<String>, Unread> {
    let unread = |error: &BlockError| body::unread(connection, head.id, error);
    let block = Block::open(Lent { connection, id: head.id }).map_err(|error| unread(&error))?;
    if block.records() as u64 != head.records {
        let found = block.records();
        return Ok(Some(format!("expected {} records, its head says {found}", head.records)));
    }
    let mut last: Option<(Key, RawDocumentBuf)> = None;
    for group in (0..block.groups().len()).take_while(|_| deep) {
        let batch = block.unpack(group).map_err(|error| unread(&error))?;
        for record in batch.iter() {
            let key = Key::of(record);
            if !(head.first..=head.last).contains(&key.time) {
                return Ok(Some(stray(head.first, head.last, key.time)));
            }
            let follows = |(last, before): &(Key, RawDocumentBuf)| {
                compare((last, before), (&key, record)).is_le()
            };
            if !last.as_ref().is_none_or(follows) {
                return Ok(Some("its records are not in order".to_owned()));
            }
            last = Some((key, record.to_owned()));
        }
    }
    Ok(None)
}

fn stray(first: i64, last: i64, found: i64) -> String {
    format!("expected events from {first} to {last}, found one at {found}")
}

/// What is wrong with a batch.
fn problem_of(
    connection: &Connection,
    header: &Header,
    names: &BTreeMap<i64, String>,
    unpacker: Option<&mut Unpacker>,
) -> Result<Option<String>, Unread> {
    if !names.contains_key(&header.collection) {
        return Ok(Some(format!("collection {} has no name", header.collection)));
    }
    // A batch that is gone was packed or forgotten meanwhile.
    let Some(stored) = Stored::open(connection, header.id)? else { return Ok(None) };
    let records: u64 = stored.frames.iter().map(|frame| frame.records).sum();
    let raw: u64 = stored.frames.iter().map(|frame| frame.raw as u64).sum();
    if (records, raw) != (header.records, header.raw) {
        return Ok(Some(format!(
            "expected {} records of {} bytes, its directory says {records} of {raw}",
            header.records, header.raw
        )));
    }
    match unpacker {
        Some(unpacker) => unpacked_problem(connection, header, &stored, unpacker),
        None => Ok(None),
    }
}

fn unpacked_problem(
    connection: &Connection,
    header: &Header,
    stored: &Stored,
    unpacker: &mut Unpacker,
) -> Result<Option<String>, Unread> {
    let mut ids: Vec<Vec<u8>> = Vec::new();
    for frame in &stored.frames {
        let raw = stored.read(connection, frame, unpacker)?;
        ids.extend(documents(raw).filter_map(id_element).map(<[u8]>::to_vec));
        let times: Vec<i64> = documents(raw).map(event_time).collect();
        if times.len() as u64 != frame.records {
            return Ok(Some(format!("expected {} records, found {}", frame.records, times.len())));
        }
        let stray = times.iter().find(|time| !(header.first..=header.last).contains(time));
        if let Some(stray) = stray {
            return Ok(Some(self::stray(header.first, header.last, *stray)));
        }
    }
    let summary = IdSummary::of(ids.iter().map(Vec::as_slice));
    let sound = stored.ids(connection)?.as_ref() == Some(&summary);
    Ok((!sound).then(|| "its summary of ids is not that of its records".to_owned()))
}
