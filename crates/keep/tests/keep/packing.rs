//! Packing changes where records are, and nothing that a reader sees.

use crate::support::*;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use woodpile_keep::{Keeper, Notice, PackError, Packed, Plan, Watch, pack, unpack};
use woodpile_record::{Batch, Entry, EventTime, IdSource, Record};
use woodpile_store::{
    CollectionStats, Identity, OpenOptions, Order, Prune, SqliteStore, Store, StoreError,
};

static IDS: IdSource = IdSource::new(*b"packs");
const NAME: &str = "application-log";
/// 2026-01-01T00:00:00Z.
const START: i64 = 1_767_225_600_000;

/// Lets packing go on so many times.
pub(crate) struct Times(pub(crate) usize);

impl Watch for Times {
    fn progress(&mut self, done: u64, total: u64) {
        assert!(done <= total, "{done} of {total}");
    }

    fn goes_on(&mut self) -> bool {
        self.0 = self.0.saturating_sub(1);
        self.0 > 0
    }
}

pub(crate) fn to_the_end() -> Times {
    Times(usize::MAX)
}

pub(crate) struct Home {
    _folder: TempDir,
    pub(crate) store: SqliteStore,
}

impl Home {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("woodpile.db"), &OpenOptions::WRITE);
        Self { store: store.unwrap(), _folder: folder }
    }

    /// Appends records with these numbers, a second apart.
    fn append(&self, numbers: impl IntoIterator<Item = i64>) {
        let records: Vec<_> = numbers.into_iter().map(numbered).collect();
        for portion in records.chunks(5_000) {
            let batch: Batch = portion.iter().map(Record::as_document).collect();
            self.store.append(&[(NAME, &batch)], Identity::Fresh).unwrap();
        }
    }

    fn pack(&self, plan: Plan) -> Packed {
        pack(&self.store, NAME, plan, &mut to_the_end()).unwrap()
    }

    /// How many records each block has.
    fn blocks(&self) -> Vec<u64> {
        self.store.blocks(NAME).unwrap().iter().map(|block| block.records).collect()
    }

    fn stats(&self) -> CollectionStats {
        self.store.collections().unwrap().remove(0)
    }

    fn read(&self) -> Vec<u8> {
        let mut rows = self.store.read(NAME, &Prune::NONE, Order::OldestFirst).unwrap();
        let mut bytes = Vec::new();
        while let Some(batch) = rows.next().unwrap() {
            bytes.extend_from_slice(batch.as_bytes());
        }
        assert_eq!(rows.damage(), []);
        bytes
    }
}

fn numbered(number: i64) -> Record {
    let message = format!("GET /p/{} took {} ms", number % 97, number * 31 % 1_009);
    let entry = Entry { message: message.into(), level: Some("INFO".into()), ..Entry::default() };
    entry.encode(IDS.next(1_767_225_600), EventTime::from_millis(START + number * 1_000))
}

#[test]
fn packing_all_and_unpacking_show_the_same_records() {
    let home = Home::new();
    // The second half comes late: its times are between those of the first.
    home.append((0..10_000).map(|number| number * 2));
    assert_eq!(home.pack(Plan::older_than(i64::MAX)).packed, 10_000);
    home.append((0..10_000).map(|number| number * 2 + 1));
    let before = home.read();
    let packed = home.pack(Plan::ALL);
    assert_eq!((packed.packed, packed.merged, packed.left), (10_000, 20_000, vec![]));
    assert_eq!(home.blocks(), [20_000]);
    assert!(home.read() == before);
    let stats = home.stats();
    assert_eq!((stats.hot_records, stats.packed_records, stats.records), (0, 20_000, 20_000));

    let unpacked = unpack(&home.store, NAME, &mut to_the_end()).unwrap();
    assert_eq!((unpacked.packed, unpacked.left), (20_000, vec![]));
    assert_eq!(home.blocks(), [0; 0]);
    assert_eq!(home.stats().hot_records, 20_000);
    assert!(home.read() == before);
}

#[test]
fn packing_all_again_changes_nothing() {
    let home = Home::new();
    home.append(0..5_000);
    home.pack(Plan::ALL);
    let blocks = home.store.blocks(NAME).unwrap();
    assert_eq!(home.pack(Plan::ALL), Packed::default());
    assert_eq!(home.store.blocks(NAME).unwrap(), blocks);
}

#[test]
fn few_or_young_records_stay_hot() {
    let home = Home::new();
    home.append(0..1_000);
    assert_eq!(home.pack(Plan::worth_a_block(i64::MAX)).packed, 0);
    // The records were born at the start.
    assert_eq!(home.pack(Plan::older_than(START + 998_999)).packed, 0);
    assert_eq!(home.pack(Plan::older_than(START + 999_000)).packed, 1_000);
    assert_eq!(home.blocks(), [1_000]);
}

#[test]
fn neighbours_become_one_block() {
    let home = Home::new();
    for start in (0..4_000).step_by(1_000) {
        home.append(start..start + 1_000);
        home.pack(Plan::older_than(i64::MAX));
    }
    assert_eq!(home.blocks(), [4_000]);
}

#[test]
fn a_collection_is_packed_by_one_at_a_time() {
    let home = Home::new();
    home.append(0..10);
    let lease = home.store.packing(NAME).unwrap().unwrap();
    let busy = PackError::Busy { collection: NAME.to_owned() };
    let again = pack(&home.store, NAME, Plan::ALL, &mut to_the_end());
    assert_eq!(again, Err(busy));
    drop(lease);
    assert_eq!(home.pack(Plan::ALL).packed, 10);
}

#[test]
fn whatever_step_it_is_stopped_at_the_records_are_the_same() {
    let home = Home::new();
    for start in [0, 5_000, 10_000] {
        home.append(start..start + 5_000);
        home.pack(Plan::older_than(i64::MAX));
    }
    home.append(15_000..16_000);
    let before = home.read();
    let mut times = 1;
    while pack(&home.store, NAME, Plan::ALL, &mut Times(times)) == Err(PackError::Stopped) {
        assert!(home.read() == before, "stopped after {times} times");
        times += 1;
    }
    assert_eq!(home.blocks(), [16_000]);
    assert!(home.read() == before);
}

#[test]
fn a_keeper_packs_what_has_gathered() {
    let home = Home::new();
    let records = 20_000_u64;
    let store: Arc<dyn Store> = Arc::new(home.store);
    let connected = Arc::clone(&store);
    let (keeper, _notices) = start(Box::new(move || Ok(Arc::clone(&connected))), None, quick());
    log(&keeper, records);
    // Nobody is told of a block: it is looked until there is one.
    while store.blocks(NAME).unwrap().is_empty() {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(keeper.close(LONG).unwrap().stored, records);
    let stats = store.collections().unwrap().remove(0);
    assert_eq!((stats.records, stats.packed_records), (records, records));
}

fn log(keeper: &Keeper, records: u64) {
    let sender = keeper.sender(NAME);
    for number in 0..records {
        sender.send(record(number)).unwrap();
    }
    keeper.flush(LONG).unwrap();
}

#[test]
fn a_keeper_that_cannot_pack_says_so_once_and_keeps_on() {
    let store = FaultyStore::healthy();
    let (keeper, notices) = start(connect_to(&store), None, quick());
    log(&keeper, 20_000);
    let notice = await_notice(&notices, |notice| matches!(notice, Notice::NotPacked { .. }));
    let error = PackError::Store(StoreError::Failed {
        location: "there".into(),
        reason: "no packing here".into(),
    });
    assert_eq!(notice, Notice::NotPacked { collection: NAME.into(), error });
    log(&keeper, 20_000);
    assert_eq!(keeper.close(LONG).unwrap().stored, 40_000);
}
