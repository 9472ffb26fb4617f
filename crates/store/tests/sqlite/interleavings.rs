//! Whatever is appended in whatever order: a file answers as the reference does.
use crate::conformance::records::{START, batch, id, raw, read, shown};
use bson::raw::RawDocumentBuf;
use bson::{Bson, DateTime, doc};
use proptest::prelude::*;
use woodpile_record::Batch;
use woodpile_store::{Identity, MemoryStore, OpenOptions, Order, Prune, SqliteStore, Store};

/// One append: collections with records, and whether they are brought.
type Append = (Vec<(usize, Vec<RawDocumentBuf>)>, bool);

const COLLECTIONS: [&str; 2] = ["one", "two"];

/// Few ids, times and contents, so that they meet.
fn brought() -> impl Strategy<Value = RawDocumentBuf> {
    (0..40_u32, 0..20_i64, 0..2_u8).prop_map(|(number, second, content)| {
        let id: Bson = match number % 4 {
            0 => i64::from(number).into(),
            1 => format!("id {number}").into(),
            _ => id(number).into(),
        };
        let at = DateTime::from_millis(START + second * 1_000);
        raw(&doc! { "_id": id, "timestamp": at, "message": format!("content {content}") })
    })
}

fn append() -> impl Strategy<Value = Append> {
    let records = proptest::collection::vec(brought(), 0..30);
    let part = (0..COLLECTIONS.len(), records);
    (proptest::collection::vec(part, 0..4), any::<bool>())
}

/// Fresh ids are new by contract: gives the records ids that nobody had.
fn freshened(records: &[RawDocumentBuf], next: &mut u32) -> Vec<RawDocumentBuf> {
    let fresh = |record: &RawDocumentBuf| {
        *next += 1;
        let at = record.get_datetime("timestamp").unwrap();
        raw(&doc! { "_id": id(*next), "timestamp": at, "message": "fresh" })
    };
    records.iter().map(fresh).collect()
}

fn run(store: &dyn Store, appends: &[Append]) -> Vec<String> {
    let mut next = 1_000;
    let mut answers = Vec::new();
    for (parts, is_fresh) in appends {
        let batches: Vec<(&str, Batch)> = parts
            .iter()
            .map(|(collection, records)| match is_fresh {
                true => (COLLECTIONS[*collection], batch(&freshened(records, &mut next))),
                false => (COLLECTIONS[*collection], batch(records)),
            })
            .collect();
        let parts: Vec<_> = batches.iter().map(|(name, batch)| (*name, batch)).collect();
        let identity = if *is_fresh { Identity::Fresh } else { Identity::Brought };
        answers.push(format!("{:?}", store.append(&parts, identity)));
    }
    for collection in COLLECTIONS {
        for order in [Order::OldestFirst, Order::NewestFirst] {
            for since in [None, Some(START + 7_000)] {
                let prune = Prune { since, until: since.map(|since| since + 6_000) };
                answers.push(format!("{:?}", shown(&read(store, collection, &prune, order))));
            }
        }
    }
    let stats = store.collections().unwrap();
    answers.extend(stats.iter().map(|stats| {
        format!(
            "{} {} {:?} {:?} {:?}",
            stats.name, stats.records, stats.first, stats.last, stats.message_bytes
        )
    }));
    answers
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn a_file_answers_as_the_reference_does(appends in proptest::collection::vec(append(), 0..8)) {
        let folder = tempfile::tempdir().unwrap();
        let file = SqliteStore::open(&folder.path().join("logs.db"), &OpenOptions::WRITE).unwrap();
        prop_assert_eq!(run(&file, &appends), run(&MemoryStore::new(), &appends));
        prop_assert_eq!(file.check(true).unwrap(), []);
    }
}
