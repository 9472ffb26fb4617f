//! Who delivers records is told once what became of them, and that is so.

use crate::packing::Home;
use crate::rules::read_odd;
use crate::support::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use woodpile_keep::{
    DropReason, Flushed, IntakeSettings, Overflow, Quota, ReadRules, Receipt, Refused,
};
use woodpile_record::{Batch, View};
use woodpile_store::{Identity, Store, StoreError};

/// All of so many records, as they were.
pub(crate) fn kept(records: u64, place: Flushed) -> Receipt {
    Receipt { kept: records, dropped: 0, masked: 0, rejected: 0, rejection: None, place }
}

#[test]
fn what_is_acknowledged_is_in_the_store_in_order() {
    let store = FaultyStore::healthy();
    let (intake, _) = open(connect_to(&store), None, brisk());
    for start in (0..1_000).step_by(100) {
        let pending = deliver(&intake, "a", batch(start..start + 100), Identity::Fresh);
        assert_eq!(pending.answer(), Ok(kept(100, Flushed::Stored)));
    }
    assert_eq!(store.messages("a"), numbers(0..1_000));
    let traffic = intake.traffic();
    assert_eq!((traffic.accepted, traffic.bytes_under_way), (10, 0));
    let counters = intake.close(LONG).unwrap();
    assert_balanced(&counters);
    assert_eq!((counters.sent, counters.stored), (1_000, 1_000));
}

#[test]
fn each_collection_of_a_delivery_gets_its_own_records() {
    let store = FaultyStore::healthy();
    let (intake, _) = open(connect_to(&store), None, brisk());
    let batches = [("a", 0..2), ("b", 2..3), ("a", 3..5), ("c", 5..5)];
    let batches = batches.map(|(name, numbers)| (name.into(), batch(numbers))).to_vec();
    let pending = deliver_all(&intake, batches, Identity::Fresh);
    assert_eq!(pending.answer(), Ok(kept(5, Flushed::Stored)));
    assert_eq!(store.messages("a"), ["0", "1", "3", "4"]);
    assert_eq!(store.messages("b"), ["2"]);
}

#[test]
fn a_delivery_of_nothing_is_answered() {
    let (intake, _) = open(connect_to(&FaultyStore::healthy()), None, brisk());
    let pending = deliver_all(&intake, Vec::new(), Identity::Brought);
    assert_eq!(pending.answer(), Ok(kept(0, Flushed::Stored)));
}

/// A store that hangs in its first append until the door is opened.
fn gated() -> (Arc<FaultyStore>, Door) {
    let door = Door::default();
    let gate = door.clone();
    let store = FaultyStore::new(move |_| {
        gate.pass();
        Verdict::Do
    });
    (store, door)
}

#[test]
fn what_comes_while_the_store_is_busy_is_committed_together() {
    let (store, door) = gated();
    let (intake, _) = open(connect_to(&store), None, brisk());
    let first = deliver(&intake, "a", batch(0..1), Identity::Fresh);
    door.wait_for_somebody();
    let kind = |n| if n % 2 == 0 { Identity::Fresh } else { Identity::Brought };
    let others: Vec<_> = (1..100).map(|n| deliver(&intake, "a", batch([n]), kind(n))).collect();
    door.open();
    for pending in others.into_iter().chain([first]) {
        assert_eq!(pending.answer(), Ok(kept(1, Flushed::Stored)));
    }
    // The first alone, then those with new ids, then those with brought ones.
    assert_eq!(intake.traffic().commits, 3);
    assert_eq!(store.messages("a").len(), 100);
}

#[test]
fn the_same_brought_twice_in_one_commit_is_kept_once() {
    let (store, door) = gated();
    let (intake, _) = open(connect_to(&store), None, brisk());
    let first = deliver(&intake, "a", batch(0..1), Identity::Fresh);
    door.wait_for_somebody();
    let twice = batch(1..11);
    let both = [twice.clone(), twice].map(|it| deliver(&intake, "a", it, Identity::Brought));
    door.open();
    for pending in both {
        assert_eq!(pending.answer(), Ok(kept(10, Flushed::Stored)));
    }
    assert_eq!(first.answer(), Ok(kept(1, Flushed::Stored)));
    assert_eq!(store.messages("a"), numbers(0..11));
    assert_eq!(intake.traffic().records.duplicates, 10);
}

#[test]
fn more_than_may_wait_is_refused_and_one_large_delivery_is_not() {
    let (store, door) = gated();
    let settings = IntakeSettings { max_bytes: 1_000, ..brisk() };
    let (intake, _) = open(connect_to(&store), None, settings);
    let large = deliver(&intake, "a", batch(0..100), Identity::Fresh);
    door.wait_for_somebody();
    let refused = deliver(&intake, "a", batch(100..101), Identity::Fresh).answer();
    assert_eq!(refused, Err(Refused::Busy));
    door.open();
    assert_eq!(large.answer(), Ok(kept(100, Flushed::Stored)));
    let traffic = intake.traffic();
    assert_eq!((traffic.refused.busy, traffic.records.refused), (1, 1));
    assert_balanced(&traffic.records);
    assert_eq!(store.messages("a"), numbers(0..100));
}

/// Does not take records with this message.
fn poisoned(batches: &[(&str, &Batch)]) -> Verdict {
    let mut records = batches.iter().flat_map(|(_, batch)| batch.iter());
    let poison = |record| View::of(record).message() == Some("13");
    if records.any(poison) { Verdict::Fail(rejected()) } else { Verdict::Do }
}

#[test]
fn of_what_the_store_does_not_take_the_rest_is_kept() {
    let (store, door) = gated();
    let (intake, _) = open(connect_to(&store), None, brisk());
    let first = deliver(&intake, "a", batch(0..1), Identity::Fresh);
    door.wait_for_somebody();
    let [good, mixed, bad] =
        [1..10, 10..20, 13..14].map(|it| deliver(&intake, "a", batch(it), Identity::Fresh));
    store.judged_by(poisoned);
    door.open();
    assert!(first.answer().is_ok());
    assert_eq!(good.answer(), Ok(kept(9, Flushed::Stored)));
    let partly = Receipt { rejected: 1, rejection: Some(rejected()), ..kept(9, Flushed::Stored) };
    assert_eq!(mixed.answer(), Ok(partly));
    let refused = bad.answer().unwrap_err();
    assert_eq!(refused, Refused::Rejected { error: rejected() });
    assert_eq!(refused.retry_after(), None);
    assert_eq!(store.messages("a").len(), 19);
    let records = intake.traffic().records;
    assert_eq!((records.refused, records.dropped.of(DropReason::Rejected)), (1, 1));
    assert_balanced(&records);
}

#[test]
fn each_delivery_is_told_what_rules_made_of_it() {
    let (store, door) = gated();
    let settings = IntakeSettings { rules: Some(ReadRules(read_odd)), ..brisk() };
    let (intake, _) = open(connect_to(&store), None, settings);
    let first = deliver(&intake, "a", batch([0]), Identity::Fresh);
    door.wait_for_somebody();
    let all = [vec![1, 2, 3], vec![4, 14, 6], vec![7]];
    let all = all.map(|numbers| deliver(&intake, "a", batch(numbers), Identity::Fresh));
    door.open();
    let expected = [(1, 2, 0), (3, 0, 2), (0, 1, 0)];
    for (pending, (records, dropped, masked)) in all.into_iter().zip(expected) {
        let receipt = Receipt { dropped, masked, ..kept(records, Flushed::Stored) };
        assert_eq!(pending.answer(), Ok(receipt));
    }
    assert!(first.answer().is_ok());
    assert_eq!(store.messages("a"), ["0", "2", "masked", "masked", "6"]);
    let records = intake.traffic().records;
    assert_eq!((records.masked, records.dropped.of(DropReason::Rule)), (2, 3));
    assert_balanced(&records);
}

#[test]
fn a_quota_that_is_used_up_is_told_to_those_who_deliver() {
    let home = Home::new();
    home.store.append(&[("a", &batch(0..100))], Identity::Fresh).unwrap();
    let used = home.store.collections().unwrap()[0].logical_bytes;
    let quota = Quota { bytes: used, overflow: Overflow::Refuse };
    Quota::set(&home.store, Some(quota)).unwrap();
    let store: Arc<dyn Store> = Arc::new(home.store);
    let connected = Arc::clone(&store);
    let (intake, _) = open(Box::new(move || Ok(Arc::clone(&connected))), None, brisk());
    let refused = deliver(&intake, "a", batch(0..1), Identity::Fresh).answer().unwrap_err();
    let Refused::Full { error: StoreError::Full { reason, .. }, .. } = &refused else {
        panic!("{refused:?}");
    };
    assert!(reason.contains("is used up"), "{reason}");
    assert!(refused.retry_after().is_some());
    assert_eq!(store.collections().unwrap()[0].records, 100);
}

#[test]
fn closing_answers_what_is_under_way_and_takes_no_more() {
    let (store, door) = gated();
    let (intake, _) = open(connect_to(&store), None, brisk());
    let all: Vec<_> = (0..10).map(|n| deliver(&intake, "a", batch([n]), Identity::Fresh)).collect();
    door.wait_for_somebody();
    door.open();
    let counters = intake.close(LONG).unwrap();
    assert_eq!(counters.stored, 10);
    for pending in all {
        assert_eq!(pending.answer(), Ok(kept(1, Flushed::Stored)));
    }
    let late = deliver(&intake, "a", batch(10..11), Identity::Fresh).answer();
    assert_eq!(late, Err(Refused::Closed));
    assert_eq!(Arc::strong_count(&store), 1, "somebody holds the store");
}

#[test]
fn what_is_under_way_is_answered_when_nobody_holds_the_intake_any_more() {
    let (store, door) = gated();
    let (intake, _) = open(connect_to(&store), None, brisk());
    let pending = deliver(&intake, "a", batch(0..1), Identity::Fresh);
    drop(intake);
    door.open();
    assert_eq!(pending.answer(), Ok(kept(1, Flushed::Stored)));
}

#[test]
fn whoever_panics_when_told_takes_no_answer_from_others() {
    let (store, door) = gated();
    let (intake, _) = open(connect_to(&store), None, brisk());
    let first = deliver(&intake, "a", batch(0..1), Identity::Fresh);
    door.wait_for_somebody();
    let batches = vec![("a".into(), batch(1..2))];
    let delivery = woodpile_keep::Delivery { batches, identity: Identity::Fresh };
    intake.deliver(delivery, |_| panic!("a connection that is gone"));
    let last = deliver(&intake, "a", batch(2..3), Identity::Fresh);
    door.open();
    for pending in [first, last] {
        assert_eq!(pending.answer(), Ok(kept(1, Flushed::Stored)));
    }
    assert_balanced(&intake.close(LONG).unwrap());
}

#[test]
fn what_was_delivered_is_packed() {
    let home = Home::new();
    let store: Arc<dyn Store> = Arc::new(home.store);
    let connected = Arc::clone(&store);
    let (intake, _) = open(Box::new(move || Ok(Arc::clone(&connected))), None, brisk());
    let pending = deliver(&intake, "a", batch(0..20_000), Identity::Fresh);
    assert_eq!(pending.answer(), Ok(kept(20_000, Flushed::Stored)));
    // Nobody is told of a block: it is looked until there is one.
    while store.blocks("a").unwrap().is_empty() {
        std::thread::yield_now();
    }
    intake.close(LONG).unwrap();
    assert_eq!(store.collections().unwrap()[0].packed_records, 20_000);
}

#[test]
fn a_backlog_that_is_not_packed_keeps_nobody_waiting_for_ever() {
    let (store, door) = (FaultyStore::healthy(), Door::default());
    store.packs_behind(&door);
    let settings = IntakeSettings { max_backlog_bytes: 1_000_000, ..brisk() };
    let (intake, _) = open(connect_to(&store), None, settings);
    let pending = deliver(&intake, "a", batch(0..20_000), Identity::Fresh);
    assert!(pending.answer().is_ok());
    door.wait_for_somebody();
    let held = deliver(&intake, "a", batch(0..1), Identity::Fresh);
    assert_eq!(held.answer(), Ok(kept(1, Flushed::Stored)));
    let waits = deliver(&intake, "a", batch(0..1), Identity::Fresh);
    // Packing fails here: waiting for it would be of no use.
    door.open();
    assert_eq!(waits.answer(), Ok(kept(1, Flushed::Stored)));
}

#[test]
fn a_store_can_be_asked_once_it_is_connected() {
    let (store, door) = (FaultyStore::healthy(), Door::default());
    let (inner, closed) = (Arc::clone(&store), door.clone());
    let connects = AtomicU32::new(0);
    let connect = Box::new(move || {
        connects.fetch_add(1, Ordering::SeqCst);
        closed.pass();
        Ok(Arc::clone(&inner) as Arc<dyn Store>)
    });
    let (intake, _) = open(connect, None, brisk());
    door.wait_for_somebody();
    assert!(intake.store().is_none() && !intake.is_ready());
    let pending = deliver(&intake, "a", batch(0..1), Identity::Fresh);
    door.open();
    assert!(pending.answer().is_ok());
    assert_eq!(intake.store().unwrap().location(), "there");
    assert!(intake.is_ready());
}
