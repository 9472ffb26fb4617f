//! A million records from four threads, until every one of them is durable in the file store.
//!
//! `cargo bench -p log4mongo --bench durable`

#![expect(clippy::expect_used, clippy::print_stdout, reason = "a benchmark prints, or fails")]

#[path = "support/time.rs"]
mod time;

use log4mongo::WhenFull;
use std::thread;
use std::time::Duration;
use time::time;
use tracing::Dispatch;
use tracing_subscriber::prelude::*;

const THREADS: u32 = 4;
const RECORDS: u32 = 1_000_000;

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("woodpile.db");
    let (log, guard) = log4mongo::builder()
        .store(file.to_str().expect("a path in UTF-8"))
        .when_full(WhenFull::Block)
        .build()
        .expect("a store in the temporary folder");
    let dispatch = Dispatch::new(tracing_subscriber::registry().with(log.layer()));

    let mut logged = Duration::ZERO;
    let durable = time(|| {
        logged = time(|| log_all(&dispatch));
        log.flush_within(Duration::from_mins(5)).expect("a flush");
    });
    let counters = log.counters();
    assert_eq!((counters.stored, log.lost()), (u64::from(RECORDS), 0), "{counters:?}");
    drop(guard);

    let bytes = std::fs::metadata(&file).map_or(0, |file| file.len()) / u64::from(RECORDS);
    println!(
        "{RECORDS} records from {THREADS} threads: logged after {logged:.2?}, durable after {durable:.2?}"
    );
    let rate = f64::from(RECORDS) / durable.as_secs_f64();
    println!("{rate:.0} records a second until durable, none lost, {bytes} bytes a record");
}

fn log_all(dispatch: &Dispatch) {
    let spawn = |thread| {
        let dispatch = dispatch.clone();
        thread::spawn(move || tracing::dispatcher::with_default(&dispatch, || log_share(thread)))
    };
    let running: Vec<_> = (0..THREADS).map(spawn).collect();
    for thread in running {
        thread.join().expect("no panic");
    }
}

fn log_share(thread: u32) {
    for number in 0..RECORDS / THREADS {
        tracing::info!(thread, number, price = 9.95, user = "ada@example.org", "checked out");
    }
}
