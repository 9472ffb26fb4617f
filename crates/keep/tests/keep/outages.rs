//! The store is away, slow, frozen, or not what it should be: nothing is lost, nothing is doubled, nobody waits.

use crate::support::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use woodpile_keep::{FlushError, Flushed, Keeper, Notice, Sender, Settings};
use woodpile_store::{Store, StoreError};

#[test]
fn what_is_sent_is_stored_in_order_when_a_flush_returns() {
    let store = FaultyStore::healthy();
    let (keeper, _) = start(connect_to(&store), None, quick());
    let sender = keeper.sender("application-log");
    for n in 0..10_000 {
        sender.send(record(n)).unwrap();
    }
    assert_eq!(keeper.flush(LONG), Ok(Flushed::Stored));
    assert_eq!(store.messages("application-log"), numbers(0..10_000));
}

#[test]
fn each_collection_gets_its_own_records() {
    let store = FaultyStore::healthy();
    let (keeper, _) = start(connect_to(&store), None, quick());
    for (n, name) in (0..30).zip(["a", "b", "c"].into_iter().cycle()) {
        keeper.sender(name).send(record(n)).unwrap();
    }
    let counters = keeper.close(LONG).unwrap();
    assert_eq!(counters.stored, 30);
    let every_third: Vec<_> = (0..30).skip(1).step_by(3).map(|n: u64| n.to_string()).collect();
    assert_eq!(store.messages("b"), every_third);
}

#[test]
fn a_lost_answer_doubles_nothing() {
    let store = FaultyStore::healthy();
    let asked = AtomicU32::new(0);
    store.judged_by(move |_| match asked.fetch_add(1, Ordering::SeqCst) {
        0..=2 => Verdict::LoseAnswer,
        _ => Verdict::Do,
    });
    let (keeper, _) = start(connect_to(&store), None, quick());
    let sender = keeper.sender("a");
    for n in 0..100 {
        sender.send(record(n)).unwrap();
    }
    let counters = keeper.close(LONG).unwrap();
    assert_eq!(store.messages("a"), numbers(0..100));
    assert_eq!((counters.sent, counters.stored), (100, 100));
    assert!(counters.duplicates > 0, "{counters:?}");
}

#[test]
fn an_app_starts_and_logs_while_the_store_is_away() {
    let store = FaultyStore::healthy();
    let (closed, inner) = (Door::default(), Arc::clone(&store));
    let door = closed.clone();
    let connect = Box::new(move || {
        door.pass();
        Ok(Arc::clone(&inner) as Arc<dyn Store>)
    });
    let (keeper, _) = start(connect, None, quick());
    closed.wait_for_somebody();
    keeper.sender("a").send(record(0)).unwrap();
    closed.open();
    assert_eq!(keeper.flush(LONG), Ok(Flushed::Stored));
    assert_eq!(store.messages("a"), numbers(0..1));
}

#[test]
fn connecting_is_tried_until_it_works_and_told_once() {
    let store = FaultyStore::healthy();
    let inner = Arc::clone(&store);
    let mut failures = 5;
    let connect = Box::new(move || {
        failures -= 1;
        if failures > 0 { Err(unavailable()) } else { Ok(Arc::clone(&inner) as Arc<dyn Store>) }
    });
    let (keeper, notices) = start(connect, None, quick());
    keeper.sender("a").send(record(0)).unwrap();
    assert_eq!(notices.recv_timeout(LONG), Ok(Notice::Lost { error: unavailable(), spool: false }));
    assert!(matches!(notices.recv_timeout(LONG), Ok(Notice::Back { .. })));
    keeper.close(LONG).unwrap();
    assert_eq!(store.messages("a"), numbers(0..1));
    assert_eq!(notices.try_iter().count(), 0);
}

#[test]
fn why_a_slow_connection_failed_is_told_when_it_is_known() {
    let (store, door) = (FaultyStore::healthy(), Door::default());
    let (inner, closed) = (Arc::clone(&store), door.clone());
    let mut failures = 5;
    let connect = Box::new(move || {
        closed.pass();
        failures -= 1;
        if failures > 0 { Err(unavailable()) } else { Ok(Arc::clone(&inner) as Arc<dyn Store>) }
    });
    let (keeper, notices) = start(connect, None, impatient());
    keeper.sender("a").send(record(0)).unwrap();
    let told = notices.recv_timeout(LONG).unwrap().to_string();
    assert!(told.ends_with("cannot reach the store: no answer for 5.0ms"), "{told}");
    door.open();
    assert_eq!(notices.recv_timeout(LONG), Ok(Notice::Lost { error: unavailable(), spool: false }));
    assert!(matches!(notices.recv_timeout(LONG), Ok(Notice::Back { .. })));
    keeper.close(LONG).unwrap();
}

#[test]
fn an_outage_without_a_spool_is_sat_out_in_memory() {
    let store = FaultyStore::away();
    let (keeper, notices) = start(connect_to(&store), None, quick());
    let sender = keeper.sender("a");
    for n in 0..1_000 {
        sender.send(record(n)).unwrap();
    }
    await_notice(&notices, |notice| matches!(notice, Notice::Lost { .. }));
    let Err(FlushError::Deadline { waiting: 1_000, cause, .. }) =
        keeper.flush(Duration::from_millis(5))
    else {
        panic!("flushed to a store that is away");
    };
    assert_eq!(cause, Some(unavailable()));
    store.recovers();
    assert_eq!(keeper.flush(LONG), Ok(Flushed::Stored));
    assert_eq!(store.messages("a"), numbers(0..1_000));
    await_notice(&notices, |notice| matches!(notice, Notice::Back { .. }));
}

#[test]
fn an_outage_longer_than_the_queue_goes_to_the_spool_and_comes_back_in_order() {
    let store = FaultyStore::away();
    let spool = LastingSpool::new(u64::MAX);
    let settings = Settings { queue_records: 100, batch_records: 10, ..quick() };
    let (keeper, notices) = start(connect_to(&store), Some(spool.boxed()), settings);
    let sender = keeper.sender("a");
    for n in 0..1_000 {
        sender.send(record(n)).unwrap();
        if n % 50 == 49 {
            assert_eq!(keeper.flush(LONG), Ok(Flushed::Spooled));
        }
    }
    assert_eq!(keeper.counters().spooled, 1_000);
    await_notice(&notices, |notice| matches!(notice, Notice::Lost { spool: true, .. }));
    store.recovers();
    for n in 1_000..1_050 {
        sender.send(record(n)).unwrap();
    }
    let counters = close_stored(keeper);
    assert_eq!(store.messages("a"), numbers(0..1_050));
    assert_eq!((counters.sent, counters.stored, counters.spooled), (1_050, 1_050, 0));
    assert_eq!(spool.left(), 0);
}

/// Closes when the spool is empty, too.
fn close_stored(keeper: Keeper) -> woodpile_keep::Counters {
    while keeper.flush(LONG) != Ok(Flushed::Stored) {}
    let counters = keeper.close(LONG).unwrap();
    assert_balanced(&counters);
    counters
}

#[test]
fn a_spool_on_a_disk_that_does_not_last_satisfies_no_flush() {
    let store = FaultyStore::away();
    let spool = LastingSpool::new(u64::MAX);
    let settings = Settings { spool_lasts: false, ..quick() };
    let (keeper, notices) = start(connect_to(&store), Some(spool.boxed()), settings);
    keeper.sender("a").send(record(0)).unwrap();
    await_notice(&notices, |notice| matches!(notice, Notice::Lost { .. }));
    let error = keeper.flush(Duration::from_millis(5)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "after 5.0ms, not yet stored: 1 log record, 1 of them on a disk that does not last; \
         cannot reach there: asleep"
    );
    store.recovers();
    assert_eq!(keeper.flush(LONG), Ok(Flushed::Stored));
}

#[test]
fn what_an_earlier_run_left_in_the_spool_is_stored_first() {
    let spool = LastingSpool::new(u64::MAX);
    let (earlier, _) = start(connect_to(&FaultyStore::away()), Some(spool.boxed()), quick());
    for n in 0..50 {
        earlier.sender("a").send(record(n)).unwrap();
    }
    let left = earlier.close(LONG).unwrap();
    assert_eq!((left.stored, left.spooled), (0, 50));

    let store = FaultyStore::healthy();
    let (keeper, notices) = start(connect_to(&store), Some(spool.boxed()), quick());
    for n in 50..60 {
        keeper.sender("a").send(record(n)).unwrap();
    }
    let counters = close_stored(keeper);
    assert_eq!((counters.recovered, counters.sent, counters.stored), (50, 10, 60));
    assert_eq!(store.messages("a"), numbers(0..60));
    assert_eq!(notices.recv(), Ok(Notice::Recovering { records: 50 }));
}

#[test]
fn a_frozen_store_is_no_business_of_those_who_send() {
    let (store, door) = frozen();
    let (keeper, notices) = start(connect_to(&store), None, impatient());
    let sender = keeper.sender("a");
    sender.send(record(0)).unwrap();
    door.wait_for_somebody();
    for n in 1..1_000 {
        sender.send(record(n)).unwrap();
    }
    let Notice::Lost { error, .. } =
        await_notice(&notices, |notice| matches!(notice, Notice::Lost { .. }))
    else {
        unreachable!();
    };
    assert_eq!(error.to_string(), "cannot reach there: no answer for 5.0ms");
    assert!(keeper.flush(Duration::from_millis(1)).is_err());
    door.open();
    let counters = close_stored(keeper);
    assert_eq!(counters.stored, 1_000);
    assert_eq!(store.messages("a"), numbers(0..1_000));
}

/// A store that hangs until its door is opened.
fn frozen() -> (Arc<FaultyStore>, Door) {
    let door = Door::default();
    let inner = door.clone();
    let store = FaultyStore::new(move |_| {
        inner.pass();
        Verdict::Do
    });
    (store, door)
}

fn impatient() -> Settings {
    Settings { patience: Duration::from_millis(5), ..quick() }
}

#[test]
fn a_frozen_store_keeps_nothing_from_the_spool() {
    let (store, door) = frozen();
    let spool = LastingSpool::new(u64::MAX);
    let settings = Settings { queue_records: 100, ..impatient() };
    let (keeper, _) = start(connect_to(&store), Some(spool.boxed()), settings);
    let sender = keeper.sender("a");
    sender.send(record(0)).unwrap();
    door.wait_for_somebody();
    for n in 1..500 {
        sender.send(record(n)).unwrap();
        if n % 50 == 0 {
            assert_eq!(keeper.flush(LONG), Ok(Flushed::Spooled));
        }
    }
    door.open();
    let counters = close_stored(keeper);
    assert_eq!((counters.sent, counters.stored), (500, 500));
    assert_eq!(store.messages("a"), numbers(0..500));
}

#[test]
fn closing_does_not_wait_for_a_frozen_store_beyond_its_deadline() {
    let (store, door) = frozen();
    let (keeper, _) = start(connect_to(&store), None, quick());
    let sender = keeper.sender("a");
    sender.send(record(0)).unwrap();
    door.wait_for_somebody();
    let error = keeper.close(Duration::from_millis(5)).unwrap_err();
    assert!(matches!(error, FlushError::Deadline { waiting: 1, .. }), "{error:?}");
    door.open();
}

#[test]
fn closing_ends_at_once_and_lets_go_of_the_store() {
    let unhurried = Settings { linger: Duration::from_hours(1), ..quick() };
    for _ in 0..20 {
        let store = FaultyStore::healthy();
        let (keeper, _) = start(connect_to(&store), None, unhurried.clone());
        keeper.sender("a").send(record(0)).unwrap();
        keeper.close(LONG).unwrap();
        assert_eq!(Arc::strong_count(&store), 1);
    }
}

#[test]
fn a_keeper_can_be_shared() {
    fn check<T: Send + Sync>() {}
    check::<Keeper>();
    check::<Sender>();
}

#[test]
fn a_store_that_shuts_its_door_is_tried_again() {
    for error in [
        StoreError::Unauthorized { location: "there".into(), reason: "wrong password".into() },
        StoreError::ReadOnly { location: "there".into(), reason: "a read-only disk".into() },
        StoreError::Full { location: "there".into(), reason: "the quota".into() },
        StoreError::Failed { location: "there".into(), reason: "error 42".into() },
    ] {
        let (refusal, store) = (error.clone(), FaultyStore::away());
        store.judged_by(move |_| Verdict::Fail(refusal.clone()));
        let (keeper, notices) = start(connect_to(&store), None, quick());
        keeper.sender("a").send(record(0)).unwrap();
        let told = await_notice(&notices, |notice| matches!(notice, Notice::Lost { .. }));
        assert_eq!(told, Notice::Lost { error, spool: false });
        store.recovers();
        assert_eq!(keeper.flush(LONG), Ok(Flushed::Stored));
        assert_eq!(store.messages("a"), numbers(0..1));
    }
}

#[test]
fn a_store_that_panics_is_an_outage_like_any_other() {
    let store = FaultyStore::new(|_| Verdict::Panic);
    let (keeper, notices) = start(connect_to(&store), None, quick());
    let sender = keeper.sender("a");
    sender.send(record(0)).unwrap();
    let told = await_notice(&notices, |notice| matches!(notice, Notice::Lost { .. }));
    assert!(told.to_string().ends_with("there: it panicked: a bug in a driver"), "{told}");
    sender.send(record(1)).unwrap();
    store.recovers();
    keeper.flush(LONG).unwrap();
    assert_eq!(store.messages("a"), numbers(0..2));
}

#[test]
fn a_listener_that_panics_ends_nothing() {
    let store = FaultyStore::away();
    let tell = Box::new(|_: &Notice| panic!("a closed pipe"));
    let keeper = Keeper::start(connect_to(&store), None, tell, quick()).unwrap();
    keeper.sender("a").send(record(0)).unwrap();
    assert!(keeper.flush(Duration::from_millis(5)).is_err());
    store.recovers();
    assert_eq!(keeper.flush(LONG), Ok(Flushed::Stored));
}
