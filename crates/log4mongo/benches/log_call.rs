//! What a log call with five fields costs the thread that makes it, beside `tracing-appender`'s
//! non-blocking writer under `tracing-subscriber`'s formatter, in the same run.
//!
//! `cargo bench -p log4mongo --bench log_call`

#![expect(clippy::expect_used, clippy::print_stdout, reason = "a benchmark prints, or fails")]

#[path = "support/time.rs"]
mod time;
#[path = "support/times.rs"]
mod times;

use std::hint::black_box;
use std::path::Path;
use std::thread;
use std::time::Duration;
use time::time;
use times::Times;
use tracing::Dispatch;
use tracing_subscriber::prelude::*;

/// Log calls that each thread makes.
const CALLS: usize = 100_000;
/// After so many calls there is a pause, so that no queue fills up: what a full queue costs is another question.
const BURST: usize = 1_000;
const PAUSE: Duration = Duration::from_millis(10);

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for threads in [1, 4] {
        let ours = log4mongo(&folder.path().join(format!("{threads}.db")), threads);
        let theirs = appender(folder.path(), threads);
        println!("{threads} threads, {CALLS} calls each, five fields");
        println!("  log4mongo         {ours}");
        println!("  tracing-appender  {theirs}");
        let ratio = theirs.at(5_000).as_secs_f64() / ours.at(5_000).as_secs_f64();
        println!("  the median call is {ratio:.1} times as fast");
    }
    println!("reading the clock  {}", Times::of((0..CALLS).map(|_| time(|| {})).collect()));
}

fn log4mongo(file: &Path, threads: usize) -> Times {
    let (log, _guard) = log4mongo::builder()
        .store(file.to_str().expect("a path in UTF-8"))
        .build()
        .expect("a store in the temporary folder");
    let subscriber = tracing_subscriber::registry().with(log.layer());
    let times = measure(&Dispatch::new(subscriber), threads);
    log.flush_within(Duration::from_mins(1)).expect("a flush");
    let counters = log.counters();
    assert_eq!(counters.stored, (threads * CALLS) as u64, "{counters:?}");
    times
}

fn appender(folder: &Path, threads: usize) -> Times {
    let file = tracing_appender::rolling::never(folder, format!("{threads}.log"));
    let (writer, _guard) = tracing_appender::non_blocking(file);
    let layer = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(writer);
    measure(&Dispatch::new(tracing_subscriber::registry().with(layer)), threads)
}

fn measure(dispatch: &Dispatch, threads: usize) -> Times {
    let running: Vec<_> = (0..threads)
        .map(|_| {
            let dispatch = dispatch.clone();
            thread::spawn(move || tracing::dispatcher::with_default(&dispatch, calls))
        })
        .collect();
    Times::of(running.into_iter().flat_map(|thread| thread.join().expect("no panic")).collect())
}

fn calls() -> Vec<Duration> {
    let mut times = Vec::with_capacity(CALLS);
    for cart in 0..CALLS {
        if cart % BURST == 0 {
            thread::sleep(PAUSE);
        }
        times.push(time(|| one_call(cart)));
    }
    times
}

#[inline(never)]
fn one_call(cart: usize) {
    tracing::info!(
        cart,
        user = black_box("ada@example.org"),
        price = black_box(9.95),
        paid = black_box(true),
        items = black_box(3_i64),
        "checked out"
    );
}
