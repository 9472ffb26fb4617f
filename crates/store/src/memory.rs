use crate::order::{Key, compare, id_element};
use crate::{
    Appended, CollectionStats, Finding, Followed, Follower, Identity, Order, Prune, Rows, Spool,
    SpoolKey, Store, StoreError,
};
use bson::raw::RawDocumentBuf;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::ops::Range;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use woodpile_record::{Batch, RawDocument, View};

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
    log: Vec<(String, Range<usize>)>,
}

/// A collection's records, as they arrived.
#[derive(Debug, Default)]
struct Collection {
    records: Vec<(Key, RawDocumentBuf)>,
    by_id: HashMap<Box<[u8]>, Vec<usize>>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
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
            let start = collection.records.len();
            for document in batch.iter() {
                collection.append(document, identity, &mut appended);
            }
            let end = collection.records.len();
            if end > start {
                kept.log.push((name.to_owned(), start..end));
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
        let sorted = kept
            .collections
            .get(collection)
            .map(|found| found.sorted(prune, order))
            .unwrap_or_default();
        Ok(Box::new(MemoryRows {
            store: self,
            collection: collection.to_owned(),
            left: sorted.into(),
        }))
    }

    fn follow(&self) -> Result<Box<dyn Follower + '_>, StoreError> {
        let seen = self.kept().log.len();
        Ok(Box::new(MemoryFollower { store: self, seen }))
    }

    fn check(&self, _deep: bool) -> Result<Vec<Finding>, StoreError> {
        Ok(Vec::new())
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
    fn append(&mut self, document: &RawDocument, identity: Identity, appended: &mut Appended) {
        let id = id_element(document).unwrap_or_default();
        if identity == Identity::Brought
            && let Some(same_id) = self.by_id.get(id)
        {
            if same_id.iter().any(|&index| *self.records[index].1 == *document) {
                appended.duplicates += 1;
                return;
            }
            appended.conflicts += 1;
        }
        self.by_id.entry(id.into()).or_default().push(self.records.len());
        self.records.push((Key::of(document), document.to_owned()));
        appended.added += 1;
    }

    fn sorted(&self, prune: &Prune, order: Order) -> Vec<usize> {
        let mut wanted: Vec<usize> = (0..self.records.len())
            .filter(|&index| prune.keeps(self.records[index].0.time))
            .collect();
        wanted.sort_by(|&a, &b| {
            let ((key_a, a), (key_b, b)) = (&self.records[a], &self.records[b]);
            compare((key_a, a), (key_b, b))
        });
        if order == Order::NewestFirst {
            wanted.reverse();
        }
        wanted
    }

    fn stats(&self, name: &str) -> CollectionStats {
        let records = self.records.len() as u64;
        let times = || self.records.iter().map(|(key, _)| key.time);
        CollectionStats {
            name: name.to_owned(),
            records,
            hot_records: records,
            packed_records: 0,
            logical_bytes: self.records.iter().map(|(_, document)| size(document)).sum(),
            message_bytes: Some(
                self.records.iter().map(|(_, document)| message_size(document)).sum(),
            ),
            first: times().min(),
            last: times().max(),
        }
    }
}

fn size(document: &RawDocument) -> u64 {
    document.as_bytes().len() as u64
}

fn message_size(document: &RawDocument) -> u64 {
    View::of(document).message().map_or(0, |message| message.len() as u64)
}

struct MemoryRows<'s> {
    store: &'s MemoryStore,
    collection: String,
    left: VecDeque<usize>,
}

impl Rows for MemoryRows<'_> {
    fn next(&mut self) -> Result<Option<Batch>, StoreError> {
        let kept = self.store.kept();
        let Some(collection) = kept.collections.get(&self.collection) else { return Ok(None) };
        let portion = self.left.len().min(PORTION_RECORDS);
        let batch: Batch =
            self.left.drain(..portion).map(|index| &*collection.records[index].1).collect();
        Ok((!batch.is_empty()).then_some(batch))
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
        Ok(kept.log[seen..].iter().map(|(name, range)| followed(&kept, name, range)).collect())
    }
}

fn followed(kept: &Kept, name: &str, range: &Range<usize>) -> Followed {
    let records = &kept.collections[name].records[range.clone()];
    Followed {
        collection: name.to_owned(),
        batch: records.iter().map(|(_, document)| &**document).collect(),
    }
}

/// A spool in memory: for outages where no disk lasts. It is gone with the process.
#[derive(Debug)]
pub struct MemorySpool {
    max_bytes: u64,
    waiting: Mutex<Waiting>,
}

#[derive(Debug, Default)]
struct Waiting {
    portions: VecDeque<(SpoolKey, Vec<Followed>)>,
    records: u64,
    bytes: u64,
    last_key: i64,
}

impl MemorySpool {
    /// An empty spool that takes records of `max_bytes` in all.
    pub fn new(max_bytes: u64) -> Self {
        Self { max_bytes, waiting: Mutex::default() }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Spool for MemorySpool {
    fn put(&self, batches: &[(&str, &Batch)]) -> Result<(), StoreError> {
        let portion: Vec<Followed> = batches
            .iter()
            .filter(|(_, batch)| !batch.is_empty())
            .map(|&(name, batch)| Followed { collection: name.to_owned(), batch: batch.clone() })
            .collect();
        if portion.is_empty() {
            return Ok(());
        }
        let (records, bytes) = weight(&portion);
        let mut waiting = self.waiting();
        if waiting.bytes + bytes > self.max_bytes {
            return Err(StoreError::Full {
                location: "the spool in memory".to_owned(),
                reason: format!("its bound of {} bytes is reached", self.max_bytes),
            });
        }
        waiting.last_key += 1;
        waiting.records += records;
        waiting.bytes += bytes;
        let key = SpoolKey(waiting.last_key);
        waiting.portions.push_back((key, portion));
        Ok(())
    }

    fn oldest(&self) -> Result<Option<(SpoolKey, Vec<Followed>)>, StoreError> {
        Ok(self.waiting().portions.front().cloned())
    }

    fn remove(&self, key: SpoolKey) -> Result<(), StoreError> {
        let mut waiting = self.waiting();
        if let Some(index) = waiting.portions.iter().position(|(found, _)| *found == key)
            && let Some((_, portion)) = waiting.portions.remove(index)
        {
            let (records, bytes) = weight(&portion);
            waiting.records -= records;
            waiting.bytes -= bytes;
        }
        Ok(())
    }

    fn waiting(&self) -> Result<(u64, u64), StoreError> {
        let waiting = Self::waiting(self);
        Ok((waiting.records, waiting.bytes))
    }
}

/// Records and bytes of a portion.
fn weight(portion: &[Followed]) -> (u64, u64) {
    portion.iter().fold((0, 0), |(records, bytes), followed| {
        let batch = &followed.batch;
        (records + batch.len() as u64, bytes + batch.as_bytes().len() as u64)
    })
}
