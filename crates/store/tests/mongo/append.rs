use crate::support::{append, batch, document, fresh_store, id, read_all, record, with_driver};
use bson::raw::RawDocumentBuf;
use bson::{DateTime, doc, rawdoc};
use woodpile_record::Batch;
use woodpile_store::{Appended, Identity, Store, StoreError};

#[test]
fn records_come_back_byte_for_byte() {
    let Some((_, store)) = fresh_store() else { return };
    let nested = rawdoc! {
        "_id": id(1_000_000),
        "timestamp": DateTime::from_millis(1),
        "level": "WARNING",
        "message": "Grüße \u{1F332}",
        "lineNumber": 7,
        "thread": 140_000_000_000_i64,
        "http": { "status": 200, "durationMs": 1.5, "user": null, "secure": true },
        "tags": ["a", "b", { "c": [2.5, null] }],
    };
    let kept: Vec<RawDocumentBuf> = std::iter::once(nested).chain((0..2_500).map(record)).collect();
    let appended = append(&store, &batch(kept.clone()));
    assert_eq!(appended, Appended { added: 2_501, duplicates: 0, conflicts: 0 });
    assert_eq!(read_all(&store), kept);
}

#[test]
fn a_record_that_is_there_already_is_not_added_again() {
    let Some((_, store)) = fresh_store() else { return };
    append(&store, &batch((0..10).map(record)));
    let again = append(&store, &batch((5..15).map(record)));
    assert_eq!(again, Appended { added: 5, duplicates: 5, conflicts: 0 });
    assert_eq!(read_all(&store), (0..15).map(record).collect::<Vec<_>>());
}

#[test]
fn the_same_id_with_other_content_stays_visible_beside_it_once() {
    let Some((_, store)) = fresh_store() else { return };
    let time = DateTime::from_millis(5);
    let other =
        rawdoc! { "_id": id(1), "timestamp": time, "message": "other", "extra": { "a": 1 } };
    append(&store, &batch([rawdoc! { "_id": id(1), "timestamp": time, "message": "first" }]));
    for (attempt, expected) in [
        (1, Appended { added: 1, duplicates: 0, conflicts: 1 }),
        (2, Appended { added: 0, duplicates: 1, conflicts: 0 }),
    ] {
        assert_eq!(append(&store, &batch([other.clone()])), expected, "attempt {attempt}");
    }
    let all = read_all(&store);
    assert_eq!(all.len(), 2);
    let twin =
        all.iter().find(|kept| kept.get_str("message").is_ok_and(|text| text == "other")).unwrap();
    assert_ne!(twin.get_object_id("_id").unwrap(), id(1));
    assert_eq!(document(twin).get("extra"), Some(&doc! { "a": 1, "originalId": id(1) }.into()));
}

#[test]
fn a_refused_record_takes_no_neighbour_with_it() {
    let Some((_, store)) = fresh_store() else { return };
    let odd = rawdoc! {
        "_id": id(50), "timestamp": DateTime::from_millis(0), "a.b": 1, "$x": { "y.z": 2 },
    };
    let records = (0..100).map(|number| if number == 50 { odd.clone() } else { record(number) });
    let sent = batch(records);
    assert_eq!(append(&store, &sent), Appended { added: 100, duplicates: 0, conflicts: 0 });
    assert_eq!(append(&store, &sent), Appended { added: 0, duplicates: 100, conflicts: 0 });
    let kept = read_all(&store);
    assert_eq!(kept.len(), 100);
    let plain = doc! {
        "_id": id(50), "timestamp": DateTime::from_millis(0), "a．b": 1, "＄x": { "y．z": 2 },
    };
    let kept = document(&kept[0]);
    assert!(kept == plain || kept == document(&odd), "{kept}");
}

#[test]
fn what_the_server_takes_in_no_form_is_named_and_the_rest_is_kept() {
    let Some((_, store)) = fresh_store() else { return };
    // Larger than a document of MongoDB may be.
    let large = "x".repeat(17 * 1024 * 1024);
    let large = rawdoc! { "_id": id(1), "timestamp": DateTime::from_millis(0), "message": large };
    let sent = batch([record(0), large, record(2)]);
    let error = store.append(&[("log", &sent)], Identity::Fresh).unwrap_err();
    assert!(matches!(error, StoreError::Rejected { .. }), "{error}");
    assert!(error.to_string().contains(&id(1).to_hex()), "{error}");
    assert_eq!(read_all(&store), [record(0), record(2)]);
}

#[test]
fn a_record_without_an_id_is_refused_with_all_that_came_with_it() {
    let Some((_, store)) = fresh_store() else { return };
    let sent = batch([record(0), rawdoc! { "message": "who am I" }]);
    let error = store.append(&[("log", &sent)], Identity::Fresh).unwrap_err();
    assert!(matches!(error, StoreError::Rejected { .. }), "{error}");
    assert_eq!(read_all(&store), Vec::<RawDocumentBuf>::new());
}

/// An index of another program's, which the server holds Woodpile's records to.
#[test]
fn a_record_that_an_owners_index_refuses_is_named_and_the_rest_is_kept() {
    let Some((uri, store)) = fresh_store() else { return };
    let unique = mongodb::IndexModel::builder()
        .keys(doc! { "message": 1 })
        .options(mongodb::options::IndexOptions::builder().unique(true).build())
        .build();
    with_driver(&uri, |database| async move {
        database.collection::<RawDocumentBuf>("log").create_index(unique).await
    });
    let same =
        rawdoc! { "_id": id(1), "timestamp": DateTime::from_millis(0), "message": "record 0" };
    let sent = batch([record(0), same, record(2)]);
    for attempt in [1, 2] {
        let error = store.append(&[("log", &sent)], Identity::Brought).unwrap_err();
        assert!(matches!(error, StoreError::Rejected { .. }), "attempt {attempt}: {error}");
        assert_eq!(read_all(&store), [record(0), record(2)], "attempt {attempt}");
    }
}

#[test]
fn a_name_that_no_collection_may_have_is_refused() {
    let Some((_, store)) = fresh_store() else { return };
    let error = store.append(&[("a$b", &batch((0..5_000).map(record)))], Identity::Fresh);
    let error = error.unwrap_err();
    assert!(matches!(error, StoreError::Rejected { .. }), "{error:?}");
    assert!(error.to_string().contains("a$b"), "{error}");
}

#[test]
fn several_collections_in_one_append() {
    let Some((_, store)) = fresh_store() else { return };
    let (access, errors) = (batch((0..3).map(record)), batch((3..5).map(record)));
    let batches = [("access-log", &access), ("error-log", &errors), ("empty", &Batch::new())];
    let appended = store.append(&batches, Identity::Fresh).unwrap();
    assert_eq!(appended.added, 5);
    let stats = store.collections().unwrap();
    let counts: Vec<_> = stats.iter().map(|of| (of.name.as_str(), of.records)).collect();
    assert_eq!(counts, [("access-log", 3), ("error-log", 2)]);
}

#[test]
fn more_than_one_insert_takes() {
    let Some((_, store)) = fresh_store() else { return };
    let long = |number| {
        let mut long = record(number);
        long.append(bson::raw::cstr!("filler"), "y".repeat(300_000));
        long
    };
    let sent: Vec<_> = (0..40).map(long).collect();
    assert_eq!(append(&store, &batch(sent.clone())).added, 40);
    assert_eq!(read_all(&store), sent);
}
