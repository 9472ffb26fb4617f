use crate::support::{batch, fresh_store, write_foreign};
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
