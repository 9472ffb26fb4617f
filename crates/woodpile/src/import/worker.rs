//! Turns chunks into records in the store.

use super::Job;
use super::chunk::Chunk;
use super::desk::Desk;
use crossbeam_channel::Receiver;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use woodpile_store::{Identity, StoreError};

/// Takes chunks until there are no more, or the store fails; then everyone stops.
pub(super) fn work<'j>(job: &'j Job<'j>, chunks: &Receiver<Chunk<'j>>) -> Result<(), StoreError> {
    for chunk in chunks {
        let desk = Desk::read(job, chunk);
        if let Err(error) = keep(job, &desk) {
            job.failed.store(true, Ordering::Relaxed);
            return Err(error);
        }
    }
    Ok(())
}

fn keep(job: &Job<'_>, desk: &Desk<'_>) -> Result<(), StoreError> {
    let fresh = desk.born.batches.as_refs();
    if !fresh.is_empty() {
        job.gate.admit(job.store, &fresh)?;
        job.store.append(&fresh, Identity::Fresh)?;
        let mut tally = job.tally.lock().unwrap_or_else(PoisonError::into_inner);
        for (collection, batch) in fresh {
            tally.add(collection, batch.len() as u64);
        }
    }
    for (collection, batch) in desk.brought.as_refs() {
        job.gate.admit(job.store, &[(collection, batch)])?;
        let appended = job.store.append(&[(collection, batch)], Identity::Brought)?;
        let mut tally = job.tally.lock().unwrap_or_else(PoisonError::into_inner);
        tally.add(collection, appended.added);
        tally.add_known(appended.duplicates, appended.conflicts);
    }
    if desk.unread.lines > 0 {
        let mut tally = job.tally.lock().unwrap_or_else(PoisonError::into_inner);
        tally.add_unread(desk.unread.lines, desk.unread.first.clone());
    }
    Ok(())
}
