use super::{BYTES, block_of, lease, pack, unpacked};
use crate::support::{append, batch, fresh_store, read_all, record, with_driver};
use bson::{Document, doc};
use std::time::Duration;
use woodpile_store::{MongoStore, Store, StoreError};

#[test]
fn of_two_packers_one_waits() {
    let Some((uri, store)) = fresh_store() else { return };
    let other = MongoStore::new(&uri).unwrap();
    append(&store, &batch((0..10).map(record)));
    let held = lease(&store);
    for _ in 0..3 {
        assert!(other.packing("log").unwrap().is_none());
        assert!(store.packing("log").unwrap().is_none());
    }
    assert!(other.packing("another").unwrap().is_some());
    drop(held);
    assert!(other.packing("log").unwrap().is_some());
}

#[test]
fn a_lease_that_stands_still_is_taken_and_its_holder_changes_nothing_more() {
    let Some((uri, store)) = fresh_store() else { return };
    let thief = MongoStore::new(&uri).unwrap().with_patience(Duration::ZERO);
    append(&store, &batch((0..100).map(record)));
    let mut robbed = lease(&store);
    let portion = robbed.hot(60, BYTES).unwrap();
    assert!(thief.packing("log").unwrap().is_none(), "seen for the first time");
    robbed.renew().unwrap();
    assert!(thief.packing("log").unwrap().is_none(), "its beat rose");
    let mut packing = thief.packing("log").unwrap().expect("it stood still");
    let block = block_of(&portion.batch);
    let lost = |error: StoreError| assert!(error.to_string().contains("took over"), "{error}");
    lost(robbed.pack(portion, block).unwrap_err());
    lost(robbed.renew().unwrap_err());
    assert_eq!(chunks(&uri), 0, "what was not swapped in is discarded");
    drop(robbed);
    packing.renew().expect("who lost a lease does not give back another's");
    pack(&mut *packing, 30);
    assert_eq!(read_all(&store), (0..100).map(record).collect::<Vec<_>>());
    assert_eq!(chunks(&uri), 4);
}

/// A packer that froze when its block was dirty goes on after another one finished that block and unpacked it.
#[test]
fn a_packer_that_was_thought_dead_deletes_nothing_that_was_unpacked() {
    let Some((uri, store)) = fresh_store() else { return };
    append(&store, &batch((0..100).map(record)));
    let frozen = MongoStore::new(&uri).unwrap().with_steps(move |step| {
        if step == "swapped in as dirty" {
            let thief = MongoStore::new(&uri).unwrap().with_patience(Duration::ZERO);
            assert!(thief.packing("log").unwrap().is_none(), "seen for the first time");
            let mut packing = thief.packing("log").unwrap().expect("it stood still");
            let block = thief.blocks("log").unwrap()[0].id;
            packing.unpack(block, &unpacked(&thief, block)).unwrap();
        }
    });
    let mut packing = lease(&frozen);
    let portion = packing.hot(100, BYTES).unwrap();
    let block = block_of(&portion.batch);
    let error = packing.pack(portion, block).unwrap_err();
    assert!(error.to_string().contains("took over"), "{error}");
    let stats = &store.collections().unwrap()[0];
    assert_eq!((stats.hot_records, stats.packed_records), (100, 0));
    assert_eq!(read_all(&store), (0..100).map(record).collect::<Vec<_>>());
}

/// Chunks that a later holder of the lease writes are nothing that an earlier one may clear away.
#[test]
fn who_takes_over_discards_only_what_came_before() {
    let Some((uri, store)) = fresh_store() else { return };
    append(&store, &batch((0..100).map(record)));
    drop(lease(&store));
    with_driver(&uri, |database| async move {
        let chunks = database.collection::<Document>("log.blocks");
        for block in [7_i64, i64::MAX] {
            chunks.insert_one(doc! { "_id": { "b": block, "n": 0_i64 }, "data": "" }).await?;
        }
        Ok(())
    });
    drop(lease(&store));
    assert_eq!(chunks(&uri), 1);
}

fn chunks(uri: &str) -> u64 {
    with_driver(uri, |database| async move {
        database.collection::<Document>("log.blocks").count_documents(doc! {}).await
    })
}
