//! Which records that are brought are here already.

use super::batch::{Stored, Unread};
use super::block::{self, Lent};
use super::file::Readers;
use super::frame::{Unpacker, documents};
use super::packing::unpacked_id;
use super::scan::BEFORE_ALL;
use super::table;
use crate::order::id_element;
use crate::{Appended, StoreError};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::collections::{HashMap, HashSet};
use std::ops::RangeInclusive;
use woodpile_block::{Block, Group, IdSummary};
use woodpile_record::{RawDocument, event_time};

/// What of the records that were brought is new.
#[derive(Debug)]
pub(super) struct Sifted<'r> {
    pub(super) records: Vec<&'r RawDocument>,
    /// What the append will have done.
    pub(super) appended: Appended,
    /// The ids of the new records.
    pub(super) ids: IdSummary,
    /// The last batch and the last block that were there.
    pub(super) until: Seen,
}

/// What was there when something was looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seen {
    batch: i64,
    block: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    New,
    /// The id is there with other bytes.
    Conflict,
    /// It is there.
    Duplicate,
}

/// Looks the records up in the collection; only what can hold one of their ids is unpacked.
pub(super) fn sift<'r>(
    readers: &Readers,
    collection: &str,
    records: Vec<&'r RawDocument>,
) -> Result<Sifted<'r>, StoreError> {
    let summary = summary_of(&records);
    let mut incoming = Incoming::new(records);
    let mut unpacker = Unpacker::new().map_err(super::codec_failed)?;
    let until = readers.with(|connection| {
        look_up(connection, collection, &summary, &mut unpacker, &mut incoming)
            .map_err(readers.file.error())
    })?;
    Ok(incoming.sifted(until))
}

/// In one transaction: nothing is packed or unpacked behind its back.
fn look_up(
    connection: &Connection,
    collection: &str,
    summary: &IdSummary,
    unpacker: &mut Unpacker,
    incoming: &mut Incoming<'_>,
) -> rusqlite::Result<Seen> {
    let snapshot = Transaction::new_unchecked(connection, TransactionBehavior::Deferred)?;
    let seen = Seen { batch: table::last_id(&snapshot)?, block: block::last_id(&snapshot)? };
    let Some(collection) = table::find_collection(&snapshot, collection)? else { return Ok(seen) };
    for id in table::sharing(&snapshot, collection, BEFORE_ALL, summary)? {
        match compare_batch(&snapshot, id, unpacker, incoming) {
            Err(Unread::Failed(error)) => return Err(error),
            // What cannot be read cannot be compared: what is brought is added, the damage is `check`'s to tell.
            Err(Unread::Damaged(_) | Unread::Gone) | Ok(()) => {}
        }
    }
    compare_blocks(&snapshot, blocks_after(&snapshot, collection, BEFORE_ALL)?, summary, incoming);
    Ok(seen)
}

fn blocks_after(
    connection: &Connection,
    collection: i64,
    after: i64,
) -> rusqlite::Result<Vec<i64>> {
    let mut blocks = Vec::new();
    block::heads(connection, |head| {
        if head.collection == collection && head.id > after {
            blocks.push(head.id);
        }
    })?;
    Ok(blocks)
}

/// The same record has the same time, so most are found where their time says; those that are not are then looked
/// for by their ids alone.
fn compare_blocks(
    connection: &Connection,
    ids: Vec<i64>,
    summary: &IdSummary,
    incoming: &mut Incoming<'_>,
) {
    let mut candidates: Vec<Candidate<'_>> = ids
        .into_iter()
        .filter_map(|id| Block::open(Lent { connection, id }).ok())
        .filter(|block| block.may_hold(summary).unwrap_or(true))
        .map(|block| Candidate { block, compared: HashSet::new() })
        .collect();
    let wanted = incoming.times();
    for candidate in &mut candidates {
        candidate.compare(candidate.groups_at(&wanted), incoming);
    }
    for candidate in &mut candidates {
        let unmet = incoming.unmet();
        if let Ok(found) = candidate.block.find_ids(&unmet) {
            candidate.compare(found.into_iter().map(|(_, place)| place.group).collect(), incoming);
        }
    }
}

/// A block that may hold what is looked for.
struct Candidate<'c> {
    block: Block<Lent<'c>>,
    /// Groups that were compared already.
    compared: HashSet<usize>,
}

impl Candidate<'_> {
    fn groups_at(&self, times: &RangeInclusive<i64>) -> Vec<usize> {
        let overlaps = |group: &Group| group.first <= *times.end() && group.last >= *times.start();
        let groups = self.block.groups().enumerate();
        groups.filter(|(_, group)| overlaps(group)).map(|(index, _)| index).collect()
    }

    fn compare(&mut self, groups: Vec<usize>, incoming: &mut Incoming<'_>) {
        for group in groups {
            if self.compared.insert(group)
                && let Ok(batch) = self.block.unpack(group)
            {
                batch.iter().for_each(|document| incoming.meet(document));
            }
        }
    }
}

/// Whether a block may hold one of the ids; one that is damaged may.
fn may_hold(connection: &Connection, id: i64, ids: &IdSummary) -> bool {
    let held = Block::open(Lent { connection, id }).and_then(|block| block.may_hold(ids));
    held.unwrap_or(true)
}

/// Whether a batch or a block came since a look-up that may hold one of these ids.
pub(super) fn came_since(
    connection: &Connection,
    collection: &str,
    seen: Seen,
    ids: &IdSummary,
) -> rusqlite::Result<bool> {
    let Some(collection) = table::find_collection(connection, collection)? else {
        return Ok(false);
    };
    // What came, was packed and unpacked again has an id that is less than any that was there.
    let was_unpacked =
        table::least_id(connection)?.is_some_and(|id| id <= unpacked_id(seen.block + 1, 0));
    let mut new_blocks = blocks_after(connection, collection, seen.block)?.into_iter();
    Ok(was_unpacked
        || !table::sharing(connection, collection, seen.batch, ids)?.is_empty()
        || new_blocks.any(|id| may_hold(connection, id, ids)))
}

fn summary_of(records: &[&RawDocument]) -> IdSummary {
    IdSummary::of(records.iter().filter_map(|record| id_element(record)))
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

    /// From the first event to the last.
    fn times(&self) -> RangeInclusive<i64> {
        let times = || self.records.iter().map(|record| event_time(record));
        times().min().unwrap_or(i64::MAX)..=times().max().unwrap_or(i64::MIN)
    }

    /// The ids of those that nothing like them was found of.
    fn unmet(&self) -> Vec<&'r [u8]> {
        let new = self.records.iter().zip(&self.fates).filter(|(_, fate)| **fate == Fate::New);
        new.filter_map(|(record, _)| id_element(record)).collect()
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

    fn sifted(self, until: Seen) -> Sifted<'r> {
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
