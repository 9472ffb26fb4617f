//! Records that come from outside, or come again, and that a block may have.

use super::super::load::Load;
use super::super::{MongoStore, append, twin};
use super::cache::{root_of, version_of};
use super::known::{Fate, chosen, look_up};
use super::root::{Root, Stored};
use super::{hot, known, roots};
use crate::{Appended, Followed, StoreError};
use std::collections::HashMap;
use woodpile_record::Batch;

/// Appends records but for those that blocks have.
pub(in super::super) fn append_brought(
    store: &MongoStore,
    batches: &[(&str, &Batch)],
) -> Result<Appended, StoreError> {
    let mut total = Appended::default();
    for (collection, batch) in batches.iter().filter(|(_, batch)| !batch.is_empty()) {
        add(&mut total, append_to(store, collection, batch)?);
    }
    Ok(total)
}

fn append_to(store: &MongoStore, collection: &str, batch: &Batch) -> Result<Appended, StoreError> {
    let before = root_of(store, collection)?;
    let fates = look_up(store, collection, &before.blocks, batch, twin::is_same)?;
    let (new, beside) = (
        chosen(batch, &fates, |fate| fate == Fate::New),
        chosen(batch, &fates, |fate| fate == Fate::Conflict),
    );
    let mut appended = append_hot(store, collection, &new)?;
    let conflicts = append_hot(store, collection, &beside)?;
    add(&mut appended, Appended { conflicts: conflicts.added, ..conflicts });
    appended.duplicates += (batch.len() - new.len() - beside.len()) as u64;
    let copies = copies_of_packed(store, &before, &new)?.min(appended.added);
    appended.added -= copies;
    appended.duplicates += copies;
    Ok(appended)
}

fn append_hot(store: &MongoStore, collection: &str, batch: &Batch) -> Result<Appended, StoreError> {
    let load = Load::of(collection, batch)?;
    store.run(|session| async move { append::append(&session, vec![load]).await })
}

/// How many records were inserted although a block that came meanwhile had them, and their hot copies were gone. The
/// next who packs deletes what was inserted; until then readers see one of the two.
fn copies_of_packed(store: &MongoStore, before: &Root, new: &Batch) -> Result<u64, StoreError> {
    let collection = &before.collection;
    if version_of(store, collection)? == before.version {
        return Ok(0);
    }
    let after = root_of(store, collection)?;
    let is_new = |block: &&Stored| !before.holds(block.entry.id) && !block.entry.dirty;
    let blocks = after.blocks.iter().filter(is_new);
    let fates = look_up(store, collection, blocks, new, twin::is_same)?;
    let packed = hot::one_by_one(&chosen(new, &fates, |fate| fate == Fate::Copy));
    let name = collection.clone();
    store.run(|session| async move { hot::count(&session, &name, &packed).await })
}

fn add(total: &mut Appended, more: Appended) {
    total.added += more.added;
    total.duplicates += more.duplicates;
    total.conflicts += more.conflicts;
}

/// Tells a follower what is new from what was unpacked.
#[derive(Debug)]
pub(in super::super) struct NotUnpacked {
    /// How often blocks of each collection had been unpacked when it began.
    before: HashMap<String, i64>,
}

impl NotUnpacked {
    pub(in super::super) fn since_now(store: &MongoStore) -> Result<Self, StoreError> {
        let versions = store.run(|session| async move { roots::versions(&session).await })?;
        let before = versions.into_iter().map(|(name, version)| (name, version.unpacked));
        Ok(Self { before: before.collect() })
    }

    /// What arrived, without the records that blocks have, or had until they were unpacked.
    pub(in super::super) fn of(
        &self,
        store: &MongoStore,
        arrived: &Followed,
    ) -> Result<Followed, StoreError> {
        let collection = &arrived.collection;
        let before = self.before.get(collection).copied().unwrap_or_default();
        if version_of(store, collection)?.unpacked == before {
            return Ok(arrived.clone());
        }
        let root = root_of(store, collection)?;
        let blocks: Vec<Stored> = root.blocks_and_garbage().cloned().collect();
        let (_, batch) = known::part(store, collection, &blocks, &arrived.batch)?;
        Ok(Followed { collection: collection.clone(), batch })
    }
}
