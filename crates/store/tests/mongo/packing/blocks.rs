use super::{BYTES, block_of, lease, pack, packed, unpacked};
use crate::support::{
    NEW_YEAR, append, batch, fresh_store, id, read, read_all, record, with_driver, write_foreign,
};
use bson::raw::RawDocumentBuf;
use bson::{DateTime, Document, Timestamp, doc, rawdoc};
use std::time::Duration;
use woodpile_record::RawDocument;
use woodpile_store::{BlockId, MongoStore, Order, Prune, Store, StoreError};

fn records(numbers: std::ops::Range<u32>) -> Vec<RawDocumentBuf> {
    numbers.map(record).collect()
}

/// How many documents the server has in a collection.
fn documents(uri: &str, collection: &'static str) -> u64 {
    with_driver(uri, move |database| async move {
        database.collection::<Document>(collection).count_documents(doc! {}).await
    })
}

#[test]
fn what_is_packed_reads_as_before_and_its_documents_are_gone() {
    let Some((uri, store)) = fresh_store() else { return };
    assert_eq!(packed(&store, 0..2_500, 1_000).len(), 3);
    append(&store, &batch(records(2_500..3_000)));
    assert_eq!(documents(&uri, "log"), 500);
    assert_eq!(read_all(&store), records(0..3_000));
    let mut reversed = records(0..3_000);
    reversed.reverse();
    assert_eq!(read(&store, &Prune::NONE, Order::NewestFirst), reversed);
    let between = Prune { since: Some(NEW_YEAR + 990), until: Some(NEW_YEAR + 2_600) };
    assert_eq!(read(&store, &between, Order::OldestFirst), records(990..2_600));
    let stats = store.collections().unwrap();
    let [log] = stats.as_slice() else { panic!("one collection: {stats:?}") };
    assert_eq!((log.records, log.hot_records, log.packed_records), (3_000, 500, 2_500));
    assert_eq!((log.first, log.last), (Some(NEW_YEAR), Some(NEW_YEAR + 2_999)));
    assert_eq!(store.check(true).unwrap(), []);
}

#[test]
fn records_of_any_writer_and_late_ones_keep_their_order() {
    let Some((uri, store)) = fresh_store() else { return };
    let at = |second: i64| DateTime::from_millis(NEW_YEAR + second * 1_000);
    let seconds = u32::try_from(NEW_YEAR / 1_000).unwrap();
    let expected = [
        rawdoc! { "_id": id(5), "timestamp": at(0), "message": "a date" },
        rawdoc! { "_id": "a text", "timestamp": Timestamp { time: seconds + 1, increment: 0 } },
        rawdoc! { "_id": id(4), "timestamp": "2026-01-01T00:00:02Z" },
        rawdoc! { "_id": { "host": "a" }, "timestamp": at(3), "message": "another" },
        rawdoc! { "_id": 17, "timestamp": NEW_YEAR + 4_000 },
        rawdoc! { "_id": id(2), "timestamp": at(5) },
    ];
    for late in [&expected[1..4], &expected[4..], &expected[..1]] {
        write_foreign(&uri, late.to_vec());
        pack(&mut *lease(&store), 2);
    }
    assert_eq!(documents(&uri, "log"), 0);
    assert_eq!(read_all(&store), expected);
}

#[test]
fn unpacking_gives_the_documents_back() {
    let Some((uri, store)) = fresh_store() else { return };
    let ids = packed(&store, 0..2_000, 1_000);
    let mut follower = store.follow().unwrap();
    for id in ids {
        lease(&store).unpack(id, &unpacked(&store, id)).unwrap();
    }
    assert_eq!(documents(&uri, "log"), 2_000);
    assert_eq!(store.blocks("log").unwrap(), []);
    assert_eq!(read_all(&store), records(0..2_000));
    assert_eq!(follower.poll(Duration::ZERO).unwrap(), []);
}

#[test]
fn blocks_are_replaced_at_once_and_the_old_ones_can_be_read_for_a_while() {
    let Some((uri, store)) = fresh_store() else { return };
    let old = packed(&store, 0..3_000, 1_000);
    let size = store.blocks("log").unwrap()[0].bytes;
    merge(&store, &old, 0..3_000);
    assert_eq!(store.blocks("log").unwrap().len(), 1);
    assert_eq!(read_all(&store), records(0..3_000));
    assert_eq!(store.block("log", old[0]).unwrap().read(0..size).unwrap().len() as u64, size);
    assert_eq!(documents(&uri, "log.blocks"), 4);
    outlive_garbage(&uri);
    drop(lease(&store));
    assert_eq!(documents(&uri, "log.blocks"), 1);
    assert!(store.block("log", old[0]).is_err());
    assert_eq!(read_all(&store), records(0..3_000));
}

/// Puts one block in the place of those that have these records.
pub(super) fn merge(store: &MongoStore, old: &[BlockId], numbers: std::ops::Range<u32>) {
    let all = batch(records(numbers));
    lease(store).replace(old, vec![block_of(&all)]).unwrap();
}

/// Has the root say that blocks were replaced long ago.
pub(super) fn outlive_garbage(uri: &str) {
    with_driver(uri, |database| async move {
        let own = database.collection::<Document>("woodpile");
        let mut root = own.find_one(doc! { "_id": "root:log" }).await?.unwrap();
        for garbage in root.get_array_mut("garbage").unwrap() {
            let garbage = garbage.as_document_mut().unwrap();
            garbage.insert("since", DateTime::from_millis(0));
        }
        own.replace_one(doc! { "_id": "root:log" }, root).await
    });
}

/// Noise, which no packing makes small.
fn noise(number: u32) -> RawDocumentBuf {
    let mut state = u64::from(number) + 1;
    let bytes: Vec<u8> = std::iter::repeat_with(|| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state.to_be_bytes()[0]
    })
    .take(50_000)
    .collect();
    let noise = bson::Binary { subtype: bson::spec::BinarySubtype::Generic, bytes };
    rawdoc! { "_id": id(number), "timestamp": DateTime::from_millis(NEW_YEAR), "noise": noise }
}

#[test]
fn a_range_is_the_same_whatever_documents_it_lies_in() {
    let Some((uri, store)) = fresh_store() else { return };
    let all = batch((0..30).map(noise));
    append(&store, &all);
    let block = block_of(&all);
    let bytes = block.bytes.clone();
    let mut packing = lease(&store);
    let portion = packing.hot(30, BYTES).unwrap();
    assert_eq!(portion.batch, all);
    let id = packing.pack(portion, block).unwrap();
    assert!(documents(&uri, "log.blocks") > 4);
    let stored = store.block("log", id).unwrap();
    let length = bytes.len();
    for range in [0..0, 0..13, 0..length, 262_143..262_145, 262_144..524_288, length - 1..length] {
        let read = stored.read(range.start as u64..range.end as u64).unwrap();
        assert!(read == bytes[range.clone()], "{range:?}");
    }
    assert!(stored.read(0..length as u64 + 1).is_err());
}

/// What happens to the first chunk of the second of three blocks, and what is said of it.
fn check_damage(damage: impl Fn(&mut Vec<u8>) -> bool, named: &str) {
    let Some((uri, store)) = fresh_store() else { return };
    let ids = packed(&store, 0..3_000, 1_000);
    let lost = ids[1].0;
    with_driver(&uri, |database| async move {
        let chunks = database.collection::<Document>("log.blocks");
        let chunk = doc! { "_id": { "b": lost, "n": 0_i64 } };
        let mut found = chunks.find_one(chunk.clone()).await?.unwrap();
        let mut bytes = found.get_binary_generic("data").unwrap().clone();
        if !damage(&mut bytes) {
            return chunks.delete_one(chunk).await.map(drop);
        }
        found.insert("data", bson::Binary { subtype: bson::spec::BinarySubtype::Generic, bytes });
        chunks.replace_one(chunk, found).await.map(drop)
    });
    let mut rows = store.read("log", &Prune::NONE, Order::OldestFirst).unwrap();
    let mut read = Vec::new();
    while let Some(portion) = rows.next().unwrap() {
        read.extend(portion.iter().map(RawDocument::to_owned));
    }
    assert!(read == [records(0..1_000), records(2_000..3_000)].concat(), "{} read", read.len());
    let place = format!("block {lost} of log");
    let [finding] = rows.damage() else { panic!("one finding: {:?}", rows.damage()) };
    assert_eq!((&finding.place, finding.records), (&place, Some(1_000)));
    assert!(finding.problem.contains(named), "{named}: {}", finding.problem);
    let findings = store.check(true).unwrap();
    assert_eq!(findings.iter().map(|finding| &finding.place).collect::<Vec<_>>(), [&place]);
    append(&store, &batch(records(3_000..3_010)));
    assert_eq!(pack(&mut *lease(&store), 100).len(), 1, "the rest is packed as ever");
}

#[test]
fn a_damaged_block_costs_that_block_and_is_named() {
    const IN_THE_HEAD: usize = 20;
    check_damage(|_| false, "chunk 0 is not there");
    check_damage(
        |bytes| {
            bytes[IN_THE_HEAD] ^= 1;
            true
        },
        "damaged",
    );
    check_damage(
        |bytes| {
            bytes.pop();
            true
        },
        "shorter",
    );
}

#[test]
fn a_block_of_a_newer_release_is_passed_over_and_says_what_to_do() {
    const VERSION: usize = 4;
    check_damage(
        |bytes| {
            bytes[VERSION] = 200;
            true
        },
        "install a newer release",
    );
}

/// What a quota counts beside the blocks' bytes: documents, uncompressed, and index entries.
#[test]
fn blocks_rest_in_the_database_with_little_added() {
    let Some((uri, store)) = fresh_store() else { return };
    append(&store, &batch((0..60).map(noise)));
    pack(&mut *lease(&store), 30);
    let bytes: u64 = store.blocks("log").unwrap().iter().map(|block| block.bytes).sum();
    assert!(bytes > 60 * 50_000);
    let documents = with_driver(&uri, |database| async move {
        let mut sizes = Vec::new();
        for name in ["log.blocks", "woodpile"] {
            let mut found = database.collection::<RawDocumentBuf>(name).find(doc! {}).await?;
            while found.advance().await? {
                sizes.push(found.current().as_bytes().len() as u64);
            }
        }
        Ok(sizes)
    });
    let stored: u64 = documents.iter().sum();
    let index = documents.len() as u64 * 32;
    assert!((stored + index) * 20 < bytes * 21, "{stored} and {index} for {bytes}");
    assert!(documents.iter().all(|size| *size < 4 * 1024 * 1024));
    let logical = store.collections().unwrap()[0].logical_bytes;
    // An engine may give empty collections and their indexes some pages.
    assert!((stored + index..stored + index + 100_000).contains(&logical), "{logical}: {stored}");
}

#[test]
fn a_capped_collection_is_refused() {
    let Some((uri, store)) = fresh_store() else { return };
    with_driver(&uri, |database| async move {
        database.create_collection("log").capped(true).size(1024 * 1024).await
    });
    append(&store, &batch(records(0..10)));
    match store.packing("log") {
        Err(error @ StoreError::Rejected { .. }) => {
            assert!(error.to_string().contains("capped"), "{error}");
        }
        other => panic!("refused, not {}", if other.is_ok() { "taken" } else { "this" }),
    }
    assert!(!store.is_packed_unasked("log").unwrap());
}

#[test]
fn what_others_made_is_packed_only_when_asked() {
    let Some((uri, store)) = fresh_store() else { return };
    write_foreign(&uri, records(0..10));
    assert!(!store.is_packed_unasked("log").unwrap());
    store.append(&[("own", &batch(records(0..1)))], woodpile_store::Identity::Fresh).unwrap();
    assert!(store.is_packed_unasked("own").unwrap());
}
