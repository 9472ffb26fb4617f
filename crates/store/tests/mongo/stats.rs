use crate::support::{
    NEW_YEAR, append, batch, fresh_store, id, record, with_driver, write_foreign,
};
use bson::{Document, Timestamp, doc, rawdoc};
use woodpile_store::Store;

#[test]
fn a_collection_says_what_it_holds() {
    let Some((_, store)) = fresh_store() else { return };
    append(&store, &batch((0..500).map(record)));
    let old = Timestamp { time: 1_400_000_000, increment: 250 };
    append(&store, &batch([rawdoc! { "_id": id(9_999), "timestamp": old }]));
    let stats = store.collections().unwrap();
    let [log] = stats.as_slice() else { panic!("one collection: {stats:?}") };
    assert_eq!((log.name.as_str(), log.records, log.hot_records), ("log", 501, 501));
    assert_eq!((log.first, log.last), (Some(1_400_000_000_250), Some(NEW_YEAR + 499)));
    assert!(log.logical_bytes > 501 * 20, "{log:?}");
}

#[test]
fn a_collection_of_another_writer_says_the_same() {
    let Some((uri, store)) = fresh_store() else { return };
    write_foreign(&uri, (0..20).map(record).collect());
    let stats = store.collections().unwrap();
    let [log] = stats.as_slice() else { panic!("one collection: {stats:?}") };
    assert_eq!((log.records, log.first, log.last), (20, Some(NEW_YEAR), Some(NEW_YEAR + 19)));
}

#[test]
fn blocks_and_woodpiles_own_state_are_no_collections_of_records() {
    let Some((uri, store)) = fresh_store() else { return };
    with_driver(&uri, |database| async move {
        for name in ["log.blocks", "woodpile", "log"] {
            database.collection::<Document>(name).insert_one(doc! { "a": 1 }).await?;
        }
        Ok(())
    });
    let names: Vec<_> = store.collections().unwrap().into_iter().map(|of| of.name).collect();
    assert_eq!(names, ["log"]);
}

#[test]
fn a_sound_database_has_no_findings() {
    let Some((_, store)) = fresh_store() else { return };
    append(&store, &batch((0..50).map(record)));
    for deep in [false, true] {
        assert_eq!(store.check(deep).unwrap(), vec![]);
    }
}
