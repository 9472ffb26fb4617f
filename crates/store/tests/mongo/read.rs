use crate::support::{
    NEW_YEAR, append, batch, fresh_store, id, read, read_all, record, write_foreign,
};
use bson::raw::{RawBson, RawDocumentBuf};
use bson::{DateTime, Timestamp, rawdoc};
use woodpile_record::event_time;
use woodpile_store::{MongoStore, Order, Prune, Store};

/// Records as the writers of fifteen years left them; the index in the list is the event time in seconds
/// after the first.
fn of_all_writers() -> Vec<RawDocumentBuf> {
    let at = |second: i64| NEW_YEAR + second * 1_000;
    let seconds = |second: i64| u32::try_from(at(second) / 1_000).unwrap();
    vec![
        rawdoc! { "_id": id(9), "timestamp": DateTime::from_millis(at(0)), "message": "a date" },
        rawdoc! { "_id": id(8), "timestamp": Timestamp { time: seconds(1), increment: 0 } },
        rawdoc! { "_id": id(7), "timestamp": "2026-01-01T00:00:02Z" },
        rawdoc! { "_id": id(6), "timestamp": DateTime::from_millis(at(3)) },
        rawdoc! { "_id": id(5), "timestamp": at(4) },
        rawdoc! { "_id": "a text", "timestamp": DateTime::from_millis(at(5)) },
        rawdoc! { "_id": 17, "timestamp": DateTime::from_millis(at(6)) },
        rawdoc! { "_id": id(2), "timestamp": f64::from(seconds(7)) },
        rawdoc! { "_id": id(1), "timestamp": DateTime::from_millis(at(8)) },
    ]
}

fn reversed(mut records: Vec<RawDocumentBuf>) -> Vec<RawDocumentBuf> {
    records.reverse();
    records
}

/// Whatever order they were written in, they are read by event time.
fn check_order(store: &MongoStore) {
    assert_eq!(read_all(store), of_all_writers());
    assert_eq!(read(store, &Prune::NONE, Order::NewestFirst), reversed(of_all_writers()));
    for (since, until) in [(2, 6), (0, 1), (3, 3), (-5, 100)] {
        let prune =
            Prune { since: Some(NEW_YEAR + since * 1_000), until: Some(NEW_YEAR + until * 1_000) };
        let mut expected = of_all_writers();
        expected.retain(|record| prune.keeps(event_time(record)));
        assert_eq!(read(store, &prune, Order::OldestFirst), expected, "{prune:?}");
        assert_eq!(read(store, &prune, Order::NewestFirst), reversed(expected), "{prune:?}");
    }
}

#[test]
fn a_collection_of_woodpiles_own_is_in_order() {
    let Some((_, store)) = fresh_store() else { return };
    append(&store, &batch(reversed(of_all_writers())));
    check_order(&store);
}

#[test]
fn a_collection_of_another_writer_is_in_order() {
    let Some((uri, store)) = fresh_store() else { return };
    let mut shuffled = of_all_writers();
    shuffled.rotate_left(4);
    write_foreign(&uri, shuffled);
    check_order(&store);
}

#[test]
fn without_a_timestamp_the_id_says_when() {
    let Some((uri, store)) = fresh_store() else { return };
    let record = |value: Option<RawBson>, number| {
        let mut record = rawdoc! { "_id": id(number) };
        if let Some(value) = value {
            record.append(bson::raw::cstr!("timestamp"), value);
        }
        record
    };
    let records = vec![
        record(None, 1),
        record(Some(RawBson::Null), 2),
        record(Some(bson::rawbson!([1, 2])), 3),
        record(Some(RawBson::Boolean(true)), 4),
    ];
    write_foreign(&uri, records.clone());
    assert_eq!(read_all(&store), records);
}

#[test]
fn what_does_not_exist_is_empty() {
    let Some((_, store)) = fresh_store() else { return };
    assert_eq!(read_all(&store), Vec::<RawDocumentBuf>::new());
    assert_eq!(store.collections().unwrap(), vec![]);
}

#[test]
fn many_records_of_one_millisecond_come_once_each() {
    let Some((_, store)) = fresh_store() else { return };
    let records: Vec<_> = (0..3_000)
        .map(|number| rawdoc! { "_id": id(number), "timestamp": DateTime::from_millis(NEW_YEAR) })
        .collect();
    append(&store, &batch(records.clone()));
    assert_eq!(read_all(&store), records);
    assert_eq!(read(&store, &Prune::NONE, Order::NewestFirst), reversed(records));
}

#[test]
fn portions_are_bounded() {
    let Some((_, store)) = fresh_store() else { return };
    append(&store, &batch((0..2_500).map(record)));
    let mut rows = store.read("log", &Prune::NONE, Order::OldestFirst).unwrap();
    let mut sizes = Vec::new();
    while let Some(portion) = rows.next().unwrap() {
        sizes.push(portion.len());
    }
    assert_eq!(sizes, [1_000, 1_000, 500]);
}
