use crate::support::{append, batch, fresh_store, record, with_driver, write_foreign};
use bson::oid::ObjectId;
use bson::raw::RawDocumentBuf;
use bson::rawdoc;
use std::time::Duration;
use woodpile_store::{Follower, Identity, Store};

/// Far more than a look takes: the wait ends when something came.
const PATIENCE: Duration = Duration::from_secs(30);

/// A record born now, as those are that a follower waits for.
fn newborn(message: &str) -> RawDocumentBuf {
    rawdoc! { "_id": ObjectId::new(), "timestamp": bson::DateTime::now(), "message": message }
}

/// Collection and message of everything that came.
fn seen(follower: &mut dyn Follower) -> Vec<(String, String)> {
    let mut seen = Vec::new();
    for followed in follower.poll(PATIENCE).unwrap() {
        for record in followed.batch.iter() {
            let message = record.get_str("message").unwrap().to_owned();
            seen.push((followed.collection.clone(), message));
        }
    }
    seen
}

#[test]
fn what_is_appended_from_now_on_comes_once() {
    let Some((uri, store)) = fresh_store() else { return };
    let send = |collection: &str, message: &str| {
        store.append(&[(collection, &batch([newborn(message)]))], Identity::Fresh).unwrap();
    };
    send("log", "before");
    let mut follower = store.follow().unwrap();
    send("log", "one");
    assert_eq!(seen(&mut *follower), [("log".to_owned(), "one".to_owned())]);
    write_foreign(&uri, vec![newborn("two")]);
    assert_eq!(seen(&mut *follower), [("log".to_owned(), "two".to_owned())]);
    send("a-new-log", "three");
    assert_eq!(seen(&mut *follower), [("a-new-log".to_owned(), "three".to_owned())]);
    assert_eq!(follower.poll(Duration::ZERO).unwrap(), vec![]);
}

/// A capped collection is the only one whose order of arrival FerretDB knows; MongoDB knows it of all.
#[test]
fn where_the_server_knows_the_order_of_arrival_it_is_kept() {
    let Some((uri, store)) = fresh_store() else { return };
    with_driver(&uri, |database| async move {
        database.create_collection("log").capped(true).size(16 * 1024 * 1024).await
    });
    append(&store, &batch((0..500).map(record)));
    let mut follower = store.follow().unwrap();
    // Old ids, which say nothing about when they arrive.
    let sent: Vec<_> = (500..800).rev().map(record).collect();
    append(&store, &batch(sent.clone()));
    let arrived = follower.poll(PATIENCE).unwrap();
    assert_eq!(arrived.len(), 1);
    assert_eq!(arrived[0].batch, batch(sent));
    assert_eq!(follower.poll(Duration::ZERO).unwrap(), vec![]);
}

#[test]
fn ids_that_arrive_out_of_order_are_not_missed() {
    let Some((_, store)) = fresh_store() else { return };
    let (early, late) = (newborn("early"), newborn("late"));
    let mut follower = store.follow().unwrap();
    store.append(&[("log", &batch([late]))], Identity::Fresh).unwrap();
    assert_eq!(seen(&mut *follower), [("log".to_owned(), "late".to_owned())]);
    store.append(&[("log", &batch([early]))], Identity::Fresh).unwrap();
    assert_eq!(seen(&mut *follower), [("log".to_owned(), "early".to_owned())]);
}
