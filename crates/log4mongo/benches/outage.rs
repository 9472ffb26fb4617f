//! An outage of the database under 2,000 records a second: what the log calls cost meanwhile, and what
//! is in the database afterwards. First the database is frozen, then it refuses connections.
//!
//! `cargo bench -p log4mongo --bench outage` takes three minutes; `-- 5` shortens both outages to 5 s.

#![expect(clippy::expect_used, clippy::print_stdout, reason = "a benchmark prints, or fails")]

#[path = "support/time.rs"]
mod time;
#[path = "support/times.rs"]
mod times;

use std::collections::HashSet;
use std::thread;
use std::time::Duration;
use time::time;
use times::Times;
use tracing::Dispatch;
use tracing_subscriber::prelude::*;
use woodpile_record::{RawBsonRef, find};
use woodpile_store::{Location, OpenOptions, Order, Prune};
use woodpile_test_support::{Ferret, with_database};

/// How often records are logged.
const TICK: Duration = Duration::from_millis(5);
/// How many each time: 2,000 a second.
const PER_TICK: u64 = 10;
/// The length of each outage, unless the command line says another.
const OUTAGE: Duration = Duration::from_mins(1);
const CALM: Duration = Duration::from_secs(5);
/// What no log call but one in 10,000 may exceed.
const BAR: Duration = Duration::from_millis(10);

fn main() {
    let seconds = std::env::args().find_map(|argument| argument.parse().ok());
    let outage = seconds.map_or(OUTAGE, Duration::from_secs);
    let Some(mut ferret) = Ferret::start() else { return };
    let uri = with_database(&ferret.uri(), "outage");
    let (log, _guard) = log4mongo::builder().store(&*uri).build().expect("a store");
    let dispatch = Dispatch::new(tracing_subscriber::registry().with(log.layer()));

    let mut logged = 0;
    let mut phase = |what: &str, length| {
        let times = tracing::dispatcher::with_default(&dispatch, || load(&mut logged, length));
        println!("{what:<8} {times}");
        assert!(times.at(9_999) < BAR, "more than one log call in 10,000 took {BAR:?} or longer");
    };
    phase("calm", CALM);
    ferret.freeze();
    phase("frozen", outage);
    ferret.thaw();
    phase("thawed", CALM);
    ferret.kill();
    phase("refused", outage);
    ferret.restart();
    phase("back", CALM);

    log.flush_within(Duration::from_mins(2)).expect("a flush");
    let counters = log.counters();
    println!("{counters:?}");
    println!("largest resident size: {} KiB", peak_kib().unwrap_or_default());
    assert_eq!(stored(&uri), logged, "lost or doubled");
    println!("{logged} records logged, each is in the database once");
}

/// Logs for a while, at the rate; the numbers go on from `logged`.
fn load(logged: &mut u64, length: Duration) -> Times {
    let mut times = Vec::new();
    let ticks = length.as_millis() / TICK.as_millis();
    for _ in 0..ticks {
        let spent = time(|| {
            for _ in 0..PER_TICK {
                let number = *logged;
                times
                    .push(time(|| tracing::info!(number, user = "ada@example.org", "checked out")));
                *logged += 1;
            }
        });
        thread::sleep(TICK.saturating_sub(spent));
    }
    Times::of(times)
}

/// How many records the database holds, after making sure that none is there twice.
fn stored(uri: &str) -> u64 {
    let location: Location = uri.parse().expect("a URI");
    let store = woodpile_store::open(&location, &OpenOptions::READ).expect("a store");
    let mut rows = store
        .read("application-log", &Prune::NONE, Order::OldestFirst)
        .expect("the records can be read");
    let mut numbers = HashSet::new();
    while let Some(batch) = rows.next().expect("the records can be read") {
        for record in batch.iter() {
            let number = match find(record, "number") {
                Some(RawBsonRef::Int32(number)) => i64::from(number),
                Some(RawBsonRef::Int64(number)) => number,
                other => unreachable!("a record without its number: {other:?}"),
            };
            assert!(numbers.insert(number), "record {number} is there twice");
        }
    }
    numbers.len() as u64
}

/// Linux tells it.
fn peak_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}
