//! The store is away, frozen, or loses answers: what was acknowledged is there once, what was refused is not.

use crate::intake::kept;
use crate::support::*;
use proptest::prelude::*;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use woodpile_keep::{FlushError, Flushed, Intake, IntakeSettings, Notice, Refused};
use woodpile_record::Batch;
use woodpile_store::Identity;

fn one(intake: &Intake, number: u64) -> Pending {
    deliver(intake, "a", batch(number..=number), Identity::Fresh)
}

fn impatient() -> IntakeSettings {
    IntakeSettings { patience: Duration::from_millis(20), ..brisk() }
}

/// Delivers until it is taken.
fn insist(intake: &Intake, name: &str, batch: &Batch) -> Flushed {
    loop {
        if let Ok(receipt) = deliver(intake, name, batch.clone(), Identity::Brought).answer() {
            return receipt.place;
        }
    }
}

#[test]
fn what_is_refused_while_the_store_is_away_leaves_nothing_behind() {
    let store = FaultyStore::away();
    let (intake, notices) = open(connect_to(&store), None, brisk());
    for n in 0..50 {
        let refused = one(&intake, n).answer().unwrap_err();
        let Refused::Away { error, .. } = &refused else { panic!("{refused:?}") };
        assert_eq!(*error, unavailable());
        assert!(refused.retry_after() >= Some(Duration::from_secs(1)));
    }
    let told = await_notice(&notices, |notice| matches!(notice, Notice::Refusing { .. }));
    assert_eq!(told, Notice::Refusing { error: unavailable() });
    assert!(!intake.is_ready());
    let traffic = intake.traffic();
    assert_eq!((traffic.refused.away, traffic.bytes_under_way), (50, 0));
    store.recovers();
    assert_eq!(insist(&intake, "a", &batch(50..51)), Flushed::Stored);
    await_notice(&notices, |notice| matches!(notice, Notice::Back { .. }));
    assert!(intake.is_ready());
    assert_eq!(store.messages("a"), ["50"]);
    assert_balanced(&intake.close(LONG).unwrap());
}

#[test]
fn an_outage_goes_to_a_spool_that_lasts_and_comes_back_in_order() {
    let (store, spool) = (FaultyStore::away(), LastingSpool::new(u64::MAX));
    let (intake, notices) = open(connect_to(&store), Some(&spool), brisk());
    for n in 0..100 {
        assert_eq!(one(&intake, n).answer(), Ok(kept(1, Flushed::Spooled)));
    }
    assert_eq!(spool.left(), 100);
    assert_eq!(intake.traffic().records.spooled, 100);
    await_notice(&notices, |notice| matches!(notice, Notice::Lost { spool: true, .. }));
    store.recovers();
    store.wait_for(100);
    assert_eq!(store.messages("a"), numbers(0..100));
    while one(&intake, 100).answer() != Ok(kept(1, Flushed::Stored)) {}
    let counters = intake.close(LONG).unwrap();
    assert_balanced(&counters);
    assert_eq!((counters.spooled, spool.left()), (0, 0));
}

#[test]
fn what_the_spool_holds_and_what_is_delivered_are_stored_in_turn() {
    let (away, spool) = (FaultyStore::away(), LastingSpool::new(u64::MAX));
    let (earlier, _) = open(connect_to(&away), Some(&spool), brisk());
    for n in 0..3 {
        assert_eq!(one(&earlier, n).answer(), Ok(kept(1, Flushed::Spooled)));
    }
    earlier.close(LONG).unwrap();

    let (store, door) = (FaultyStore::healthy(), Door::default());
    let gate = door.clone();
    store.judged_by(move |_| {
        gate.pass();
        Verdict::Do
    });
    let (intake, notices) = open(connect_to(&store), Some(&spool), brisk());
    door.wait_for_somebody();
    let delivered = one(&intake, 3);
    door.open();
    assert_eq!(delivered.answer(), Ok(kept(1, Flushed::Stored)));
    store.wait_for(4);
    assert_eq!(store.messages("a"), ["0", "3", "1", "2"]);
    assert_eq!(notices.recv_timeout(LONG), Ok(Notice::Recovering { records: 3 }));
}

#[test]
fn a_spool_that_does_not_last_acknowledges_nothing() {
    let (store, spool) = (FaultyStore::away(), LastingSpool::new(u64::MAX));
    let settings = IntakeSettings { spool_lasts: false, ..brisk() };
    let (intake, _) = open(connect_to(&store), Some(&spool), settings);
    assert!(matches!(one(&intake, 0).answer(), Err(Refused::Away { .. })));
    assert_eq!(spool.left(), 0);
}

#[test]
fn a_spool_that_is_full_refuses_and_goes_on_when_it_has_room() {
    let (store, spool) = (FaultyStore::away(), LastingSpool::new(300));
    let (intake, notices) = open(connect_to(&store), Some(&spool), brisk());
    let mut spooled = 0;
    while one(&intake, spooled).answer() == Ok(kept(1, Flushed::Spooled)) {
        spooled += 1;
    }
    await_notice(&notices, |notice| matches!(notice, Notice::SpoolFull { .. }));
    assert_eq!(spool.left(), spooled);
    store.recovers();
    insist(&intake, "a", &batch(100..101));
    store.wait_for(usize::try_from(spooled).unwrap() + 1);
    let mut messages = store.messages("a");
    messages.retain(|message| message != "100");
    assert_eq!(messages, numbers(0..spooled));
    assert_balanced(&intake.close(LONG).unwrap());
}

/// A store that hangs until its door is opened.
fn frozen() -> (Arc<FaultyStore>, Door) {
    let door = Door::default();
    let gate = door.clone();
    let store = FaultyStore::new(move |_| {
        gate.pass();
        Verdict::Do
    });
    (store, door)
}

#[test]
fn a_frozen_store_is_told_to_those_who_deliver_and_a_retry_doubles_nothing() {
    let (store, door) = frozen();
    let (intake, notices) = open(connect_to(&store), None, impatient());
    let first = batch(0..10);
    let pending = deliver(&intake, "a", first.clone(), Identity::Fresh);
    door.wait_for_somebody();
    assert!(matches!(pending.answer(), Err(Refused::Away { .. })));
    assert!(matches!(one(&intake, 99).answer(), Err(Refused::Away { .. })));
    let told = await_notice(&notices, |notice| matches!(notice, Notice::Refusing { .. }));
    assert!(told.to_string().ends_with("no answer for 20.0ms"), "{told}");
    // The call that hung stores its records all the same.
    door.open();
    assert_eq!(insist(&intake, "a", &first), Flushed::Stored);
    assert_eq!(store.messages("a"), numbers(0..10));
}

#[test]
fn a_frozen_store_keeps_nothing_from_the_spool() {
    let (store, door) = frozen();
    let spool = LastingSpool::new(u64::MAX);
    let (intake, _) = open(connect_to(&store), Some(&spool), impatient());
    for n in 0..50 {
        assert_eq!(one(&intake, n).answer(), Ok(kept(1, Flushed::Spooled)));
    }
    door.open();
    store.wait_for(50);
    insist(&intake, "a", &batch(50..51));
    assert_eq!(store.messages("a").len(), 51);
    assert_balanced(&intake.close(LONG).unwrap());
}

#[test]
fn closing_does_not_wait_for_a_frozen_store_beyond_its_deadline() {
    let (store, door) = frozen();
    let (intake, _) = open(connect_to(&store), None, brisk());
    let pending = one(&intake, 0);
    door.wait_for_somebody();
    let error = intake.close(Duration::from_millis(5)).unwrap_err();
    assert!(matches!(error, FlushError::Deadline { waiting: 1, .. }), "{error:?}");
    assert_eq!(pending.answer(), Err(Refused::Closed));
    door.open();
}

#[test]
fn a_store_that_panics_is_an_outage_like_any_other() {
    let store = FaultyStore::new(|_| Verdict::Panic);
    let (intake, _) = open(connect_to(&store), None, brisk());
    let refused = one(&intake, 0).answer().unwrap_err();
    assert!(refused.to_string().ends_with("it panicked: a bug in a driver"), "{refused}");
    store.recovers();
    insist(&intake, "a", &batch(1..2));
    assert_eq!(store.messages("a"), ["1"]);
}

/// What the store does with its next appends; healthy after that.
#[derive(Debug, Clone, Copy)]
enum Fault {
    None,
    Away,
    LostAnswer,
    Panic,
    /// Takes longer than the intake's patience.
    Slow,
}

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        3 => Just(Fault::None),
        3 => Just(Fault::Away),
        2 => Just(Fault::LostAnswer),
        1 => Just(Fault::Panic),
        1 => Just(Fault::Slow),
    ]
}

const PATIENCE: Duration = Duration::from_millis(4);

fn follow(script: Vec<Fault>) -> impl Fn(&[(&str, &Batch)]) -> Verdict {
    let script = Mutex::new(script.into_iter());
    move |_| {
        let fault = script.lock().unwrap().next();
        match fault.unwrap_or(Fault::None) {
            Fault::None => Verdict::Do,
            Fault::Away => Verdict::Fail(unavailable()),
            Fault::LostAnswer => Verdict::LoseAnswer,
            Fault::Panic => Verdict::Panic,
            Fault::Slow => {
                std::thread::sleep(PAUSE);
                Verdict::Do
            }
        }
    }
}

const PAUSE: Duration = Duration::from_millis(8);

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn whatever_a_store_does_what_is_acknowledged_is_there_once(
        script in proptest::collection::vec(fault(), 0..30),
        spool_bytes in prop_oneof![Just(None), Just(Some(2_000)), Just(Some(u64::MAX))],
        sizes in proptest::collection::vec(0_u64..12, 1..20),
        group_bytes in prop_oneof![Just(1), Just(500), Just(1_000_000)],
    ) {
        let store = FaultyStore::new(follow(script));
        let spool = spool_bytes.map(LastingSpool::new);
        let settings = IntakeSettings { patience: PATIENCE, group_bytes, ..brisk() };
        let (intake, _) = open(connect_to(&store), spool.as_ref(), settings);
        // Four senders, each of which insists on its records.
        std::thread::scope(|scope| {
            for sender in 0..4 {
                let (intake, sizes) = (&intake, &sizes);
                scope.spawn(move || {
                    let name = if sender % 2 == 0 { "a" } else { "b" };
                    for (at, size) in (0..).zip(sizes) {
                        let start = sender * 1_000 + at * 20;
                        insist(intake, name, &batch(start..start + size));
                    }
                });
            }
        });
        let expected: u64 = sizes.iter().sum::<u64>() * 4;
        store.wait_for(usize::try_from(expected).unwrap());
        for (name, senders) in [("a", [0, 2]), ("b", [1, 3])] {
            let mut found: Vec<u64> =
                store.messages(name).iter().map(|it| it.parse().unwrap()).collect();
            found.sort_unstable();
            let sent = senders.into_iter().flat_map(|sender| {
                let starts = (0..).map(move |at| sender * 1_000 + at * 20);
                starts.zip(&sizes).flat_map(|(start, size)| start..start + size)
            });
            prop_assert_eq!(found, sent.collect::<Vec<_>>());
        }
        let counters = intake.close(LONG).unwrap();
        assert_balanced(&counters);
    }
}
