//! What every store that packs must do. A store's own test file calls [`conformance_packed!`] with a function that
//! gives a new, empty one, which packs a share of what is appended.
use crate::conformance::records::{START, batch, every_type, numbered, read_all, record};
use bson::Document;
use bson::oid::ObjectId;
use bson::raw::RawDocumentBuf;
use woodpile_block::{Block, BlockError, Bytes, Effort, pack as pack_batch};
use woodpile_record::{Batch, RawDocument};
use woodpile_store::{
    Appended, BlockBytes, BlockEntry, BlockId, CollectionStats, Finding, Follower, Identity,
    NewBlock, Order, OrderKey, Packing, Prune, Rows, State, Store, StoreError, compare,
};

/// The same cases against stores that pack what is appended at once: all of it, or every second append.
#[macro_export]
macro_rules! conformance_packed {
    ($new:expr) => {
        mod all_packed {
            use super::*;
            $crate::conformance_packed!(@cases || ($new)($crate::packed::Share::All));
        }

        mod half_packed {
            use super::*;
            $crate::conformance_packed!(@cases || ($new)($crate::packed::Share::Half));
        }
    };
    (@cases $new:expr) => {
        $crate::conformance!($new;
            records_come_back_in_order,
            ties_are_told_apart_by_id,
            every_kind_of_timestamp_has_its_place,
            a_prune_is_exact_at_both_ends,
            both_directions_are_inverse,
            a_retry_changes_nothing,
            a_retry_of_a_part_adds_the_rest,
            duplicates_within_one_append_are_seen,
            the_same_id_with_other_bytes_stays_and_is_counted,
            any_type_of_id_will_do,
            odd_collection_names_are_kept_apart,
            the_same_id_in_two_collections_is_two_records,
            large_records_come_back,
            nothing_appended_is_nothing_kept,
            many_collections_are_counted,
            every_type_comes_back_byte_for_byte,
            followers_see_what_comes_and_not_what_was,
            followers_see_every_record_once,
            four_threads_append_at_once,
            threads_that_bring_the_same_add_it_once,
            reading_goes_on_while_others_append,
            a_sound_store_has_no_findings,
            stats_count_records_and_times,
        );

        #[test]
        fn whatever_moves_all_is_read_once() {
            $crate::packed::whatever_moves_all_is_read_once(($new)().store());
        }

        #[test]
        fn what_is_merged_and_unpacked_is_as_it_was() {
            $crate::packed::what_is_merged_and_unpacked_is_as_it_was(($new)().store());
        }

        #[test]
        fn what_is_packed_is_hot_no_longer() {
            $crate::packed::what_is_packed_is_hot_no_longer(($new)().store());
        }

        #[test]
        fn what_is_hot_is_forgotten_one_by_one() {
            $crate::packed::what_is_hot_is_forgotten_one_by_one(($new)().store());
        }

        #[test]
        fn one_packs_at_a_time() {
            $crate::packed::one_packs_at_a_time(($new)().store());
        }
    };
}

/// How much of what is appended is packed at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Share {
    All,
    Half,
}

/// What can happen to records behind a reader's back.
pub(crate) const MOVES: [fn(&dyn Store, &str); 4] = [
    |store, collection| pack(store, collection, 2_000),
    |store, collection| pack(store, collection, usize::MAX),
    merge,
    unpack,
];

/// Packs what is hot, in blocks of so many records at most.
pub(crate) fn pack(store: &dyn Store, collection: &str, max_records: usize) {
    let Some(mut packing) = store.packing(collection).unwrap() else { return };
    while pack_some(&mut *packing, max_records) {}
}

fn pack_some(packing: &mut dyn Packing, max_records: usize) -> bool {
    let portion = packing.hot(max_records, usize::MAX).unwrap();
    if portion.batch.is_empty() {
        return false;
    }
    let block = new_block(&portion.batch);
    packing.pack(portion, block).unwrap();
    true
}

pub(crate) fn new_block(batch: &Batch) -> NewBlock {
    NewBlock::from(pack_batch(batch, Effort::Quick).unwrap())
}

/// Merges all blocks into one.
pub(crate) fn merge(store: &dyn Store, collection: &str) {
    let Some(mut packing) = store.packing(collection).unwrap() else { return };
    let old: Vec<BlockId> =
        store.blocks(collection).unwrap().into_iter().map(|block| block.id).collect();
    let mut records: Vec<RawDocumentBuf> = Vec::new();
    for &id in &old {
        records.extend(unpacked(store, collection, id).iter().map(RawDocument::to_owned));
    }
    if records.is_empty() {
        return;
    }
    records.sort_by(|a, b| compare((&OrderKey::of(a), a), (&OrderKey::of(b), b)));
    let batch: Batch = records.iter().map(|record| -> &RawDocument { record }).collect();
    packing.replace(&old, vec![new_block(&batch)]).unwrap();
}

/// Unpacks all blocks.
pub(crate) fn unpack(store: &dyn Store, collection: &str) {
    let Some(mut packing) = store.packing(collection).unwrap() else { return };
    for block in store.blocks(collection).unwrap() {
        let records = unpacked(store, collection, block.id);
        assert_eq!(records.len() as u64, block.records);
        packing.unpack(block.id, &records).unwrap();
    }
}

/// A block's bytes, as `woodpile_block` reads them.
struct Source<'s>(Box<dyn BlockBytes + 's>);

impl Bytes for Source<'_> {
    fn read(&self, range: std::ops::Range<u64>) -> Result<Vec<u8>, BlockError> {
        self.0.read(range).map_err(|error| BlockError::Source { reason: error.to_string() })
    }
}

pub(crate) fn unpacked(store: &dyn Store, collection: &str, id: BlockId) -> Batch {
    let block = Block::open(Source(store.block(collection, id).unwrap())).unwrap();
    let mut all = Batch::new();
    for group in 0..block.groups().len() {
        block.unpack(group).unwrap().iter().for_each(|record| all.push(record));
    }
    all
}

/// A store that packs what is appended.
#[derive(Debug)]
pub(crate) struct PackingStore<S> {
    store: S,
    share: Share,
}

impl<S: Store> PackingStore<S> {
    pub(crate) fn new(store: S, share: Share) -> Self {
        Self { store, share }
    }

    fn pack(&self, collection: &str) {
        match self.share {
            Share::All => pack(&self.store, collection, 1_000),
            Share::Half => {
                let Some(mut packing) = self.store.packing(collection).unwrap() else { return };
                pack_some(&mut *packing, 1);
            }
        }
    }
}

impl<S: Store> Store for PackingStore<S> {
    fn location(&self) -> String {
        self.store.location()
    }

    fn append(
        &self,
        batches: &[(&str, &Batch)],
        identity: Identity,
    ) -> Result<Appended, StoreError> {
        let appended = self.store.append(batches, identity)?;
        for (collection, _) in batches {
            self.pack(collection);
        }
        Ok(appended)
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

    fn hot(
        &self,
        collection: &str,
        prune: &Prune,
        order: Order,
    ) -> Result<Box<dyn Rows + '_>, StoreError> {
        self.store.hot(collection, prune, order)
    }

    fn follow(&self) -> Result<Box<dyn Follower + '_>, StoreError> {
        self.store.follow()
    }

    fn blocks(&self, collection: &str) -> Result<Vec<BlockEntry>, StoreError> {
        self.store.blocks(collection)
    }

    fn block(&self, collection: &str, id: BlockId) -> Result<Box<dyn BlockBytes + '_>, StoreError> {
        self.store.block(collection, id)
    }

    fn packing(&self, collection: &str) -> Result<Option<Box<dyn Packing + '_>>, StoreError> {
        self.store.packing(collection)
    }

    fn state(&self, name: &str) -> Result<Option<State>, StoreError> {
        self.store.state(name)
    }

    fn states(&self, prefix: &str) -> Result<Vec<State>, StoreError> {
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

    fn tidy(&self) -> Result<(), StoreError> {
        self.store.tidy()
    }

    fn check(&self, deep: bool) -> Result<Vec<Finding>, StoreError> {
        self.store.check(deep)
    }
}

fn append(store: &dyn Store, records: &[RawDocumentBuf], identity: Identity) -> Appended {
    store.append(&[("log", &batch(records))], identity).unwrap()
}

pub(crate) fn whatever_moves_all_is_read_once(store: &dyn Store) {
    all_is_read_once(store, 12_000);
}

/// A reader that stops between portions while all is packed, merged and unpacked behind its back.
pub(crate) fn all_is_read_once(store: &dyn Store, count: u32) {
    // Some records are there twice, byte for byte, and some times many times.
    let records: Vec<_> = (0..count).map(|number| record(number, i64::from(number / 7))).collect();
    for chunk in records.chunks(900) {
        append(store, chunk, Identity::Fresh);
        append(store, &chunk[..5], Identity::Fresh);
    }
    let mut expected = read_all(store, "log");
    // MongoDB has an `_id` once.
    let twice = records.chunks(900).len() * 5;
    assert!([records.len(), records.len() + twice].contains(&expected.len()), "{}", expected.len());
    for order in [Order::OldestFirst, Order::NewestFirst] {
        let mut rows = store.read("log", &Prune::NONE, order).unwrap();
        let mut moves = MOVES.iter().cycle();
        let mut seen = Vec::new();
        while let Some(portion) = rows.next().unwrap() {
            seen.extend(portion.iter().map(RawDocument::to_owned));
            moves.next().unwrap()(store, "log");
        }
        assert_eq!(rows.damage(), []);
        assert!(seen == expected, "{order:?}: {} of {}", seen.len(), expected.len());
        expected.reverse();
    }
}

pub(crate) fn what_is_merged_and_unpacked_is_as_it_was(store: &dyn Store) {
    moved_it_is_as_it_was(store, every_type());
}

/// The same, with a last record that the store takes.
pub(crate) fn moved_it_is_as_it_was(store: &dyn Store, last: RawDocumentBuf) {
    for chunk in numbered((2..2_002).map(|number| number * 7 % 2_003)).chunks(300) {
        append(store, chunk, Identity::Fresh);
    }
    append(store, &[last], Identity::Fresh);
    let expected = read_all(store, "log");
    for step in MOVES {
        step(store, "log");
        assert!(read_all(store, "log") == expected);
        let stats = store.collections().unwrap();
        assert_eq!(stats[0].records, 2_001);
        assert_eq!(stats[0].hot_records + stats[0].packed_records, 2_001);
        assert_eq!(store.check(true).unwrap(), []);
        let again = append(store, &expected[..50], Identity::Brought);
        assert_eq!(again, Appended { added: 0, duplicates: 50, conflicts: 0 });
    }
    pack(store, "log", usize::MAX);
    assert_eq!(store.collections().unwrap()[0].hot_records, 0);
    store.tidy().unwrap();
    assert!(read_all(store, "log") == expected);
}

pub(crate) fn what_is_packed_is_hot_no_longer(store: &dyn Store) {
    append(store, &numbered(0..100), Identity::Fresh);
    append(store, &numbered(100..200), Identity::Fresh);
    let hot = || {
        let mut rows = store.hot("log", &Prune::NONE, Order::OldestFirst).unwrap();
        let mut count = 0;
        while let Some(portion) = rows.next().unwrap() {
            count += portion.len() as u64;
        }
        count
    };
    assert_eq!(hot(), store.collections().unwrap()[0].hot_records);
    pack(store, "log", usize::MAX);
    assert_eq!(hot(), 0);
    unpack(store, "log");
    assert_eq!(hot(), 200);
}

pub(crate) fn one_packs_at_a_time(store: &dyn Store) {
    append(store, &numbered([1]), Identity::Fresh);
    let mut one = store.packing("log").unwrap().unwrap();
    assert!(store.packing("log").unwrap().is_none());
    assert!(store.packing("another").unwrap().is_some());
    one.renew().unwrap();
    drop(one);
    assert!(store.packing("log").unwrap().is_some());
}

/// Of what is hot goes what is named, within the prune; all else is as it was, also for who brings it again.
pub(crate) fn what_is_hot_is_forgotten_one_by_one(store: &dyn Store) {
    for chunk in numbered(0..600).chunks(200) {
        append(store, chunk, Identity::Fresh);
    }
    let all = read_all(store, "log");
    let hot = hot_records(store);
    let prune = Prune { since: Some(START + 50_000), until: Some(START + 500_000) };
    let is_third = |record: &RawDocument| OrderKey::of(record).time() % 3_000 == 0;
    let goes = |record: &RawDocument| {
        prune.keeps(OrderKey::of(record).time())
            && is_third(record)
            && hot.iter().any(|found| **found == *record)
    };
    let expected: Vec<_> = all.iter().filter(|record| !goes(record)).cloned().collect();

    let mut packing = store.packing("log").unwrap().unwrap();
    let gone = packing.forget_hot(&prune, &mut |record| is_third(record)).unwrap();
    assert_eq!(gone, (all.len() - expected.len()) as u64);
    assert!(read_all(store, "log") == expected);
    assert_eq!(packing.forget_hot(&prune, &mut |record| is_third(record)).unwrap(), 0);
    drop(packing);

    assert_eq!(store.collections().unwrap()[0].records, expected.len() as u64);
    assert_eq!(store.check(true).unwrap(), []);
    let again = append(store, &all, Identity::Brought);
    let duplicates = expected.len() as u64;
    assert_eq!(again, Appended { added: gone, duplicates, conflicts: 0 });
    assert!(read_all(store, "log") == all);
}

fn hot_records(store: &dyn Store) -> Vec<RawDocumentBuf> {
    let mut rows = store.hot("log", &Prune::NONE, Order::OldestFirst).unwrap();
    let mut all = Vec::new();
    while let Some(batch) = rows.next().unwrap() {
        all.extend(batch.iter().map(RawDocument::to_owned));
    }
    all
}
