//! Packing in a file: what the conformance suite cannot see.
use crate::conformance::records::{batch, numbered, read_all, record, shown};
use crate::packed::{merge, new_block, pack, unpack, unpacked};
use bson::Document;
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::time::Duration;
use woodpile_record::RawDocument;
use woodpile_store::{
    Follower, Identity, OpenOptions, Order, Prune, SqliteStore, Store, StoreError,
};

/// Records in a new file, in batches of 500.
fn filled(count: u32) -> (tempfile::TempDir, PathBuf, SqliteStore) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("logs.db");
    let store = SqliteStore::open(&path, &OpenOptions::WRITE).unwrap();
    for chunk in numbered(0..count).chunks(500) {
        store.append(&[("log", &batch(chunk))], Identity::Fresh).unwrap();
    }
    (folder, path, store)
}

fn tamper(path: &Path, sql: &str) {
    Connection::open(path).unwrap().execute_batch(sql).unwrap();
}

/// How many records arrived.
fn news(follower: &mut dyn Follower) -> usize {
    follower.poll(Duration::ZERO).unwrap().iter().map(|followed| followed.batch.len()).sum()
}

/// Made by the release before blocks: three batches of ten.
fn version_1() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("logs.db");
    std::fs::write(&path, include_bytes!("fixtures/version1.db")).unwrap();
    (folder, path)
}

#[test]
fn a_file_without_blocks_is_read_and_upgraded_when_it_is_written() {
    let (_folder, path) = version_1();
    let version = || -> u32 {
        let connection = Connection::open(&path).unwrap();
        connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
    };
    let reader = SqliteStore::open(&path, &OpenOptions::READ).unwrap();
    assert_eq!(shown(&read_all(&reader, "log")), shown(&numbered(0..30)));
    assert_eq!(reader.blocks("log").unwrap(), []);
    assert_eq!((reader.check(true).unwrap(), version()), (vec![], 1));

    let store = SqliteStore::open(&path, &OpenOptions::WRITE).unwrap();
    pack(&store, "log", usize::MAX);
    store.append(&[("log", &batch(&numbered(25..40)))], Identity::Brought).unwrap();
    assert_eq!(version(), 2);
    for store in [&store, &reader] {
        assert_eq!(shown(&read_all(store, "log")), shown(&numbered(0..40)));
    }
    let stats = store.collections().unwrap();
    assert_eq!((stats[0].hot_records, stats[0].packed_records), (10, 30));
}

#[test]
fn packing_is_no_arrival() {
    let (_folder, _, store) = filled(2_000);
    let mut follower = store.follow().unwrap();
    let steps: [fn(&dyn Store); 3] = [
        |store| pack(store, "log", 600),
        |store| merge(store, "log"),
        |store| unpack(store, "log"),
    ];
    for step in steps {
        step(&store);
        assert_eq!(news(&mut *follower), 0);
    }
    store.append(&[("log", &batch(&numbered([5_000])))], Identity::Fresh).unwrap();
    assert_eq!(news(&mut *follower), 1);
}

#[test]
fn what_is_packed_before_it_is_seen_is_followed_all_the_same() {
    let (_folder, _, store) = filled(500);
    let mut follower = store.follow().unwrap();
    let append = |name: &str, numbers: Vec<u32>| {
        store.append(&[(name, &batch(&numbered(numbers)))], Identity::Fresh).unwrap();
    };
    let arrived = |follower: &mut dyn Follower| -> Vec<(String, Vec<Document>)> {
        let news = follower.poll(Duration::ZERO).unwrap().into_iter();
        news.map(|news| {
            let records: Vec<_> = news.batch.iter().map(RawDocument::to_owned).collect();
            (news.collection, shown(&records))
        })
        .collect()
    };
    let expected = |name: &str, numbers: Vec<u32>| (name.to_owned(), shown(&numbered(numbers)));
    // Older and later ones meet in one block; some of another collection come between them.
    append("log", (1_000..1_100).collect());
    append("log", (900..1_000).collect());
    append("other", vec![7]);
    append("log", vec![2_000]);
    pack(&store, "log", usize::MAX);
    assert_eq!(
        arrived(&mut *follower),
        [
            expected("log", (900..1_100).collect()),
            expected("other", vec![7]),
            expected("log", vec![2_000]),
        ]
    );
    append("log", vec![3_000]);
    assert_eq!(arrived(&mut *follower), [expected("log", vec![3_000])]);
    append("log", vec![3_001]);
    pack(&store, "log", usize::MAX);
    append("log", vec![3_002]);
    assert_eq!(
        arrived(&mut *follower),
        [expected("log", vec![3_001]), expected("log", vec![3_002])]
    );
    // What moves once more is not new.
    for step in [merge, unpack] {
        step(&store, "log");
        assert_eq!(arrived(&mut *follower), []);
    }
    pack(&store, "log", usize::MAX);
    store.tidy().unwrap();
    assert_eq!((arrived(&mut *follower), store.states("").unwrap()), (vec![], vec![]));
}

#[test]
fn a_file_shrinks_when_it_was_packed() {
    let (_folder, path, store) = filled(40_000);
    store.tidy().unwrap();
    let size = || std::fs::metadata(&path).unwrap().len();
    let before = size();
    pack(&store, "log", usize::MAX);
    store.tidy().unwrap();
    assert!(size() < before / 3, "{} of {before}", size());
    let stats = store.collections().unwrap();
    assert_eq!((stats[0].packed_records, stats[0].logical_bytes), (40_000, size()));
}

#[test]
fn who_lost_the_lease_cannot_commit() {
    let (_folder, path, store) = filled(1_000);
    pack(&store, "log", 500);
    let blocks = store.blocks("log").unwrap();
    store.append(&[("log", &batch(&numbered(1_000..1_010)))], Identity::Fresh).unwrap();
    let mut packing = store.packing("log").unwrap().unwrap();
    let portion = packing.hot(10, usize::MAX).unwrap();
    tamper(&path, "UPDATE state SET version = randomblob(12) WHERE name = 'lease:log'");
    let other = new_block(&portion.batch);
    let records = unpacked(&store, "log", blocks[0].id);
    let errors = [
        packing.renew().unwrap_err(),
        packing.pack(portion, other.clone()).unwrap_err(),
        packing.replace(&[blocks[0].id], vec![other]).unwrap_err(),
        packing.unpack(blocks[0].id, &records).unwrap_err(),
    ];
    for error in errors {
        assert!(error.to_string().contains("the lease on packing log was lost"), "{error}");
    }
    drop(packing);
    // What the other process holds is not given back by this one.
    assert!(store.packing("log").unwrap().is_none());
    assert_eq!(store.blocks("log").unwrap(), blocks);
    assert_eq!(shown(&read_all(&store, "log")), shown(&numbered(0..1_010)));
}

#[test]
fn what_is_not_the_same_records_is_refused() {
    let (_folder, _, store) = filled(1_000);
    let mut packing = store.packing("log").unwrap().unwrap();
    let too_few = new_block(&batch(&numbered(0..999)));
    let portion = packing.hot(usize::MAX, usize::MAX).unwrap();
    let error = packing.pack(portion, too_few.clone()).unwrap_err();
    assert!(error.to_string().ends_with("1000 records would become 999"), "{error}");
    let portion = packing.hot(usize::MAX, usize::MAX).unwrap();
    let block = new_block(&portion.batch);
    let id = packing.pack(portion, block).unwrap();
    packing.replace(&[id], vec![too_few]).unwrap_err();
    packing.unpack(id, &batch(&numbered(0..999))).unwrap_err();
    assert_eq!(shown(&read_all(&store, "log")), shown(&numbered(0..1_000)));
}

#[test]
fn a_damaged_block_costs_that_block() {
    for (tampering, problem) in [
        ("UPDATE block SET data = zeroblob(length(data)) WHERE id = 2", "not a block"),
        ("UPDATE block SET data = substr(data, 1, 40) WHERE id = 2", "checksum"),
        ("UPDATE block SET records = 7 WHERE id = 2", "checksum"),
        (
            "UPDATE block SET data = CAST(substr(data, 1, 4) || x'63' || substr(data, 6) AS BLOB) \
             WHERE id = 2",
            "the block has version 99, newer than the 2 that this woodpile reads: install a newer",
        ),
    ] {
        let (_folder, path, store) = filled(1_500);
        pack(&store, "log", 500);
        tamper(&path, tampering);
        let mut rows = store.read("log", &Prune::NONE, Order::OldestFirst).unwrap();
        let mut seen = 0;
        while let Some(portion) = rows.next().unwrap() {
            seen += portion.len();
        }
        assert_eq!(seen, 1_000, "{tampering}");
        for findings in [rows.damage().to_vec(), store.check(false).unwrap()] {
            let [finding] = findings.as_slice() else { panic!("one finding, not {findings:?}") };
            assert!(finding.place.ends_with("block 2"), "{finding:?}");
            assert!(finding.problem.contains(problem), "{finding:?}");
            assert!(tampering.contains("records = 7") || finding.records == Some(500));
        }
        let again = numbered(0..1_500);
        let added = store.append(&[("log", &batch(&again))], Identity::Brought).unwrap().added;
        assert_eq!(added, 500);
    }
}

#[test]
fn a_damaged_group_costs_that_group_and_a_deep_check_names_it() {
    let (_folder, path, store) = filled(40_000);
    pack(&store, "log", usize::MAX);
    tamper(
        &path,
        "UPDATE block SET data = CAST(substr(data, 1, length(data) - 9) || x'00FF00FF00FF00FF00' AS BLOB)",
    );
    assert_eq!(store.check(false).unwrap(), []);
    let findings = store.check(true).unwrap();
    let [finding] = findings.as_slice() else { panic!("one finding, not {findings:?}") };
    assert_eq!(finding.place, format!("{}, log, block 1, group 2", path.display()));
    let lost = finding.records.unwrap();
    assert!((1..16_385).contains(&lost), "{finding:?}");
    for order in [Order::OldestFirst, Order::NewestFirst] {
        let mut rows = store.read("log", &Prune::NONE, order).unwrap();
        let mut seen = 0;
        while let Some(portion) = rows.next().unwrap() {
            seen += portion.len() as u64;
        }
        assert_eq!(seen, 40_000 - lost);
        let missing: Vec<_> = rows.damage().iter().map(|finding| finding.records).collect();
        assert_eq!(missing, [Some(lost)]);
    }
}

#[test]
fn a_damaged_batch_is_not_packed_and_stands_in_nobody_s_way() {
    let (_folder, path, store) = filled(1_500);
    tamper(&path, "UPDATE hot SET data = zeroblob(length(data)) WHERE id = 2");
    pack(&store, "log", usize::MAX);
    let stats = store.collections().unwrap();
    assert_eq!((stats[0].hot_records, stats[0].packed_records), (500, 1_000));
}

#[test]
fn conflicts_are_seen_whatever_their_time() {
    let (_folder, _, store) = filled(20_000);
    pack(&store, "log", usize::MAX);
    let late = [record(3, 90_000_000), record(30_000, 1)];
    let appended = store.append(&[("log", &batch(&late))], Identity::Brought).unwrap();
    assert_eq!((appended.added, appended.conflicts), (2, 1));
    let again = store.append(&[("log", &batch(&numbered(0..20_000)))], Identity::Brought).unwrap();
    assert_eq!((again.added, again.duplicates), (0, 20_000));
}

#[test]
fn a_block_that_is_gone_is_named() {
    let (_folder, path, store) = filled(500);
    pack(&store, "log", usize::MAX);
    let id = store.blocks("log").unwrap()[0].id;
    unpack(&store, "log");
    let Err(error) = store.block("log", id) else { panic!("it is there") };
    let expected = format!("{}: log has no block 1 now: list its blocks again", path.display());
    assert_eq!(error.to_string(), expected);
    let reader = SqliteStore::open(&path, &OpenOptions::READ).unwrap();
    assert!(matches!(reader.packing("log"), Err(StoreError::ReadOnly { .. })));
}
