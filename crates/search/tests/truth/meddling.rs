//! Stores in which something happens while they are searched, or just did.

use crate::find::{QUESTIONS, found_by, matcher, names, plainly};
use crate::records::{COLLECTIONS, some};
use crate::stores::{State, fill, merge};
use bson::Document;
use bson::oid::ObjectId;
use bson::raw::RawDocumentBuf;
use proptest::prelude::*;
use proptest::sample::select;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering as Atomic};
use woodpile_record::{Batch, RawDocument, event_time};
use woodpile_search::{Question, Search};
use woodpile_store::{
    Appended, BlockBytes, BlockEntry, BlockId, CollectionStats, Finding, Follower, Identity,
    MemoryStore, Order, OrderKey, Packing, Prune, Rows, State as StoredState, Store, StoreError,
    compare,
};

/// A store in memory that is meddled with.
#[derive(Debug)]
struct Meddled {
    store: MemoryStore,
    /// All blocks are dirty, and every so many-th record of theirs is hot, too.
    copied: Option<usize>,
    /// Blocks are merged before the read of a block that makes so many.
    merged_at: usize,
    reads: AtomicUsize,
}

impl Meddled {
    fn of(records: &[(usize, RawDocumentBuf)], states: &[State]) -> Self {
        let store = MemoryStore::new();
        fill(&store, records, states);
        Self { store, copied: None, merged_at: usize::MAX, reads: AtomicUsize::new(0) }
    }
}

struct Listed(Option<Batch>);

impl Rows for Listed {
    fn next(&mut self) -> Result<Option<Batch>, StoreError> {
        Ok(self.0.take().filter(|batch| !batch.is_empty()))
    }
}

fn all(mut rows: Box<dyn Rows + '_>) -> Vec<RawDocumentBuf> {
    let mut all = Vec::new();
    while let Some(batch) = rows.next().unwrap() {
        all.extend(batch.iter().map(RawDocument::to_owned));
    }
    all
}

impl Store for Meddled {
    fn blocks(&self, collection: &str) -> Result<Vec<BlockEntry>, StoreError> {
        let mut blocks = self.store.blocks(collection)?;
        for block in &mut blocks {
            block.dirty = self.copied.is_some();
        }
        Ok(blocks)
    }

    fn hot(
        &self,
        collection: &str,
        prune: &Prune,
        order: Order,
    ) -> Result<Box<dyn Rows + '_>, StoreError> {
        let Some(step) = self.copied else { return self.store.hot(collection, prune, order) };
        let mut hot = all(self.store.hot(collection, prune, order)?);
        let records = all(self.store.read(collection, prune, order)?);
        let is_packed = |record: &RawDocumentBuf| !hot.contains(record);
        let packed: Vec<_> = records.into_iter().filter(is_packed).step_by(step).collect();
        hot.extend(packed);
        hot.retain(|record| prune.keeps(event_time(record)));
        let key = |record: &RawDocument| OrderKey::of(record);
        hot.sort_by(|a, b| compare((&key(a), a), (&key(b), b)));
        if order == Order::NewestFirst {
            hot.reverse();
        }
        let batch: Batch = hot.iter().map(|record| -> &RawDocument { record }).collect();
        Ok(Box::new(Listed(Some(batch))))
    }

    /// As if it were far away.
    fn piece_bytes(&self) -> Option<u64> {
        Some(500)
    }

    fn block(&self, collection: &str, id: BlockId) -> Result<Box<dyn BlockBytes + '_>, StoreError> {
        if self.reads.fetch_add(1, Atomic::SeqCst) + 1 == self.merged_at {
            for name in COLLECTIONS {
                merge(&self.store, name);
            }
        }
        self.store.block(collection, id)
    }

    fn location(&self) -> String {
        self.store.location()
    }

    fn append(
        &self,
        batches: &[(&str, &Batch)],
        identity: Identity,
    ) -> Result<Appended, StoreError> {
        self.store.append(batches, identity)
    }

    fn collections(&self) -> Result<Vec<CollectionStats>, StoreError> {
        self.store.collections()
    }

    fn read(
        &self,
        collection: &str,
        prune: &Prune,
        order: Order,
    ) -> Result<Box<dyn Rows + '_>, StoreError> {
        self.store.read(collection, prune, order)
    }

    fn follow(&self) -> Result<Box<dyn Follower + '_>, StoreError> {
        self.store.follow()
    }

    fn packing(&self, collection: &str) -> Result<Option<Box<dyn Packing + '_>>, StoreError> {
        self.store.packing(collection)
    }

    fn state(&self, name: &str) -> Result<Option<StoredState>, StoreError> {
        self.store.state(name)
    }

    fn states(&self, prefix: &str) -> Result<Vec<StoredState>, StoreError> {
        self.store.states(prefix)
    }

    fn set_state(
        &self,
        name: &str,
        expected: Option<ObjectId>,
        document: Option<&Document>,
    ) -> Result<bool, StoreError> {
        self.store.set_state(name, expected, document)
    }

    fn check(&self, deep: bool) -> Result<Vec<Finding>, StoreError> {
        self.store.check(deep)
    }
}

/// What is found is what is in a store that nobody meddles with.
fn check(store: Meddled, text: &str, order: Order) {
    let matcher = matcher(text);
    let expected = plainly(&store.store, &matcher, &Prune::NONE, order);
    let question = Question::new(matcher, Prune::NONE, order);
    let store: Arc<dyn Store> = Arc::new(store);
    let search = Search::new(Arc::clone(&store));
    assert_eq!(found_by(&search, &question), expected, "{text} in {store:?}");
}

/// How many records a count gives, of all that match.
fn check_count(store: Meddled, text: &str) {
    let matcher = matcher(text);
    let expected = plainly(&store.store, &matcher, &Prune::NONE, Order::NewestFirst).len();
    let query = woodpile_query::parse("* | stats count()").unwrap();
    let pipeline = woodpile_query::Pipeline::new(&query.pipes, &jiff::tz::TimeZone::UTC);
    let question = Question::new(matcher, Prune::NONE, Order::NewestFirst);
    let worked = Search::new(Arc::new(store)).work(&question, &names(), pipeline).unwrap();
    let woodpile_query::Rows::Table(table) = worked.rows else { panic!("a table") };
    let counted = format!("{:?}", table.rows);
    assert!(counted.contains(&format!("({expected})")), "{text}: {counted}, not {expected}");
}

fn states() -> impl Strategy<Value = Vec<State>> {
    let state = select(vec![State::Packed, State::Packed, State::Hot]);
    prop::collection::vec(state, 2..6)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_hot_copy_of_a_packed_record_is_found_once(
        records in some(), states in states(), step in 1..4_usize, text in select(QUESTIONS),
        order in select(vec![Order::OldestFirst, Order::NewestFirst]),
    ) {
        let dirty = || Meddled { copied: Some(step), ..Meddled::of(&records, &states) };
        check(dirty(), text, order);
        check_count(dirty(), text);
    }

    #[test]
    fn blocks_that_are_merged_meanwhile_lose_and_double_nothing(
        records in some(), states in states(), merged_at in 1..60_usize, text in select(QUESTIONS),
        order in select(vec![Order::OldestFirst, Order::NewestFirst]),
    ) {
        let merged = || Meddled { merged_at, ..Meddled::of(&records, &states) };
        check(merged(), text, order);
        check_count(merged(), text);
    }
}
