//! Damage costs what is damaged, is told, and stops nothing.
use crate::conformance::records::{batch, numbered, record, shown};
use bson::raw::RawDocumentBuf;
use rusqlite::Connection;
use std::path::Path;
use woodpile_record::{Batch, RawDocument};
use woodpile_store::{
    Finding, Identity, OpenOptions, Order, Prune, Spool, SqliteSpool, SqliteStore, Store,
    StoreError,
};

/// What a reader gets, and what it is told of.
fn read(
    store: &SqliteStore,
    order: Order,
) -> Result<(Vec<RawDocumentBuf>, Vec<Finding>), StoreError> {
    let mut rows = store.read("log", &Prune::NONE, order)?;
    let mut records = Vec::new();
    while let Some(batch) = rows.next()? {
        records.extend(batch.iter().map(RawDocument::to_owned));
    }
    Ok((records, rows.damage().to_vec()))
}

/// Three batches of ten.
fn three_batches(path: &Path) {
    let store = SqliteStore::open(path, &OpenOptions::WRITE).unwrap();
    for start in [0, 10, 20] {
        let records = numbered(start..start + 10);
        store.append(&[("log", &batch(&records))], Identity::Fresh).unwrap();
    }
}

fn check(tampering: &str, problem: &str) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("logs.db");
    three_batches(&path);
    Connection::open(&path).unwrap().execute_batch(tampering).unwrap();
    let store = SqliteStore::open(&path, &OpenOptions::WRITE).unwrap();
    let rest = numbered((0..10).chain(20..30));
    for order in [Order::OldestFirst, Order::NewestFirst] {
        let (mut records, damage) = read(&store, order).unwrap();
        if order == Order::NewestFirst {
            records.reverse();
        }
        assert_eq!(shown(&records), shown(&rest), "{tampering}");
        assert_finding(&damage, problem);
    }
    assert_finding(&store.check(true).unwrap(), problem);
    store.append(&[("log", &batch(&numbered([5, 40])))], Identity::Brought).unwrap();
}

fn assert_finding(findings: &[Finding], problem: &str) {
    let [finding] = findings else { panic!("one finding, not {findings:?}") };
    assert!(finding.place.ends_with("batch 2"), "{finding:?}");
    assert!(finding.problem.contains(problem), "{finding:?}");
    assert_eq!(finding.records, Some(10));
}

#[test]
fn a_damaged_batch_costs_that_batch() {
    let frame = "checksum";
    check("UPDATE hot SET data = zeroblob(length(data)) WHERE id = 2", "Unknown frame");
    check("UPDATE hot SET data = substr(data, 1, 40) WHERE id = 2", "shorter than its directory");
    check("UPDATE hot SET data = x'' WHERE id = 2", "shorter than its directory");
    check("UPDATE hot SET frames = x'FFFFFFFFFF' WHERE id = 2", frame);
    check("UPDATE hot SET frames = x'' WHERE id = 2", frame);
    check("UPDATE hot SET first = 0 WHERE id = 2", frame);
    check("UPDATE hot SET collection = 7 WHERE id = 2", frame);
}

#[test]
fn a_wrong_summary_of_ids_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("logs.db");
    three_batches(&path);
    let tampering = "UPDATE hot SET ids = (SELECT ids FROM hot WHERE id = 1) WHERE id = 2";
    Connection::open(&path).unwrap().execute_batch(tampering).unwrap();
    let store = SqliteStore::open(&path, &OpenOptions::READ).unwrap();
    assert_finding(&store.check(true).unwrap(), "summary of ids");
}

/// Every page in turn is overwritten: what is read is never wrong, and what is missing is told.
#[test]
fn any_damaged_page_is_survived() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("logs.db");
    let records: Vec<_> = (0..2_000).map(|number| record(number, i64::from(number % 97))).collect();
    let store = SqliteStore::open(&path, &OpenOptions::WRITE).unwrap();
    for chunk in records.chunks(50) {
        store.append(&[("log", &batch(chunk))], Identity::Fresh).unwrap();
    }
    let (sound, damage) = read(&store, Order::OldestFirst).unwrap();
    assert_eq!((sound.len(), damage), (2_000, vec![]));
    drop(store);
    let bytes = std::fs::read(&path).unwrap();
    let page = usize::from(u16::from_be_bytes([bytes[16], bytes[17]]));
    for (number, filler) in (0..bytes.len() / page).flat_map(|number| [(number, 0), (number, 0xA5)])
    {
        let mut damaged = bytes.clone();
        damaged[number * page..(number + 1) * page].fill(filler);
        survives(&folder.path().join("damaged.db"), &damaged, &sound);
    }
    for keep in [bytes.len() / 2, bytes.len() - page, page * 3 + 7] {
        survives(&folder.path().join("damaged.db"), &bytes[..keep], &sound);
    }
}

/// Opening or reading may fail; if not, what comes is a part of what was there, in order.
fn survives(path: &Path, bytes: &[u8], sound: &[RawDocumentBuf]) {
    for suffix in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{suffix}", path.display()));
    }
    std::fs::write(path, bytes).unwrap();
    let Ok(store) = SqliteStore::open(path, &OpenOptions::READ) else { return };
    if let Ok((records, damage)) = read(&store, Order::OldestFirst) {
        let mut left = sound.iter();
        assert!(records.iter().all(|record| left.any(|expected| expected == record)));
        let told = !damage.is_empty() || !store.check(true).is_ok_and(|found| found.is_empty());
        assert!(told || records.len() == sound.len(), "{} of {}", records.len(), sound.len());
    }
}

#[test]
fn a_damaged_portion_of_a_spool_stands_in_nobody_s_way() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("spool.db");
    let spool = SqliteSpool::open(&path, 1 << 20).unwrap();
    let put = |number| {
        let one: Batch = batch(&numbered([number]));
        spool.put(&[("log", &one)]).unwrap();
    };
    put(1);
    put(2);
    Connection::open(&path)
        .unwrap()
        .execute_batch("UPDATE portion SET data = zeroblob(9) WHERE id = 1")
        .unwrap();
    let error = spool.oldest().unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
    assert!(error.to_string().contains("portion 1 is damaged"), "{error}");
    let (_, portion) = spool.oldest().unwrap().unwrap();
    assert_eq!(portion[0].batch, batch(&numbered([2])));
}
