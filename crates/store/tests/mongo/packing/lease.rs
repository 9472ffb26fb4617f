use super::{BYTES, block_of, lease, pack};
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

fn chunks(uri: &str) -> u64 {
    with_driver(uri, |database| async move {
        database.collection::<Document>("log.blocks").count_documents(doc! {}).await
    })
}
