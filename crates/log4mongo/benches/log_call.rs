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

/// How a thread logs.
#[derive(Debug, Clone, Copy)]
struct Pace {
    what: &'static str,
    threads: usize,
    calls: usize,
    /// After so many calls there is a pause, so that no queue fills up: what a full one costs is another question.
    burst: usize,
    pause: Duration,
}

const PACES: [Pace; 3] = [
    Pace {
        what: "busy",
        threads: 1,
        calls: 100_000,
        burst: 10_000,
        pause: Duration::from_millis(100),
    },
    Pace {
        what: "busy",
        threads: 4,
        calls: 100_000,
        burst: 10_000,
        pause: Duration::from_millis(100),
    },
    // Each call finds the caches cold and the other threads asleep.
    Pace { what: "idle", threads: 1, calls: 2_000, burst: 1, pause: Duration::from_millis(1) },
];

fn main() {
    for pace in PACES {
        let Pace { what, threads, calls, .. } = pace;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let ours = log4mongo(&folder.path().join("woodpile.db"), pace);
        let theirs = appender(folder.path(), pace);
        println!("{what}, threads: {threads}, calls each: {calls}, five fields");
        println!("  log4mongo         {ours}");
        println!("  tracing-appender  {theirs}");
        let ratio = ours.at(5_000).as_secs_f64() / theirs.at(5_000).as_secs_f64();
        println!("  log4mongo's median is {ratio:.2} of tracing-appender's");
    }
    println!("reading the clock  {}", Times::of((0..100_000).map(|_| time(|| {})).collect()));
}

fn log4mongo(file: &Path, pace: Pace) -> Times {
    let (log, _guard) = log4mongo::builder()
        .store(file.to_str().expect("a path in UTF-8"))
        .build()
        .expect("a store in the temporary folder");
    let subscriber = tracing_subscriber::registry().with(log.layer());
    let times = measure(&Dispatch::new(subscriber), pace);
    log.flush_within(Duration::from_mins(1)).expect("a flush");
    let counters = log.counters();
    assert_eq!(counters.stored, (pace.threads * pace.calls) as u64, "{counters:?}");
    times
}

fn appender(folder: &Path, pace: Pace) -> Times {
    let file = tracing_appender::rolling::never(folder, "app.log");
    let (writer, _guard) = tracing_appender::non_blocking(file);
    let layer = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(writer);
    measure(&Dispatch::new(tracing_subscriber::registry().with(layer)), pace)
}

fn measure(dispatch: &Dispatch, pace: Pace) -> Times {
    let running: Vec<_> = (0..pace.threads)
        .map(|_| {
            let dispatch = dispatch.clone();
            thread::spawn(move || tracing::dispatcher::with_default(&dispatch, || calls(pace)))
        })
        .collect();
    Times::of(running.into_iter().flat_map(|thread| thread.join().expect("no panic")).collect())
}

fn calls(pace: Pace) -> Vec<Duration> {
    let mut times = Vec::with_capacity(pace.calls);
    for cart in 0..pace.calls {
        if cart % pace.burst == 0 {
            thread::sleep(pace.pause);
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
