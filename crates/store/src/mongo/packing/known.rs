//! Records that are brought, and that a block may hold already.

use super::super::MongoStore;
use super::super::load::Load;
use super::super::{append, twin};
use super::bytes::MongoBlock;
use super::root::Root;
use super::stored::{Opened, root_of};
use super::{hot, root};
use crate::order::id_element;
use crate::{Appended, Followed, StoreError};
use bson::raw::RawDocumentBuf;
use std::collections::{BTreeSet, HashMap};
use woodpile_block::Group;
use woodpile_record::{Batch, RawDocument, event_time};

/// Appends records but for those that blocks have.
pub(in super::super) fn append_brought(
    store: &MongoStore,
    batches: &[(&str, &Batch)],
) -> Result<Appended, StoreError> {
    let mut total = Appended::default();
    for (collection, batch) in batches.iter().filter(|(_, batch)| !batch.is_empty()) {
        let appended = append_to(store, collection, batch)?;
        total.added += appended.added;
        total.duplicates += appended.duplicates;
        total.conflicts += appended.conflicts;
    }
    Ok(total)
}

fn append_to(store: &MongoStore, collection: &str, batch: &Batch) -> Result<Appended, StoreError> {
    let before = root_of(store, collection)?;
    let (there, left) = part(store, &before, batch)?;
    let load = Load::of(collection, &left)?;
    let mut appended =
        store.run(|session| async move { append::append(&session, vec![load]).await })?;
    appended.duplicates += there.len() as u64;
    let after = packed_meanwhile(store, &before)?;
    if let Some(after) = after {
        let (there, _) = part(store, &after, &left)?;
        let removed = remove_hot(store, collection, there)?;
        appended.added = appended.added.saturating_sub(removed);
        appended.duplicates += removed;
    }
    Ok(appended)
}

/// What arrived, without the records that blocks hold or held until they were unpacked.
pub(in super::super) fn not_unpacked(
    store: &MongoStore,
    arrived: &Followed,
) -> Result<Followed, StoreError> {
    let mut root = root_of(store, &arrived.collection)?;
    root.revive();
    let (_, batch) = part(store, &root, &arrived.batch)?;
    Ok(Followed { collection: arrived.collection.clone(), batch })
}

/// The root with the blocks that are new; `None` where there are none.
fn packed_meanwhile(store: &MongoStore, before: &Root) -> Result<Option<Root>, StoreError> {
    let name = before.collection.clone();
    let version = store.run(|session| async move { root::version(&session, &name).await })?;
    if version == before.version {
        return Ok(None);
    }
    let mut after = root_of(store, &before.collection)?;
    after.blocks.retain(|block| !before.holds(block.entry.id));
    Ok((!after.blocks.is_empty()).then_some(after))
}

fn remove_hot(
    store: &MongoStore,
    collection: &str,
    records: Vec<RawDocumentBuf>,
) -> Result<u64, StoreError> {
    let name = collection.to_owned();
    store.run(|session| async move { hot::remove(&session, &name, &records).await })
}

/// Parts a batch in the packed copies of what the blocks have, and what they have not. The same record
/// happened at the same time: only the groups of that time are looked through.
fn part(
    store: &MongoStore,
    root: &Root,
    batch: &Batch,
) -> Result<(Vec<RawDocumentBuf>, Batch), StoreError> {
    let mut wanted = Wanted::of(batch);
    let mut there = BTreeSet::new();
    let mut copies = Vec::new();
    for block in &root.blocks {
        if !wanted.overlaps(block.entry.first, block.entry.last) {
            continue;
        }
        let opened = Opened::new(MongoBlock::new(store, &root.collection, block.clone()))?;
        let groups: Vec<Group> = opened.groups().collect();
        for (number, group) in groups.iter().enumerate() {
            if wanted.overlaps(group.first, group.last) {
                wanted.look_through(&opened.unpack(number)?, &mut there, &mut copies);
            }
        }
    }
    let left = batch.iter().enumerate().filter(|(index, _)| !there.contains(index));
    Ok((copies, left.map(|(_, record)| record).collect()))
}

/// Records that are looked for, by `_id` and by time.
struct Wanted<'b> {
    batch: &'b Batch,
    by_id: HashMap<&'b [u8], Vec<usize>>,
    times: BTreeSet<i64>,
}

impl<'b> Wanted<'b> {
    fn of(batch: &'b Batch) -> Self {
        let mut by_id: HashMap<_, Vec<usize>> = HashMap::new();
        for (index, record) in batch.iter().enumerate() {
            if let Some(id) = id_element(record) {
                by_id.entry(id).or_default().push(index);
            }
        }
        Self { batch, by_id, times: batch.iter().map(event_time).collect() }
    }

    fn overlaps(&self, first: i64, last: i64) -> bool {
        self.times.range(first..=last).next().is_some()
    }

    fn look_through(
        &mut self,
        packed: &Batch,
        there: &mut BTreeSet<usize>,
        copies: &mut Vec<RawDocumentBuf>,
    ) {
        for record in packed.iter() {
            let Some(same_id) = id_element(record).and_then(|id| self.by_id.get(id)) else {
                continue;
            };
            for &index in same_id {
                let is_same = |wanted: &RawDocument| twin::is_same(record, wanted);
                if self.batch.get(index).is_some_and(is_same) && there.insert(index) {
                    copies.push(record.to_owned());
                }
            }
        }
    }
}
