//! What cannot be kept is counted exactly, by reason, and the count becomes a record.

use crate::support::*;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::Duration;
use woodpile_keep::{DropReason, Dropped, Flushed, Keeper, Notice, Sender, Settings, WhenFull};
use woodpile_record::{Batch, Entry, EventTime, IdSource, Record, Severity, View};

/// A keeper whose store hangs on the first record until its door is opened.
struct Stuck {
    keeper: Keeper,
    store: Arc<FaultyStore>,
    door: Door,
    notices: Receiver<Notice>,
}

fn stuck(settings: Settings) -> Stuck {
    let door = Door::default();
    let inner = door.clone();
    let store = FaultyStore::new(move |_| {
        inner.pass();
        Verdict::Do
    });
    let (keeper, notices) = start(connect_to(&store), None, settings);
    keeper.sender("a").send(record(0)).unwrap();
    door.wait_for_somebody();
    Stuck { keeper, store, door, notices }
}

fn small_queue(when_full: WhenFull) -> Settings {
    Settings { queue_records: 10, batch_records: 1, when_full, ..quick() }
}

#[test]
fn the_newest_are_dropped_told_counted_and_reported() {
    let Stuck { keeper, store, door, notices } = stuck(small_queue(WhenFull::DropNewest));
    let sender = keeper.sender("a");
    let kept: Vec<u64> = (1..100).filter(|n| sender.send(record(*n)).is_ok()).collect();
    let lost = 99 - kept.len();
    let told = await_notice(&notices, |notice| matches!(notice, Notice::Dropping { .. }));
    assert_eq!(
        told.to_string(),
        "log records for a are being dropped: the queue held as many records as it may"
    );
    door.open();
    let counters = keeper.close(LONG).unwrap();
    assert_eq!(usize::try_from(counters.dropped.of(DropReason::QueueRecords)), Ok(lost));
    assert_balanced(&counters);
    let stored: Vec<_> = std::iter::once(0).chain(kept).map(|n| n.to_string()).collect();
    assert_eq!(store.messages("a"), stored);
    assert_eq!(store.reported("a"), lost);
}

#[test]
fn the_oldest_make_room_for_the_newest() {
    let Stuck { keeper, store, door, .. } = stuck(small_queue(WhenFull::DropOldest));
    for n in 1..100 {
        assert_eq!(keeper.sender("a").send(record(n)), Ok(()));
    }
    door.open();
    let counters = keeper.close(LONG).unwrap();
    assert_balanced(&counters);
    let stored = store.messages("a");
    assert_eq!(stored[stored.len() - 10..], numbers(90..100));
    assert_eq!(stored.len() as u64 + counters.dropped.of(DropReason::QueueRecords), 100);
}

#[test]
fn the_oldest_of_another_collection_is_that_ones_loss() {
    let Stuck { keeper, store, door, .. } = stuck(small_queue(WhenFull::DropOldest));
    let fill = |name: &str| {
        let sender = keeper.sender(name);
        (100..120).for_each(|n| sender.send(record(n)).unwrap());
    };
    fill("b");
    fill("c");
    fill("d");
    door.open();
    let counters = keeper.close(LONG).unwrap();
    let of = |name: &str| store.messages(name).len() + store.reported(name);
    assert_eq!((of("b"), of("c"), of("d")), (20, 20, 20));
    assert_eq!(store.messages("d").len(), 10);
    assert_balanced(&counters);
}

/// Four threads, a queue far too small: whatever the policy, the books balance and order is kept.
fn check_policy(when_full: WhenFull) {
    const THREADS: usize = 4;
    const EACH: usize = 2_000;
    let settings = Settings { queue_records: 16, batch_records: 8, when_full, ..quick() };
    let store = FaultyStore::healthy();
    let (keeper, _) = start(connect_to(&store), None, settings);
    let names = ["0", "1", "2", "3"];
    std::thread::scope(|scope| {
        for name in names {
            let sender = keeper.sender(name);
            scope.spawn(move || {
                (0..EACH as u64).filter(|n| sender.send(record(*n)).is_ok()).count()
            });
        }
    });
    let counters = keeper.close(LONG).unwrap();
    assert_balanced(&counters);
    let mut total = 0;
    for name in names {
        let stored: Vec<u64> = store.messages(name).iter().map(|n| n.parse().unwrap()).collect();
        assert!(stored.is_sorted_by(|before, after| before < after), "{when_full:?} {stored:?}");
        assert_eq!(stored.len() + store.reported(name), EACH, "{when_full:?}");
        total += stored.len();
    }
    assert_eq!(total as u64 + counters.dropped.total(), (THREADS * EACH) as u64, "{when_full:?}");
    if when_full == WhenFull::Block {
        assert_eq!(counters.dropped.total(), 0);
    }
}

#[test]
fn the_books_balance_under_every_policy() {
    for when_full in [WhenFull::DropNewest, WhenFull::DropOldest, WhenFull::Block] {
        check_policy(when_full);
    }
}

#[test]
fn a_sender_that_waits_for_room_is_let_go_when_logging_ends() {
    let Stuck { keeper, door, .. } = stuck(small_queue(WhenFull::Block));
    let sender = keeper.sender("a");
    let blocked = std::thread::spawn(move || (1..).find_map(|n| sender.send(record(n)).err()));
    assert!(keeper.close(Duration::from_millis(5)).is_err());
    assert_eq!(blocked.join().unwrap(), Some(Dropped { reason: DropReason::Closed }));
    door.open();
}

fn padded(bytes: usize) -> Record {
    let ids = IdSource::new(*b"bytes");
    let entry = Entry { message: "x".repeat(bytes).into(), ..Entry::default() };
    entry.encode(ids.next(1), EventTime::default())
}

#[test]
fn the_queue_is_bounded_by_bytes_too() {
    let Stuck { keeper, door, .. } =
        stuck(Settings { queue_bytes: 10_000, batch_records: 1, ..quick() });
    let sender = keeper.sender("a");
    let outcomes: Vec<_> = (0..100).map(|_| sender.send(padded(5_000))).collect();
    assert!(outcomes.contains(&Err(Dropped { reason: DropReason::QueueBytes })));
    let too_large = sender.send(padded(10_000));
    assert_eq!(too_large, Err(Dropped { reason: DropReason::TooLarge }));
    door.open();
    assert_balanced(&keeper.close(LONG).unwrap());
}

#[test]
fn a_full_spool_is_named_as_the_reason() {
    let settings = Settings { queue_records: 10, batch_records: 1, ..quick() };
    let spool = LastingSpool::new(1_000);
    let store = FaultyStore::away();
    let (keeper, notices) = start(connect_to(&store), Some(spool.boxed()), settings);
    let sender = keeper.sender("a");
    let full = Err(Dropped { reason: DropReason::SpoolFull });
    while sender.send(record(0)) != full {}
    await_notice(&notices, |notice| matches!(notice, Notice::SpoolFull { .. }));
    let counters = keeper.counters();
    assert!(counters.spooled > 0 && counters.dropped.of(DropReason::SpoolFull) > 0, "{counters:?}");
    store.recovers();
    while keeper.flush(LONG) != Ok(Flushed::Stored) {}
    assert_balanced(&keeper.close(LONG).unwrap());
}

#[test]
fn a_sender_may_outlive_its_keeper() {
    let (keeper, _) = start(connect_to(&FaultyStore::healthy()), None, quick());
    let sender: Sender = keeper.sender("a");
    drop(keeper);
    assert_eq!(sender.send(record(0)), Err(Dropped { reason: DropReason::Closed }));
}

#[test]
fn records_in_memory_when_closing_takes_too_long_are_counted() {
    let Stuck { keeper, door, .. } = stuck(quick());
    let sender = keeper.sender("a");
    for n in 1..50 {
        sender.send(record(n)).unwrap();
    }
    let error = keeper.close(Duration::from_millis(5)).unwrap_err();
    assert!(
        error.to_string().starts_with("after 5.0ms, not yet stored: 50 log records"),
        "{error}"
    );
    door.open();
}

/// A store that takes anything but these messages.
fn refusing(poison: &'static [&'static str]) -> Arc<FaultyStore> {
    FaultyStore::new(move |batches: &[(&str, &Batch)]| {
        let poisoned = batches.iter().flat_map(|(_, batch)| batch.iter()).any(|document| {
            let message = View::of(document).message();
            message.is_some_and(|message| poison.contains(&message))
        });
        if poisoned { Verdict::Fail(rejected()) } else { Verdict::Do }
    })
}

#[test]
fn a_record_that_the_store_refuses_stands_in_nobodys_way() {
    let store = refusing(&["13", "77"]);
    let (keeper, notices) = start(connect_to(&store), None, quick());
    let sender = keeper.sender("a");
    (0..100).for_each(|n| sender.send(record(n)).unwrap());
    let told = await_notice(&notices, |notice| matches!(notice, Notice::Rejected { .. }));
    assert_eq!(told.to_string(), "a log record for a was dropped: there was refused: it is poison");
    let counters = keeper.close(LONG).unwrap();
    assert_balanced(&counters);
    assert_eq!(counters.dropped.of(DropReason::Rejected), 2);
    let rest: Vec<_> = (0..100).filter(|n| ![13, 77].contains(n)).map(|n| n.to_string()).collect();
    assert_eq!(store.messages("a"), rest);
    assert_eq!(store.reported("a"), 2);
}

#[test]
fn a_refused_record_in_the_spool_stands_in_nobodys_way_either() {
    let spool = LastingSpool::new(u64::MAX);
    let (earlier, _) = start(connect_to(&FaultyStore::away()), Some(spool.boxed()), quick());
    (0..20).for_each(|n| earlier.sender("a").send(record(n)).unwrap());
    earlier.close(LONG).unwrap();

    let store = refusing(&["7"]);
    let (keeper, _) = start(connect_to(&store), Some(spool.boxed()), quick());
    while keeper.flush(LONG) != Ok(Flushed::Stored) {}
    let counters = keeper.close(LONG).unwrap();
    assert_balanced(&counters);
    assert_eq!((counters.recovered, counters.dropped.of(DropReason::Rejected)), (20, 1));
    assert_eq!(store.messages("a").len(), 19);
    assert_eq!(spool.left(), 0);
}

#[test]
fn a_collection_that_refuses_even_the_report_ends_all_the_same() {
    let store = FaultyStore::new(|batches: &[(&str, &Batch)]| {
        let refused = batches.iter().any(|(name, _)| *name == "bad");
        if refused { Verdict::Fail(rejected()) } else { Verdict::Do }
    });
    let (keeper, _) = start(connect_to(&store), None, quick());
    for n in 0..10 {
        keeper.sender("bad").send(record(n)).unwrap();
        keeper.sender("good").send(record(n)).unwrap();
    }
    let counters = keeper.close(LONG).unwrap();
    assert_balanced(&counters);
    assert_eq!(store.messages("good"), numbers(0..10));
    assert!(counters.dropped.of(DropReason::Rejected) > 10, "{counters:?}");
}

#[test]
fn a_severe_record_does_not_linger() {
    let door = Door::default();
    let inner = door.clone();
    let store = FaultyStore::new(move |_| {
        inner.pass();
        Verdict::Do
    });
    let settings =
        Settings { linger: Duration::from_hours(1), flush_at: Some(Severity::ERROR), ..quick() };
    let (keeper, _) = start(connect_to(&store), None, settings);
    let sender = keeper.sender("a");
    sender.send_at(record(0), Some(Severity::INFO)).unwrap();
    sender.send_at(record(1), Some(Severity::ERROR)).unwrap();
    door.wait_for_somebody();
    door.open();
    keeper.close(LONG).unwrap();
    assert_eq!(store.messages("a"), numbers(0..2));
}
