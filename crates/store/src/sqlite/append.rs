//! Appending: what comes is taken in loads of bounded size; each is packed by the caller's thread and committed
//! in one transaction.

use super::commit::{Committer, Guard, Outcome, Part};
use super::file::Readers;
use super::frame::Compressors;
use super::known::sift;
use super::piece::pack;
use crate::{Appended, Identity, StoreError};
use woodpile_record::{Batch, RawDocument};

/// BSON that is packed and committed at once, at most, unless one record is larger.
const LOAD_BYTES: usize = 8 * 1024 * 1024;

/// Records by collection; each collection once.
pub(super) type Load<'r> = Vec<(&'r str, Vec<&'r RawDocument>)>;

/// What packing and writing need.
#[derive(Debug)]
pub(super) struct Appender {
    committer: Committer,
    compressors: Compressors,
}

impl Appender {
    pub(super) fn new(committer: Committer) -> Self {
        Self { committer, compressors: Compressors::default() }
    }

    pub(super) fn committer(&self) -> &Committer {
        &self.committer
    }

    pub(super) fn compressors(&self) -> &Compressors {
        &self.compressors
    }

    /// Appends all, durably.
    pub(super) fn append(
        &self,
        readers: &Readers,
        batches: &[(&str, &Batch)],
        identity: Identity,
    ) -> Result<Appended, StoreError> {
        let mut total = Appended::default();
        for load in loads(batches, LOAD_BYTES) {
            let appended = match identity {
                Identity::Fresh => self.append_fresh(load)?,
                Identity::Brought => self.append_brought(readers, &load)?,
            };
            total.added += appended.added;
            total.duplicates += appended.duplicates;
            total.conflicts += appended.conflicts;
        }
        Ok(total)
    }

    fn append_fresh(&self, load: Load<'_>) -> Result<Appended, StoreError> {
        let added = load.iter().map(|(_, records)| records.len() as u64).sum();
        let parts = load
            .into_iter()
            .map(|(collection, records)| self.part(collection, records, None))
            .collect::<Result<_, _>>()?;
        // Without a guard nothing is stale.
        self.committer.commit(parts)?;
        Ok(Appended { added, ..Appended::default() })
    }

    fn append_brought(&self, readers: &Readers, load: &Load<'_>) -> Result<Appended, StoreError> {
        loop {
            let mut appended = Appended::default();
            let mut parts = Vec::new();
            for (collection, records) in load {
                let sifted = sift(readers, collection, records.clone())?;
                appended.added += sifted.appended.added;
                appended.duplicates += sifted.appended.duplicates;
                appended.conflicts += sifted.appended.conflicts;
                if !sifted.records.is_empty() {
                    let guard = Guard { ids: sifted.ids, until: sifted.until };
                    parts.push(self.part(collection, sifted.records, Some(guard))?);
                }
            }
            if parts.is_empty() || self.committer.commit(parts)? == Outcome::Durable {
                return Ok(appended);
            }
        }
    }

    fn part(
        &self,
        collection: &str,
        records: Vec<&RawDocument>,
        guard: Option<Guard>,
    ) -> Result<Part, StoreError> {
        let pieces = pack(records, &self.compressors).map_err(super::codec_failed)?;
        Ok(Part { collection: collection.to_owned(), pieces, guard })
    }
}

/// Splits what comes into loads of at most `max` bytes, in order; a record that is larger is alone.
pub(super) fn loads<'r>(batches: &[(&'r str, &'r Batch)], max: usize) -> Vec<Load<'r>> {
    let mut loads = Vec::new();
    let mut load: Load<'r> = Vec::new();
    let mut bytes = 0;
    for &(collection, batch) in batches {
        for record in batch.iter() {
            let size = record.as_bytes().len();
            if bytes > 0 && bytes + size > max {
                loads.push(std::mem::take(&mut load));
                bytes = 0;
            }
            bytes += size;
            add(&mut load, collection, record);
        }
    }
    if bytes > 0 {
        loads.push(load);
    }
    loads
}

fn add<'r>(load: &mut Load<'r>, collection: &'r str, record: &'r RawDocument) {
    // The last one is nearly always the one.
    match load.iter_mut().rev().find(|(name, _)| *name == collection) {
        Some((_, records)) => records.push(record),
        None => load.push((collection, vec![record])),
    }
}
