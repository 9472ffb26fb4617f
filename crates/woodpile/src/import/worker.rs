//! Turns chunks into records in the store.

use super::Job;
use super::chunk::Chunk;
use super::desk::Desk;
use crossbeam_channel::Receiver;
use std::borrow::Cow;
use std::sync::atomic::Ordering;
use woodpile_keep::Judged;
use woodpile_record::Batch;
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
    let mut fresh = Vec::new();
    for (collection, batch) in desk.born.batches.as_refs() {
        fresh.push((collection, judge(job, collection, batch)?));
    }
    let fresh: Vec<_> = fresh
        .iter()
        .filter(|(_, batch)| !batch.is_empty())
        .map(|(collection, batch)| (*collection, &**batch))
        .collect();
    if !fresh.is_empty() {
        job.gate.admit(job.store, &fresh)?;
        job.store.append(&fresh, Identity::Fresh)?;
        let mut tally = job.tally();
        for (collection, batch) in fresh {
            tally.add(collection, batch.len() as u64);
        }
    }
    for (collection, batch) in desk.brought.as_refs() {
        let batch = judge(job, collection, batch)?;
        job.gate.admit(job.store, &[(collection, &*batch)])?;
        let appended = job.store.append(&[(collection, &*batch)], Identity::Brought)?;
        let mut tally = job.tally();
        tally.add(collection, appended.added);
        tally.add_known(appended.duplicates, appended.conflicts);
    }
    if desk.unread.lines > 0 {
        job.tally().add_unread(desk.unread.lines, desk.unread.first.clone());
    }
    Ok(())
}

/// What the store's rules leave of a batch; what they did is counted.
fn judge<'b>(
    job: &Job<'_>,
    collection: &str,
    batch: &'b Batch,
) -> Result<Cow<'b, Batch>, StoreError> {
    let Some(rules) = job.gate.rules(job.store)? else { return Ok(Cow::Borrowed(batch)) };
    let Judged { batch, dropped, masked } = Judged::new(&*rules, collection, batch);
    job.tally().add_ruled(dropped, masked);
    Ok(Cow::Owned(batch))
}
