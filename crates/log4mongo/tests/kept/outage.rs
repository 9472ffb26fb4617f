use crate::home::{Home, records, show, trace};
use log4mongo::{DropReason, Levels, Log4Mongo, Notice, WhenFull};
use std::collections::HashSet;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;
use woodpile_test_support::{Ferret, with_database};

const APPLICATION: &str = "application-log";
const LONG: Duration = Duration::from_mins(2);
/// Nobody listens there.
const NOWHERE: &str = "mongodb://127.0.0.1:9/logs?serverSelectionTimeoutMS=200";

fn log_numbers(log: &Log4Mongo, numbers: std::ops::Range<i32>) {
    trace(log, || numbers.for_each(|number| tracing::info!(number, "counted")));
}

/// The numbers of the records in the store, each of which must be there once.
fn numbers(store: &str) -> usize {
    let kept = records(store, APPLICATION);
    let distinct: HashSet<String> =
        kept.iter().map(|record| show(record.as_document(), &["number"])).collect();
    assert_eq!(distinct.len(), kept.len(), "a record is there twice");
    kept.len()
}

fn wait_for(notices: &Receiver<Notice>, wanted: impl Fn(&Notice) -> bool) {
    while !wanted(&notices.recv_timeout(LONG).unwrap()) {}
}

#[test]
fn a_frozen_and_a_dead_database_lose_and_double_nothing() {
    let Some(mut ferret) = Ferret::start() else { return };
    let uri = with_database(&ferret.uri(), "outage");
    let (told, notices) = channel();
    let (log, guard) = log4mongo::builder()
        .store(&*uri)
        .on_notice(move |notice| told.send(notice.clone()).unwrap_or_default())
        .build()
        .unwrap();
    log_numbers(&log, 0..1_000);
    log.flush_within(LONG).unwrap();

    ferret.freeze();
    log_numbers(&log, 1_000..3_000);
    wait_for(&notices, |notice| matches!(notice, Notice::Lost { .. }));
    ferret.thaw();
    log.flush_within(LONG).unwrap();

    ferret.kill();
    log_numbers(&log, 3_000..5_000);
    wait_for(&notices, |notice| matches!(notice, Notice::Lost { .. }));
    ferret.restart();
    log.flush_within(LONG).unwrap();

    assert_eq!(log.lost(), 0, "{:?}", log.counters());
    drop(guard);
    assert_eq!(numbers(&uri), 5_000);
}

#[test]
fn a_program_starts_while_the_database_is_away() {
    let (log, guard) = log4mongo::builder()
        .store(NOWHERE)
        .shutdown_deadline(Duration::from_millis(1))
        .build()
        .unwrap();
    log_numbers(&log, 0..10);
    assert_eq!((log.counters().waiting, log.lost()), (10, 0));
    drop(guard);
    assert_eq!(log.counters().stored, 0);
}

#[test]
fn what_an_outage_leaves_in_the_spool_the_next_run_stores() {
    let home = Home::new();
    let spool = home.path("spool.db");
    let (log, guard) = log4mongo::builder()
        .store(NOWHERE)
        .spool(&spool, 1 << 20)
        .shutdown_deadline(Duration::from_millis(1))
        .build()
        .unwrap();
    log_numbers(&log, 0..500);
    while log.counters().spooled < 500 {
        std::thread::yield_now();
    }
    drop(guard);

    let (log, guard) = home.builder().spool(&spool, 1 << 20).build().unwrap();
    while log.counters().stored < 500 {
        std::thread::yield_now();
    }
    drop(guard);
    assert_eq!(numbers(&home.store()), 500);
}

#[test]
fn what_a_full_queue_drops_is_counted() {
    let check = |policy, expected: u64| {
        let (log, _guard) = log4mongo::builder()
            .store(NOWHERE)
            .queue(100, 1 << 20)
            .when_full(policy)
            .shutdown_deadline(Duration::from_millis(1))
            .on_notice(|_| ())
            .build()
            .unwrap();
        log_numbers(&log, 0..40_000);
        let counters = log.counters();
        assert!(
            counters.dropped.of(DropReason::QueueRecords) >= expected,
            "{policy:?} {counters:?}"
        );
        assert_eq!(counters.sent, counters.waiting + counters.dropped.total(), "{counters:?}");
    };
    // A portion or two may be under way beside the queue.
    check(WhenFull::DropNewest, 1_000);
    check(WhenFull::DropOldest, 1_000);
}

#[test]
fn drops_become_a_record_where_the_records_are_missing() {
    let Some(mut ferret) = Ferret::start() else { return };
    let uri = with_database(&ferret.uri(), "drops");
    ferret.kill();
    let (log, guard) =
        log4mongo::builder().store(&*uri).queue(100, 1 << 20).on_notice(|_| ()).build().unwrap();
    log_numbers(&log, 0..40_000);
    let lost = log.lost();
    assert!(lost > 0);
    ferret.restart();
    log.flush_within(LONG).unwrap();
    drop(guard);
    let kept = records(&uri, APPLICATION);
    let reports =
        kept.iter().filter(|record| show(record.as_document(), &["number"]) == "number=?");
    let texts: Vec<String> =
        reports.map(|record| show(record.as_document(), &["message"])).collect();
    assert!(!texts.is_empty() && texts.iter().all(|text| text.contains("dropped")), "{texts:?}");
}

/// Says where programs keep their state.
const STATE: &str = "XDG_STATE_HOME";

/// What a program that asks the environment says on standard error, logging 10 records to a database that is away.
fn said_with_state_in(folder: &str) -> String {
    let child = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "--nocapture", "outage::child_that_asks_the_environment"])
        .env("MONGODB_URI", NOWHERE)
        .env("VERSION", "production")
        .env(STATE, folder)
        .output()
        .unwrap();
    let said = String::from_utf8(child.stderr).unwrap();
    assert!(child.status.success(), "{said}");
    said
}

#[test]
fn a_program_that_asks_the_environment_has_a_spool() {
    let home = Home::new();
    let said = said_with_state_in(&home.path("state"));
    let (_, line) = said.split_once("in outages records wait in ").unwrap();
    let (path, bound) = line.lines().next().unwrap().split_once(", at most ").unwrap();
    assert!(path.starts_with(&home.path("state/woodpile/spool-")), "{said}");
    assert_eq!(bound, "1024 MiB");
    assert_eq!(said.matches(path).count(), 1 + said.matches("will be lost").count(), "{said}");
    // The next program that uses it takes what is there.
    let (log, guard) = home.builder().spool(path, 1 << 20).build().unwrap();
    while log.counters().stored < 10 {
        std::thread::yield_now();
    }
    drop(guard);
    assert_eq!(numbers(&home.store()), 10);
}

#[test]
fn a_program_runs_where_there_is_no_room_for_a_spool() {
    let said = said_with_state_in("/dev/null");
    assert!(said.contains("no spool for outages of the store: /dev/null/woodpile: "), "{said}");
}

#[test]
#[ignore = "the tests above run it, as a process of its own"]
#[expect(clippy::disallowed_methods, reason = "the parent tells where its state goes")]
fn child_that_asks_the_environment() {
    if std::env::var("MONGODB_URI").as_deref() != Ok(NOWHERE) {
        return;
    }
    let state = std::env::var(STATE).unwrap();
    let builder = log4mongo::from_env().unwrap().shutdown_deadline(Duration::from_millis(1));
    let (log, _guard) = builder.build().unwrap();
    log_numbers(&log, 0..10);
    while state != "/dev/null" && log.counters().spooled < 10 {
        std::thread::yield_now();
    }
}

/// Names the database of the child process.
const CHILD_DATABASE: &str = "LOG4MONGO_TEST_DATABASE";

#[test]
fn nothing_that_keeping_records_says_becomes_a_record() {
    let Some(uri) = woodpile_test_support::fresh_database() else { return };
    let child = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "outage::child_that_hears_everything"])
        .env(CHILD_DATABASE, &uri)
        .output()
        .unwrap();
    assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stderr));
    assert_eq!(numbers(&uri), 20, "the app's events, from tracing and from log, and no other");
}

#[test]
#[ignore = "the test above runs it, as a process of its own"]
#[expect(clippy::disallowed_methods, reason = "the parent tells where the database is")]
fn child_that_hears_everything() {
    let Ok(uri) = std::env::var(CHILD_DATABASE) else { return };
    let builder = log4mongo::builder().store(uri).levels(Levels::ALL);
    let guard = builder.init().unwrap();
    for number in (0..20).step_by(2) {
        tracing::trace!(number, "from tracing");
        log::trace!(number = number + 1; "from log");
        // A commit for each: the machinery has something to say every time.
        guard.log().flush_within(LONG).unwrap();
    }
}
