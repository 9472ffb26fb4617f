//! A quota bounds what is stored, and nothing that was acknowledged goes but what its owner gave up.

use crate::packing::{Home, to_the_end};
use crate::support::*;
use std::sync::Arc;
use woodpile_keep::{Guard, Level, Notice, Overflow, PLAIN_FOR, Quota, Usage, thin};
use woodpile_record::{Batch, Entry, EventTime, IdSource, Record, Severity, View};
use woodpile_store::{Identity, Order, Prune, Store, StoreError};

static IDS: IdSource = IdSource::new(*b"quota");
const NAME: &str = "application-log";
/// How many records an append has.
const PORTION: i64 = 1_000;

/// A record that hardly compresses; every third is of each level.
fn noise(number: i64) -> Record {
    let words = (0..8).map(|word| number.wrapping_mul(8).wrapping_add(word + 1));
    let words = words.map(|word| format!("{:016x}", word.wrapping_mul(0x1E37_79B9_7F4A_7C15)));
    let level = ["DEBUG", "INFO", "ERROR"][usize::try_from(number % 3).unwrap()];
    let entry = Entry {
        message: words.collect::<String>().into(),
        level: Some(level.into()),
        ..Entry::default()
    };
    entry.encode(IDS.next(1), EventTime::from_millis(number * 1_000))
}

fn portion(start: i64) -> Batch {
    let records: Vec<_> = (start..start + PORTION).map(noise).collect();
    records.iter().map(Record::as_document).collect()
}

fn append(store: &dyn Store, numbers: std::ops::Range<i64>) {
    for start in numbers.step_by(usize::try_from(PORTION).unwrap()) {
        store.append(&[(NAME, &portion(start))], Identity::Fresh).unwrap();
    }
}

fn used(store: &dyn Store) -> u64 {
    store.collections().unwrap().iter().map(|stats| stats.logical_bytes).sum()
}

fn set(store: &dyn Store, bytes: u64, overflow: Overflow) {
    Quota::set(store, Some(Quota { bytes, overflow })).unwrap();
}

/// The level and the message of every record.
fn records(store: &dyn Store) -> Vec<(Severity, String)> {
    let mut rows = store.read(NAME, &Prune::NONE, Order::OldestFirst).unwrap();
    let mut found = Vec::new();
    while let Some(batch) = rows.next().unwrap() {
        found.extend(batch.iter().map(|record| {
            let view = View::of(record);
            (
                view.level().and_then(Severity::of).unwrap_or(Severity::INFO),
                view.message().unwrap().to_owned(),
            )
        }));
    }
    found
}

#[test]
fn a_quota_is_kept_in_the_store_and_can_be_taken_away() {
    let Home { store, .. } = &Home::new();
    assert_eq!(Quota::of(store).unwrap(), None);
    let quota = Quota { bytes: 5_000_000, overflow: Overflow::Thin };
    Quota::set(store, Some(quota)).unwrap();
    assert_eq!(Quota::of(store).unwrap(), Some(quota));
    Quota::set(store, None).unwrap();
    assert_eq!(Quota::of(store).unwrap(), None);
}

#[test]
fn a_quota_below_what_is_used_is_refused_unless_records_may_go() {
    let Home { store, .. } = &Home::new();
    append(store, 0..PORTION);
    let used = used(store);
    let quota = Quota { bytes: used - 1, overflow: Overflow::Refuse };
    let error = Quota::set(store, Some(quota)).unwrap_err().to_string();
    let expected = format!("takes {used} bytes already, more than a quota of {}", used - 1);
    assert!(error.contains(&expected), "{error}");
    set(store, used - 1, Overflow::Thin);
}

#[test]
fn who_writes_is_warned_twice_and_then_refused() {
    let Home { store, .. } = &Home::new();
    append(store, 0..10 * PORTION);
    let quota = used(store) * 10;
    set(store, quota, Overflow::Refuse);
    let mut guard = Guard::default();
    let mut told = Vec::new();
    let mut numbers = (10 * PORTION..).step_by(usize::try_from(PORTION).unwrap());
    let refused = loop {
        let batch = portion(numbers.next().unwrap());
        let admitted = guard.admit(store, batch.as_bytes().len() as u64);
        told.extend(guard.news());
        if let Err(error) = admitted {
            break error;
        }
        store.append(&[(NAME, &batch)], Identity::Fresh).unwrap();
    };
    let levels = told.iter().map(|notice| match notice {
        Notice::QuotaUsed { usage } => usage.level(),
        other => panic!("{other}"),
    });
    assert_eq!(levels.collect::<Vec<_>>(), [Level::Near, Level::Close, Level::Full]);
    let StoreError::Full { reason, .. } = refused else { panic!("{refused}") };
    assert!(reason.contains(&format!("its quota of {quota} bytes is used up")), "{reason}");
    assert!(used(store) < quota / 100 * 105, "{} of {quota}", used(store));

    set(store, quota * 2, Overflow::Refuse);
    assert_eq!(guard.admit(store, 1), Ok(()));
}

#[test]
fn the_oldest_and_least_severe_make_room() {
    let Home { store, .. } = &Home::new();
    let count = 20 * PORTION;
    append(store, 0..count);
    // What is packed takes about as much as when it is hot: almost half of it has to go.
    let quota = used(store) / 10 * 6;
    set(store, quota, Overflow::Thin);
    let gone = thin(store, &mut to_the_end()).unwrap();
    let usage = Usage::of(store).unwrap().unwrap();
    assert!(usage.level() < Level::Close, "{usage:?}");
    assert!(usage.percent() > 75, "more went than had to: {usage:?}");

    let left = records(store);
    let (reports, left): (Vec<_>, Vec<_>) =
        left.into_iter().partition(|(_, message)| message.contains("were removed"));
    assert_eq!(gone[0].records + left.len() as u64, u64::try_from(count).unwrap());
    assert!(reports[0].1.starts_with(&format!("{} records, ", gone[0].records)), "{reports:?}");
    assert!(left.iter().all(|(level, _)| *level > Severity::DEBUG), "debug records are left");
    let errors: Vec<_> = left.iter().filter(|(level, _)| *level == Severity::ERROR).collect();
    assert_eq!(errors.len(), usize::try_from(count / 3).unwrap());
    // The newest information, or the newest error if all of that went.
    let newest = [count - 1, count - 3].map(noise);
    let newest = newest.each_ref().map(|record| View::of(record.as_document()).message());
    assert!(newest.contains(&left.last().map(|(_, message)| message.as_str())), "the newest went");
    assert_eq!(thin(store, &mut to_the_end()).unwrap(), []);
}

#[test]
fn nothing_is_removed_where_nobody_chose_that() {
    let Home { store, .. } = &Home::new();
    append(store, 0..PORTION);
    let quota = used(store);
    set(store, quota, Overflow::Refuse);
    assert_eq!(thin(store, &mut to_the_end()).unwrap(), []);
    assert_eq!(records(store).len(), usize::try_from(PORTION).unwrap());
}

#[test]
fn what_a_full_store_refuses_waits_in_the_spool() {
    let home = Home::new();
    append(&home.store, 0..PORTION);
    let full = used(&home.store);
    set(&home.store, full, Overflow::Refuse);
    let store: Arc<dyn Store> = Arc::new(home.store);
    let connected = Arc::clone(&store);
    let spool = LastingSpool::new(10_000_000);
    let settings = woodpile_keep::Settings { pack_after: None, ..quick() };
    let connect = Box::new(move || Ok(Arc::clone(&connected)));
    let (keeper, notices) = start(connect, Some(spool.boxed()), settings);
    keeper.sender(NAME).send(record(7)).unwrap();
    await_notice(&notices, |notice| matches!(notice, Notice::QuotaUsed { .. }));
    let lost = await_notice(&notices, |notice| matches!(notice, Notice::Lost { .. }));
    assert!(lost.to_string().contains("its quota of"), "{lost}");
    keeper.flush(LONG).unwrap();
    assert_eq!(spool.left(), 1);

    set(&*store, full * 2, Overflow::Refuse);
    await_notice(&notices, |notice| matches!(notice, Notice::Back { .. }));
    while spool.left() > 0 {
        std::thread::yield_now();
    }
    assert_eq!(keeper.close(LONG).unwrap().stored, 1);
}

#[test]
fn a_keeper_packs_early_what_would_stay_plain_in_a_store_that_fills_up() {
    let home = Home::new();
    // Too few for a block.
    append(&home.store, 0..5 * PORTION);
    set(&home.store, used(&home.store) / 90 * 100, Overflow::Refuse);
    let store: Arc<dyn Store> = Arc::new(home.store);
    let connected = Arc::clone(&store);
    let settings = woodpile_keep::Settings { pack_after: Some(PLAIN_FOR), ..quick() };
    let (keeper, notices) = start(Box::new(move || Ok(Arc::clone(&connected))), None, settings);
    keeper.sender(NAME).send(record(7)).unwrap();
    await_notice(&notices, |notice| matches!(notice, Notice::PackedEarly));
    // Nobody is told of a block: it is looked until there is one.
    while store.blocks(NAME).unwrap().is_empty() {
        std::thread::yield_now();
    }
    keeper.close(LONG).unwrap();
    assert_eq!(records(&*store).len(), 5_001);
}
