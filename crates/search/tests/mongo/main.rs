//! Over a network, a block's bytes are fetched piece by piece, and none of them twice.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod counted;

use bson::oid::ObjectId;
use bson::raw::RawDocumentBuf;
use bson::{DateTime, rawdoc};
use counted::Counted;
use jiff::Zoned;
use jiff::tz::TimeZone;
use std::collections::BTreeSet;
use std::sync::Arc;
use woodpile_block::{Effort, pack};
use woodpile_query::{Matcher, Pipeline, parse};
use woodpile_record::{Batch, RawDocument};
use woodpile_search::{Question, Search, Tally, Watch};
use woodpile_store::{Identity, MongoStore, NewBlock, Order, Prune, Store};
use woodpile_test_support::fresh_database;

const START: i64 = 1_700_000_000_000;
/// So many that a block has several groups and several pieces.
const RECORDS: u32 = 40_000;
const NAME: &str = "access-log";

/// A record with a text that cannot be packed well.
fn record(number: u32) -> RawDocumentBuf {
    let mut id = [0x65; 12];
    id[8..].copy_from_slice(&number.to_be_bytes());
    let mixed = u64::from(number).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let token =
        format!("{:016x}{:016x}", mixed, mixed.rotate_left(17).wrapping_mul(0xBF58_476D_1CE4_E5B9));
    rawdoc! {
        "_id": ObjectId::from_bytes(id),
        "timestamp": DateTime::from_millis(START + i64::from(number) * 1_000),
        "level": if number.is_multiple_of(50) { "ERROR" } else { "INFO" },
        "message": format!("GET /cart/{} gave {token}", number % 97),
        "status": if number.is_multiple_of(31) { 503 } else { 200 },
        "took": i32::try_from(mixed % 5_000).unwrap(),
    }
}

/// A database in which all is packed, and what counts the reads of its blocks.
fn store() -> Option<Arc<Counted>> {
    let uri = fresh_database()?;
    let store = MongoStore::new(&uri).unwrap();
    let records: Vec<_> = (0..RECORDS).map(record).collect();
    // The first one tells the store of the collection; the others need not be hot before.
    let (first, others) = records.split_first().unwrap();
    store.append(&[(NAME, &[&**first].into_iter().collect())], Identity::Fresh).unwrap();
    let mut packing = store.packing(NAME).unwrap().unwrap();
    let portion = packing.hot(usize::MAX, usize::MAX).unwrap();
    let block = NewBlock::from(pack(&portion.batch, Effort::Quick).unwrap());
    packing.pack(portion, block).unwrap();
    let others: Batch = others.iter().map(|record| -> &RawDocument { record }).collect();
    let block = NewBlock::from(pack(&others, Effort::Quick).unwrap());
    packing.replace(&[], vec![block]).unwrap();
    drop(packing);
    Some(Arc::new(Counted::new(store)))
}

fn question(text: &str, limit: Option<usize>) -> Question {
    let query = parse(text).unwrap();
    let matcher = Matcher::new(&query.filter, &Zoned::default()).unwrap();
    Question::new(matcher, Prune::NONE, Order::NewestFirst).with_limit(limit)
}

/// Everything that can be asked of a store.
fn ask(search: &Search, what: &str) -> Tally {
    let names = [NAME.to_owned()];
    let all = question("*", None);
    match what.split_once(' ') {
        Some(("find", text)) => {
            let question = question(text, Some(100));
            let mut found = search.find(&question, &names);
            let mut rows = 0;
            while rows < 100 && found.advance().unwrap().is_some() {
                rows += 1;
            }
            found.tally()
        }
        Some(("work", pipes)) => {
            let query = parse(&format!("* | {pipes}")).unwrap();
            let pipeline = Pipeline::new(&query.pipes, &TimeZone::UTC);
            search.work(&all, &names, pipeline).unwrap().tally
        }
        Some(("values", field)) => search.field_values(&all, &names, field, 10).unwrap().tally,
        _ if what == "fields" => search.field_counts(&all, &names).unwrap().tally,
        _ => search.histogram(&all, &names, (60, &TimeZone::UTC)).unwrap().tally,
    }
}

const ASKED: &[&str] = &[
    "find *",
    "find status:>=500",
    "find zzunseen",
    "find *:/[a-z]{9}[0-9]{7}z/",
    "find message:*e3b*",
    "work stats count() by status",
    "work stats p90(took) by level",
    "work timechart 1h count() by level",
    "values status",
    "fields",
    "histogram",
];

#[test]
fn a_repeat_reads_no_block_and_a_first_search_no_piece_twice() {
    let Some(counted) = store() else { return };
    for what in ASKED {
        let store: Arc<dyn Store> = counted.clone();
        let search = Search::new(store);
        counted.take();
        let first = ask(&search, what);
        let reads = counted.take();
        let pieces: BTreeSet<(u64, u64)> =
            reads.iter().map(|range| (range.start, range.end)).collect();
        let bytes = |ranges: &mut dyn Iterator<Item = u64>| ranges.sum::<u64>();
        let needed = bytes(&mut pieces.iter().map(|(start, end)| end - start));
        let read = bytes(&mut reads.iter().map(|range| range.end - range.start));
        assert_eq!(first.read_bytes, read, "{what}: what is told is what was read");
        assert!(read * 5 <= needed * 6, "{what}: {read} bytes read, of {needed}");
        let again = ask(&search, what);
        assert_eq!((again.read_bytes, counted.take().len()), (0, 0), "{what}, again");
    }
}

#[test]
fn an_id_is_found_in_a_hot_record_and_in_a_packed_one() {
    let Some(counted) = store() else { return };
    let hot = record(RECORDS);
    let batch: Batch = [&*hot].into_iter().collect();
    counted.append(&[(NAME, &batch)], Identity::Fresh).unwrap();
    let search = Search::new(counted);
    for expected in [record(17), hot] {
        let id = expected.get_object_id("_id").unwrap().to_hex();
        let found = search.by_id(&[NAME.to_owned()], &id, &Watch::default()).unwrap();
        let found: Vec<_> = found.iter().map(|found| &found.document).collect();
        assert_eq!(found, [&expected]);
    }
}
