use crate::support::{batch, read_all, record};
use std::net::TcpListener;
use woodpile_store::{Identity, MongoStore, Order, Prune, Store, StoreError};
use woodpile_test_support::Ferret;

/// Short, so that the tests are; without them the bounds are those of `limits.rs`.
pub(crate) const BOUNDS: &str = "serverSelectionTimeoutMS=1000&connectTimeoutMS=1000&socketTimeoutMS=1000&heartbeatFrequencyMS=500";

fn store(ferret: &Ferret) -> MongoStore {
    MongoStore::new(&format!("{}logs?{BOUNDS}", ferret.uri())).unwrap()
}

fn send(store: &MongoStore, numbers: std::ops::Range<u32>) -> Result<(), StoreError> {
    let sent = batch(numbers.map(record));
    store.append(&[("log", &sent)], Identity::Brought).map(drop)
}

/// Tries until the server is back; each attempt is bounded by itself.
fn send_until_kept(store: &MongoStore, numbers: std::ops::Range<u32>) {
    while let Err(error) = send(store, numbers.clone()) {
        assert!(error.is_temporary(), "{error}");
    }
}

fn assert_unavailable<T>(result: Result<T, StoreError>, address: &str) {
    match result {
        Err(error @ StoreError::Unavailable { .. }) => {
            assert!(error.to_string().contains(address), "{error}");
        }
        Err(error) => panic!("unavailable, not {error:?}"),
        Ok(_) => panic!("the server is away"),
    }
}

#[test]
fn a_killed_server_is_an_error_and_when_it_is_back_all_is_kept_once() {
    let Some(mut ferret) = Ferret::start() else { return };
    let store = store(&ferret);
    send(&store, 0..100).unwrap();
    ferret.kill();
    assert_unavailable(send(&store, 100..200), ferret.address());
    assert_unavailable(store.collections(), ferret.address());
    ferret.restart();
    send_until_kept(&store, 100..200);
    send_until_kept(&store, 50..250);
    assert_eq!(read_all(&store), (0..250).map(record).collect::<Vec<_>>());
}

#[test]
fn a_frozen_server_is_an_error_in_bounded_time_and_nothing_is_doubled_after_it() {
    let Some(ferret) = Ferret::start() else { return };
    let store = store(&ferret);
    send(&store, 0..10).unwrap();
    ferret.freeze();
    assert_unavailable(send(&store, 10..20), ferret.address());
    assert_unavailable(store.read("log", &Prune::NONE, Order::OldestFirst), ferret.address());
    assert_unavailable(store.check(false), ferret.address());
    ferret.thaw();
    send_until_kept(&store, 10..20);
    assert_eq!(read_all(&store), (0..20).map(record).collect::<Vec<_>>());
}

#[test]
fn a_server_that_is_away_at_first_is_found_later() {
    let Some(mut ferret) = Ferret::start() else { return };
    ferret.kill();
    let store = store(&ferret);
    assert_unavailable(send(&store, 0..5), ferret.address());
    ferret.restart();
    send_until_kept(&store, 0..5);
    assert_eq!(read_all(&store).len(), 5);
}

#[test]
fn a_read_goes_on_after_the_server_came_back() {
    let Some(mut ferret) = Ferret::start() else { return };
    let store = store(&ferret);
    send(&store, 0..5_000).unwrap();
    let mut rows = store.read("log", &Prune::NONE, Order::OldestFirst).unwrap();
    let mut seen = rows.next().unwrap().unwrap().len();
    ferret.kill();
    ferret.restart();
    // The pool may still hold connections to the process that is gone.
    send_until_kept(&store, 0..1);
    while let Some(portion) = rows.next().unwrap() {
        let first = portion.get(0).unwrap().get_str("message").unwrap();
        assert_eq!(first, format!("record {seen}"));
        seen += portion.len();
    }
    assert_eq!(seen, 5_000);
}

#[test]
fn a_follower_goes_on_after_the_server_came_back() {
    let Some(mut ferret) = Ferret::start() else { return };
    let store = store(&ferret);
    let mut follower = store.follow().unwrap();
    ferret.kill();
    assert_unavailable(follower.poll(std::time::Duration::ZERO), ferret.address());
    ferret.restart();
    let newborn = bson::rawdoc! { "_id": bson::oid::ObjectId::new(), "message": "back" };
    while store.append(&[("log", &batch([newborn.clone()]))], Identity::Brought).is_err() {}
    let arrived = follower.poll(std::time::Duration::from_secs(30)).unwrap();
    assert_eq!(arrived.len(), 1);
    assert_eq!(arrived[0].batch, batch([newborn]));
}

/// A server that takes connections and says nothing, as one behind a broken firewall.
#[test]
fn a_server_that_never_speaks_is_an_error_and_the_store_ends_at_once() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let store = MongoStore::new(&format!("mongodb://{address}/logs?{BOUNDS}")).unwrap();
    assert_unavailable(send(&store, 0..1), &address);
    drop(store);
}
