use crate::order::{Key, compare, id_element};
use crate::packing::message_bytes;
use crate::{
    Appended, BlockBytes, BlockEntry, BlockId, CollectionStats, Finding, Followed, Follower,
    HotPortion, Identity, NewBlock, Order, Packing, Prune, Rows, State, Store, StoreError, state,
};
use bson::Document;
use bson::oid::ObjectId;
use bson::raw::RawDocumentBuf;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::ops::Range;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use woodpile_block::{Block, BlockError};
use woodpile_record::{Batch, RawDocument};

/// Records that a reader gets at once.
const PORTION_RECORDS: usize = 1_000;

/// Records in memory, gone with the process: the reference for what a store does, and a place for tests.
#[derive(Debug, Default)]
pub struct MemoryStore {
    kept: Mutex<Kept>,
    appended: Condvar,
}

#[derive(Debug, Default)]
struct Kept {
    collections: BTreeMap<String, Collection>,
    /// What came when: a collection and its records.
    log: Vec<(String, Vec<Record>)>,
    /// Collections that are being packed.
    leases: BTreeSet<String>,
    last_block: i64,
    states: BTreeMap<String, State>,
}

/// A record, wherever it is needed.
type Record = Arc<RawDocumentBuf>;

/// A collection's records.
#[derive(Debug, Default)]
struct Collection {
    /// As they arrived, by their number.
    hot: BTreeMap<i64, (Key, Record)>,
    blocks: BTreeMap<BlockId, Arc<NewBlock>>,
    /// Hot and packed alike: what is looked up when records are brought.
    by_id: HashMap<Box<[u8]>, Vec<Record>>,
    last_number: i64,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find_block(&self, collection: &str, id: BlockId) -> Result<Arc<NewBlock>, StoreError> {
        let kept = self.kept();
        let found = kept.collections.get(collection).and_then(|found| found.blocks.get(&id));
        found.cloned().ok_or_else(|| no_such_block(collection, id))
    }
}

fn no_such_block(collection: &str, id: BlockId) -> StoreError {
    StoreError::Failed {
        location: "memory".to_owned(),
        reason: format!("{collection} has no block {} now: list its blocks again", id.0),
    }
}

impl Store for MemoryStore {
    fn location(&self) -> String {
        "memory".to_owned()
    }

    fn append(
        &self,
        batches: &[(&str, &Batch)],
        identity: Identity,
    ) -> Result<Appended, StoreError> {
        refuse_without_id(batches)?;
        let mut kept = self.kept();
        let mut appended = Appended::default();
        for &(name, batch) in batches.iter().filter(|(_, batch)| !batch.is_empty()) {
            let collection = kept.collections.entry(name.to_owned()).or_default();
            let added: Vec<Record> = batch
                .iter()
                .filter_map(|document| collection.append(document, identity, &mut appended))
                .collect();
            if !added.is_empty() {
                kept.log.push((name.to_owned(), added));
            }
        }
        self.appended.notify_all();
        Ok(appended)
    }

    fn collections(&self) -> Result<Vec<CollectionStats>, StoreError> {
        Ok(self
            .kept()
            .collections
            .iter()
            .map(|(name, collection)| collection.stats(name))
            .collect())
    }

    fn read(
        &self,
        collection: &str,
        prune: &Prune,
        order: Order,
    ) -> Result<Box<dyn Rows + '_>, StoreError> {
        let kept = self.kept();
        let Some(found) = kept.collections.get(collection) else {
            return Ok(Box::<MemoryRows>::default());
        };
        let (mut records, damage) = found.unpacked();
        records.extend(found.hot.values().cloned());
        Ok(Box::new(MemoryRows { left: sorted(records, prune, order), damage }))
    }

    fn hot(
        &self,
        collection: &str,
        prune: &Prune,
        order: Order,
    ) -> Result<Box<dyn Rows + '_>, StoreError> {
        let kept = self.kept();
        let hot = kept.collections.get(collection).map(|found| found.hot.values().cloned());
        let left = sorted(hot.into_iter().flatten().collect(), prune, order);
        Ok(Box::new(MemoryRows { left, damage: Vec::new() }))
    }

    fn follow(&self) -> Result<Box<dyn Follower + '_>, StoreError> {
        let seen = self.kept().log.len();
        Ok(Box::new(MemoryFollower { store: self, seen }))
    }

    fn blocks(&self, collection: &str) -> Result<Vec<BlockEntry>, StoreError> {
        let kept = self.kept();
        let blocks = kept.collections.get(collection).map(|found| &found.blocks);
        let mut entries: Vec<BlockEntry> =
            blocks.into_iter().flatten().map(|(&id, block)| entry(id, block)).collect();
        entries.sort_by_key(|entry| (entry.first, entry.id));
        Ok(entries)
    }

    fn block(&self, collection: &str, id: BlockId) -> Result<Box<dyn BlockBytes + '_>, StoreError> {
        Ok(Box::new(MemoryBlock(self.find_block(collection, id)?)))
    }

    fn packing(&self, collection: &str) -> Result<Option<Box<dyn Packing + '_>>, StoreError> {
        let collection = collection.to_owned();
        let taken = self.kept().leases.insert(collection.clone());
        Ok(taken.then(|| -> Box<dyn Packing + '_> {
            Box::new(MemoryPacking { store: self, collection })
        }))
    }

    fn state(&self, name: &str) -> Result<Option<State>, StoreError> {
        Ok(self.kept().states.get(name).cloned())
    }

    fn states(&self, prefix: &str) -> Result<Vec<State>, StoreError> {
        let kept = self.kept();
        let states = kept.states.range(prefix.to_owned()..);
        let states = states.take_while(|(name, _)| name.starts_with(prefix));
        Ok(states.map(|(_, state)| state.clone()).collect())
    }

    fn set_state(
        &self,
        name: &str,
        expected: Option<ObjectId>,
        document: Option<&Document>,
    ) -> Result<bool, StoreError> {
        state::encode(name, document)?;
        let states = &mut self.kept().states;
        if states.get(name).map(|state| state.version) != expected {
            return Ok(false);
        }
        states.remove(name);
        let state = document.cloned().map(|document| State {
            name: name.to_owned(),
            version: ObjectId::new(),
            document,
        });
        states.extend(state.map(|state| (name.to_owned(), state)));
        Ok(true)
    }

    fn check(&self, deep: bool) -> Result<Vec<Finding>, StoreError> {
        let kept = self.kept();
        let blocks = kept.collections.values().filter(|_| deep).flat_map(|found| &found.blocks);
        Ok(blocks
            .filter_map(|(&id, block)| unpack(block).err().map(|e| damaged(id, block, &e)))
            .collect())
    }
}

/// Refuses what has a record without an `_id`: nothing could name it, and a retry would double it.
pub(crate) fn refuse_without_id(batches: &[(&str, &Batch)]) -> Result<(), StoreError> {
    for (name, batch) in batches {
        let nameless = batch.iter().position(|document| id_element(document).is_none());
        if let Some(index) = nameless {
            return Err(StoreError::Rejected {
                place: format!("record {} for {name}", index + 1),
                reason: "it has no _id".to_owned(),
            });
        }
    }
    Ok(())
}

impl Collection {
    /// Adds a record, unless it is there already.
    fn append(
        &mut self,
        document: &RawDocument,
        identity: Identity,
        appended: &mut Appended,
    ) -> Option<Record> {
        let id = id_element(document).unwrap_or_default();
        if identity == Identity::Brought
            && let Some(same_id) = self.by_id.get(id)
        {
            if same_id.iter().any(|record| ***record == *document) {
                appended.duplicates += 1;
                return None;
            }
            appended.conflicts += 1;
        }
        let record = Arc::new(document.to_owned());
        self.by_id.entry(id.into()).or_default().push(Arc::clone(&record));
        self.add_hot(Arc::clone(&record));
        appended.added += 1;
        Some(record)
    }

    fn add_hot(&mut self, record: Record) {
        self.last_number += 1;
        self.hot.insert(self.last_number, (Key::of(&record), record));
    }

    /// The records of all blocks, and the blocks that cannot be read.
    fn unpacked(&self) -> (Vec<(Key, Record)>, Vec<Finding>) {
        let (mut records, mut damage) = (Vec::new(), Vec::new());
        for (&id, block) in &self.blocks {
            match unpack(block) {
                Ok(batch) => records.extend(
                    batch.iter().map(|record| (Key::of(record), Arc::new(record.to_owned()))),
                ),
                Err(error) => damage.push(damaged(id, block, &error)),
            }
        }
        (records, damage)
    }

    /// Looks for what there is by its id again: some of it was forgotten.
    fn know_anew(&mut self) {
        let (packed, _) = self.unpacked();
        self.by_id.clear();
        for (_, record) in packed.into_iter().chain(self.hot.values().cloned()) {
            let id = id_element(&record).unwrap_or_default();
            self.by_id.entry(id.into()).or_default().push(Arc::clone(&record));
        }
    }

    fn stats(&self, name: &str) -> CollectionStats {
        let hot = || self.hot.values();
        let blocks = || self.blocks.values();
        let packed_records: u64 = blocks().map(|block| block.records).sum();
        let packed_bytes: u64 = blocks().map(|block| block.bytes.len() as u64).sum();
        let packed_messages: u64 = blocks().map(|block| block.message_bytes).sum();
        let hot_bytes = hot().map(|(_, record)| size(record)).sum();
        let times = hot().map(|(key, _)| key.time);
        CollectionStats {
            name: name.to_owned(),
            records: hot().count() as u64 + packed_records,
            hot_records: hot().count() as u64,
            hot_bytes,
            packed_records,
            logical_bytes: hot_bytes + packed_bytes,
            message_bytes: Some(
                hot().map(|(_, record)| message_bytes(record)).sum::<u64>() + packed_messages,
            ),
            first: times.clone().chain(blocks().map(|block| block.first)).min(),
            last: times.chain(blocks().map(|block| block.last)).max(),
        }
    }
}

/// What the prune leaves, in order.
fn sorted(mut records: Vec<(Key, Record)>, prune: &Prune, order: Order) -> VecDeque<Record> {
    records.retain(|(key, _)| prune.keeps(key.time));
    records.sort_by(|(key_a, a), (key_b, b)| compare((key_a, a), (key_b, b)));
    if order == Order::NewestFirst {
        records.reverse();
    }
    records.into_iter().map(|(_, record)| record).collect()
}

fn size(document: &RawDocument) -> u64 {
    document.as_bytes().len() as u64
}

fn entry(id: BlockId, block: &NewBlock) -> BlockEntry {
    BlockEntry {
        id,
        records: block.records,
        first: block.first,
        last: block.last,
        bytes: block.bytes.len() as u64,
        message_bytes: block.message_bytes,
        dirty: false,
    }
}

fn unpack(block: &NewBlock) -> Result<Batch, BlockError> {
    let block = Block::open(block.bytes.as_slice())?;
    let mut all = Batch::new();
    for group in 0..block.groups().len() {
        block.unpack(group)?.iter().for_each(|record| all.push(record));
    }
    Ok(all)
}

fn damaged(id: BlockId, block: &NewBlock, error: &BlockError) -> Finding {
    Finding {
        place: format!("block {}", id.0),
        problem: error.to_string(),
        records: Some(block.records),
    }
}

/// What was there when reading began.
#[derive(Default)]
struct MemoryRows {
    left: VecDeque<Record>,
    damage: Vec<Finding>,
}

impl Rows for MemoryRows {
    fn next(&mut self) -> Result<Option<Batch>, StoreError> {
        let portion = self.left.len().min(PORTION_RECORDS);
        let records: Vec<Record> = self.left.drain(..portion).collect();
        let batch: Batch = records.iter().map(|record| -> &RawDocument { record }).collect();
        Ok((!batch.is_empty()).then_some(batch))
    }

    fn damage(&self) -> &[Finding] {
        &self.damage
    }
}

struct MemoryFollower<'s> {
    store: &'s MemoryStore,
    seen: usize,
}

impl Follower for MemoryFollower<'_> {
    fn poll(&mut self, wait: Duration) -> Result<Vec<Followed>, StoreError> {
        let kept = self.store.kept();
        let seen = self.seen;
        let (kept, _) = self
            .store
            .appended
            .wait_timeout_while(kept, wait, |kept| kept.log.len() == seen)
            .unwrap_or_else(PoisonError::into_inner);
        self.seen = kept.log.len();
        Ok(kept.log[seen..].iter().map(|(name, records)| followed(name, records)).collect())
    }
}

fn followed(name: &str, records: &[Record]) -> Followed {
    let batch = records.iter().map(|record| -> &RawDocument { record }).collect();
    Followed { collection: name.to_owned(), batch }
}

struct MemoryBlock(Arc<NewBlock>);

impl BlockBytes for MemoryBlock {
    fn read(&self, range: Range<u64>) -> Result<Vec<u8>, StoreError> {
        woodpile_block::Bytes::read(self.0.bytes.as_slice(), range).map_err(|error| {
            StoreError::Damaged { place: "a block in memory".to_owned(), reason: error.to_string() }
        })
    }
}

/// Nobody else packs this collection while it is there; nobody can take it away.
struct MemoryPacking<'s> {
    store: &'s MemoryStore,
    collection: String,
}

impl MemoryPacking<'_> {
    fn with<T>(&self, work: impl FnOnce(&mut Collection, &mut i64) -> T) -> T {
        let mut kept = self.store.kept();
        let Kept { collections, last_block, .. } = &mut *kept;
        match collections.get_mut(&self.collection) {
            Some(collection) => work(collection, last_block),
            None => work(&mut Collection::default(), last_block),
        }
    }
}

fn add_block(collection: &mut Collection, last_block: &mut i64, block: NewBlock) -> BlockId {
    *last_block += 1;
    let id = BlockId(*last_block);
    collection.blocks.insert(id, Arc::new(block));
    id
}

impl Packing for MemoryPacking<'_> {
    fn renew(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    fn hot(&mut self, max_records: usize, max_bytes: usize) -> Result<HotPortion, StoreError> {
        Ok(self.with(|collection, _| {
            let mut hot: Vec<(&i64, &(Key, Record))> = collection.hot.iter().collect();
            hot.sort_by(|(_, (key_a, a)), (_, (key_b, b))| compare((key_a, a), (key_b, b)));
            let (mut batch, mut keys) = (Batch::new(), Vec::new());
            for (number, (_, record)) in hot.into_iter().take(max_records.max(1)) {
                let fits = batch.as_bytes().len() + record.as_bytes().len() <= max_bytes;
                if !fits && !batch.is_empty() {
                    break;
                }
                batch.push(record);
                keys.push(*number);
            }
            HotPortion { batch, keys }
        }))
    }

    fn pack(&mut self, portion: HotPortion, block: NewBlock) -> Result<BlockId, StoreError> {
        Ok(self.with(|collection, last_block| {
            for key in portion.keys {
                collection.hot.remove(&key);
            }
            add_block(collection, last_block, block)
        }))
    }

    fn replace(&mut self, old: &[BlockId], new: Vec<NewBlock>) -> Result<(), StoreError> {
        self.with(|collection, last_block| {
            let missing = old.iter().find(|id| !collection.blocks.contains_key(*id));
            if let Some(&id) = missing {
                return Err(no_such_block(&self.collection, id));
            }
            collection.blocks.retain(|id, _| !old.contains(id));
            for block in new {
                add_block(collection, last_block, block);
            }
            Ok(())
        })
    }

    fn forget(&mut self, old: &[BlockId], new: Vec<NewBlock>) -> Result<(), StoreError> {
        self.replace(old, new)?;
        self.with(|collection, _| collection.know_anew());
        Ok(())
    }

    fn forget_hot(
        &mut self,
        prune: &Prune,
        goes: &mut dyn FnMut(&RawDocument) -> bool,
    ) -> Result<u64, StoreError> {
        Ok(self.with(|collection, _| {
            let before = collection.hot.len();
            collection.hot.retain(|_, (key, record)| !(prune.keeps(key.time) && goes(record)));
            let gone = before - collection.hot.len();
            if gone > 0 {
                collection.know_anew();
            }
            gone as u64
        }))
    }

    fn unpack(&mut self, block: BlockId, records: &Batch) -> Result<(), StoreError> {
        self.with(|collection, _| {
            if collection.blocks.remove(&block).is_none() {
                return Err(no_such_block(&self.collection, block));
            }
            records.iter().for_each(|record| collection.add_hot(Arc::new(record.to_owned())));
            Ok(())
        })
    }
}

impl Drop for MemoryPacking<'_> {
    fn drop(&mut self) {
        self.store.kept().leases.remove(&self.collection);
    }
}
