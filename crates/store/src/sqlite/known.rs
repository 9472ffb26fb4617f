//! Which records that are brought are here already.

use super::batch::{Stored, Unread};
use super::file::Readers;
use super::frame::{Unpacker, documents};
use super::ids::IdSummary;
use super::table;
use crate::order::id_element;
use crate::{Appended, StoreError};
use rusqlite::Connection;
use std::collections::HashMap;
use woodpile_record::RawDocument;

/// What of the records that were brought is new.
#[derive(Debug)]
pub(super) struct Sifted<'r> {
    pub(super) records: Vec<&'r RawDocument>,
    /// What the append will have done.
    pub(super) appended: Appended,
    /// The ids of the new records.
    pub(super) ids: IdSummary,
    /// The last batch that was looked at.
    pub(super) until: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    New,
    /// The id is there with other bytes.
    Conflict,
    /// It is there.
    Duplicate,
}

/// Looks the records up in the collection; only batches that can hold one of their ids are unpacked.
pub(super) fn sift<'r>(
    readers: &Readers,
    collection: &str,
    records: Vec<&'r RawDocument>,
) -> Result<Sifted<'r>, StoreError> {
    let summary = summary_of(&records);
    let mut incoming = Incoming::new(records);
    let mut unpacker = Unpacker::new().map_err(super::codec_failed)?;
    let until = readers.with(|connection| {
        let until = table::last_id(connection).map_err(readers.file.error())?;
        look_up(connection, collection, &summary, &mut unpacker, &mut incoming)
            .map_err(readers.file.error())?;
        Ok(until)
    })?;
    Ok(incoming.sifted(until))
}

fn summary_of(records: &[&RawDocument]) -> IdSummary {
    IdSummary::of(records.iter().filter_map(|record| id_element(record)))
}

fn look_up(
    connection: &Connection,
    collection: &str,
    summary: &IdSummary,
    unpacker: &mut Unpacker,
    incoming: &mut Incoming<'_>,
) -> rusqlite::Result<()> {
    let Some(collection) = table::find_collection(connection, collection)? else { return Ok(()) };
    for id in table::sharing(connection, collection, 0, summary)? {
        match compare_batch(connection, id, unpacker, incoming) {
            Err(Unread::Failed(error)) => return Err(error),
            // What cannot be read cannot be compared: what is brought is added, the damage is `check`'s to tell.
            Err(Unread::Damaged(_)) | Ok(()) => {}
        }
    }
    Ok(())
}

fn compare_batch(
    connection: &Connection,
    id: i64,
    unpacker: &mut Unpacker,
    incoming: &mut Incoming<'_>,
) -> Result<(), Unread> {
    let Some(stored) = Stored::open(connection, id)? else { return Ok(()) };
    for frame in &stored.frames {
        match stored.read(connection, frame, unpacker) {
            Ok(raw) => documents(raw).for_each(|document| incoming.meet(document)),
            Err(Unread::Damaged(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// The records that were brought, by their ids.
struct Incoming<'r> {
    records: Vec<&'r RawDocument>,
    fates: Vec<Fate>,
    by_id: HashMap<&'r [u8], Vec<usize>>,
}

impl<'r> Incoming<'r> {
    fn new(records: Vec<&'r RawDocument>) -> Self {
        let mut by_id: HashMap<&[u8], Vec<usize>> = HashMap::with_capacity(records.len());
        let mut fates = Vec::with_capacity(records.len());
        for (index, record) in records.iter().enumerate() {
            let same_id = by_id.entry(id_element(record).unwrap_or_default()).or_default();
            let fate = match same_id.as_slice() {
                [] => Fate::New,
                earlier if earlier.iter().any(|&index| records[index] == *record) => {
                    Fate::Duplicate
                }
                _ => Fate::Conflict,
            };
            fates.push(fate);
            same_id.push(index);
        }
        Self { records, fates, by_id }
    }

    /// Takes notice of a record that is in the store.
    fn meet(&mut self, stored: &RawDocument) {
        let same_id = id_element(stored).and_then(|id| self.by_id.get(id));
        for &index in same_id.into_iter().flatten() {
            if self.records[index] == stored {
                self.fates[index] = Fate::Duplicate;
            } else if self.fates[index] == Fate::New {
                self.fates[index] = Fate::Conflict;
            }
        }
    }

    fn sifted(self, until: i64) -> Sifted<'r> {
        let count = |fate| self.fates.iter().filter(|&&found| found == fate).count() as u64;
        let (conflicts, duplicates) = (count(Fate::Conflict), count(Fate::Duplicate));
        let records: Vec<&RawDocument> = self
            .records
            .iter()
            .zip(&self.fates)
            .filter(|(_, fate)| **fate != Fate::Duplicate)
            .map(|(record, _)| *record)
            .collect();
        let appended = Appended { added: records.len() as u64, duplicates, conflicts };
        Sifted { ids: summary_of(&records), records, appended, until }
    }
}
