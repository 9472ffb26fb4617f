use super::super::batch::{Stored, Unread};
use super::super::frame::{Unpacker, documents};
use super::super::table::{self, Header};
use super::{Inspection, stray};
use crate::order::id_element;
use rusqlite::Connection;
use std::collections::BTreeMap;
use woodpile_block::IdSummary;
use woodpile_record::event_time;

impl Inspection<'_> {
    /// Each batch's directory; with an unpacker its records, too.
    pub(super) fn check_batches(
        &mut self,
        mut unpacker: Option<&mut Unpacker>,
    ) -> rusqlite::Result<()> {
        let mut headers = Vec::new();
        let damage = table::headers(self.connection, |header| headers.push(header))?;
        self.findings.extend(damage);
        for header in headers {
            let unpacker = unpacker.as_deref_mut();
            match problem_of(self.connection, &header, &self.names, unpacker) {
                Ok(None) | Err(Unread::Gone) => {}
                Ok(Some(problem)) | Err(Unread::Damaged(problem)) => {
                    let rest = format!("batch {}", header.id);
                    self.note(header.collection, &rest, problem, header.records);
                }
                Err(Unread::Failed(error)) => return Err(error),
            }
        }
        Ok(())
    }
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
        let out = times.iter().find(|time| !(header.first..=header.last).contains(time));
        if let Some(out) = out {
            return Ok(Some(stray(header.first, header.last, *out)));
        }
    }
    let summary = IdSummary::of(ids.iter().map(Vec::as_slice));
    let sound = stored.ids(connection)?.as_ref() == Some(&summary);
    Ok((!sound).then(|| "its summary of ids is not that of its records".to_owned()))
}
