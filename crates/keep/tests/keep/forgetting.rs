//! What is forgotten is exactly what is named, wherever it is; all else stays byte for byte.

use crate::packing::{Home, Times, to_the_end};
use proptest::prelude::*;
use woodpile_keep::{Forgotten, PackError, Plan, forget, pack, unpack};
use woodpile_record::{Batch, Entry, EventTime, IdSource, RawDocument, Record, event_time};
use woodpile_store::{Identity, MemoryStore, Order, Prune, Store};

static IDS: IdSource = IdSource::new(*b"forge");
const NAME: &str = "application-log";

/// What is done to a store.
#[derive(Debug, Clone, Copy)]
enum Step {
    Append { first: i64, records: i64 },
    Pack,
    Merge,
    Unpack,
    Forget { every: i64, since: Option<i64>, until: Option<i64> },
}

fn step() -> impl Strategy<Value = Step> {
    let time = || proptest::option::of(0..300_i64);
    prop_oneof![
        3 => (0..300_i64, 1..120_i64).prop_map(|(first, records)| Step::Append { first, records }),
        2 => Just(Step::Pack),
        1 => Just(Step::Merge),
        1 => Just(Step::Unpack),
        3 => (1..5_i64, time(), time())
            .prop_map(|(every, since, until)| Step::Forget { every, since, until }),
    ]
}

fn record(time: i64) -> Record {
    let message = format!("request {time} of {}", time % 7);
    let entry = Entry { message: message.into(), ..Entry::default() };
    entry.encode(IDS.next(1), EventTime::from_millis(time))
}

fn append(store: &dyn Store, times: impl Iterator<Item = i64>) -> Vec<Record> {
    let records: Vec<Record> = times.map(record).collect();
    let batch: Batch = records.iter().map(Record::as_document).collect();
    store.append(&[(NAME, &batch)], Identity::Fresh).unwrap();
    records
}

/// The bytes of each record.
fn read(store: &dyn Store) -> Vec<Vec<u8>> {
    let mut rows = store.read(NAME, &Prune::NONE, Order::OldestFirst).unwrap();
    let mut all = Vec::new();
    while let Some(batch) = rows.next().unwrap() {
        all.extend(batch.iter().map(|record| record.as_bytes().to_vec()));
    }
    assert_eq!(rows.damage(), []);
    all
}

fn sorted(mut records: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    records.sort();
    records
}

/// What is in the store is what a plain list says.
fn check(store: &dyn Store, steps: &[Step]) {
    let mut model: Vec<Record> = append(store, 0..50);
    for step in steps {
        match *step {
            Step::Append { first, records } => model.extend(append(store, first..first + records)),
            Step::Pack => {
                _ = pack(store, NAME, Plan::older_than(i64::MAX), &mut to_the_end()).unwrap();
            }
            Step::Merge => _ = pack(store, NAME, Plan::ALL, &mut to_the_end()).unwrap(),
            Step::Unpack => _ = unpack(store, NAME, &mut to_the_end()).unwrap(),
            Step::Forget { every, since, until } => {
                let prune = Prune { since, until };
                let goes = |record: &RawDocument| event_time(record) % every == 0;
                let before = model.len();
                model.retain(|record| {
                    let record = record.as_document();
                    !(prune.keeps(event_time(record)) && goes(record))
                });
                let records = (before - model.len()) as u64;
                let gone = forget(store, NAME, &prune, &goes, &mut to_the_end()).unwrap();
                assert_eq!(gone, Forgotten { records, left: Vec::new() });
            }
        }
        let expected =
            model.iter().map(|record| record.as_document().as_bytes().to_vec()).collect();
        assert!(sorted(read(store)) == sorted(expected), "after {step:?} of {steps:?}");
    }
    assert_eq!(store.check(true).unwrap(), []);
    assert_eq!(store.collections().unwrap()[0].records, model.len() as u64);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn in_memory(steps in proptest::collection::vec(step(), 1..9)) {
        check(&MemoryStore::new(), &steps);
    }

    #[test]
    fn in_a_file(steps in proptest::collection::vec(step(), 1..9)) {
        check(&Home::new().store, &steps);
    }
}

#[test]
fn who_stops_in_the_middle_can_go_on() {
    let store = &Home::new().store;
    append(store, 0..20_000);
    pack(store, NAME, Plan::ALL, &mut to_the_end()).unwrap();
    append(store, 20_000..30_000);
    let goes = |record: &RawDocument| event_time(record) % 2 == 0;
    for times in [1, 2, 4] {
        let stopped = forget(store, NAME, &Prune::NONE, &goes, &mut Times(times));
        assert_eq!(stopped, Err(PackError::Stopped));
        assert!(read(store).len() >= 15_000);
    }
    forget(store, NAME, &Prune::NONE, &goes, &mut to_the_end()).unwrap();
    let left = read(store);
    assert_eq!(left.len(), 15_000);
    assert!(left.iter().all(|bytes| event_time(RawDocument::from_bytes(bytes).unwrap()) % 2 == 1));
}
