//! Lines a second through parse and encode: `cargo bench -p woodpile-line`.

#![expect(clippy::print_stdout, reason = "a benchmark reports to whoever runs it")]

use jiff::tz::TimeZone;
use std::hint::black_box;
use std::time::{Duration, Instant};
use woodpile_line::{Context, Format, Joined, Joiner, Names, Scratch, parse, parse_object};
use woodpile_record::{Batch, EventTime, IdSource};

const NOW: EventTime = EventTime::from_millis(1_795_334_400_000);
const ROUND: Duration = Duration::from_millis(400);
const ROUNDS: usize = 5;
const BATCH: u32 = 1_000;

const SAMPLES: [(&str, &str); 8] = [
    (
        "combined",
        r#"192.0.2.7 - - [22/Nov/2026:07:32:49 +0000] "GET /presentations/logs/images/search.png?size=2 HTTP/1.1" 200 203023 "https://shop.example/presentations/logs/" "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_9_1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/32.0.1700.77 Safari/537.36""#,
    ),
    (
        "json",
        r#"{"level":30,"time":1795332769123,"pid":12,"hostname":"web-1","reqId":"req-7","msg":"cart saved","user":7,"total":12.5,"items":["lamp","chair"]}"#,
    ),
    (
        "json access",
        r#"{"timestamp": "2026-11-22T07:32:49.440Z", "level": "INFO", "loggerName": "gunicorn.access", "message": "192.0.2.7 - - [22/Nov/2026:07:32:49 +0000] \"GET /blog/puppet-configuration.html?size=2 HTTP/1.1\" 200 10301 \"https://shop.example/logs/\" \"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_9_1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/32.0.1700.77 Safari/537.36\""}"#,
    ),
    ("python", "2026-11-22 07:32:45,123 - shop.cart - ERROR - payment of cart 7 refused"),
    (
        "tracing",
        "2026-11-22T07:32:49.123456Z  INFO request{id=7f3a}: shop::cart: saved user=7 total=12.5",
    ),
    ("log4j", "2026-11-22 07:32:45,123 INFO [main] com.shop.Cart: saved the cart of 7"),
    ("logfmt", r#"time=2026-11-22T07:32:49Z level=info msg="cart saved" user=7 total=12.5"#),
    ("plain", "Watching for file changes with the usual reloader"),
];

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
fn now() -> Instant {
    Instant::now()
}

/// The best of a few rounds, in lines a second.
fn rate(mut batch: impl FnMut()) -> f64 {
    let mut best = 0.0_f64;
    for _ in 0..ROUNDS {
        let start = now();
        let mut lines = 0.0;
        while start.elapsed() < ROUND {
            batch();
            lines += f64::from(BATCH);
        }
        best = best.max(lines / start.elapsed().as_secs_f64());
    }
    best
}

fn parse_only(line: &str, context: &Context<'_>) -> f64 {
    rate(|| {
        for _ in 0..BATCH {
            black_box(parse(black_box(line), None, context));
        }
    })
}

/// All that an import does with a line before it is compressed and stored.
fn joined_and_encoded(line: &str, context: &Context<'_>) -> f64 {
    let ids = IdSource::new([7; 5]);
    let mut joiner = Joiner::new(None);
    let mut records = Batch::new();
    rate(|| {
        records.clear();
        let mut emit = |Joined { entry, .. }: Joined<'_>| {
            entry.encode_into(ids.next(1_795_334_400), NOW, &mut records);
        };
        for _ in 0..BATCH {
            joiner.push(black_box(line.as_bytes()), context, &mut emit);
        }
    })
}

/// The same for the objects of a request's body.
fn objects_encoded(line: &str, context: &Context<'_>) -> f64 {
    let ids = IdSource::new([7; 5]);
    let mut scratch = Scratch::new();
    let mut records = Batch::new();
    rate(|| {
        records.clear();
        for _ in 0..BATCH {
            let read = parse_object(black_box(line), Names::default(), &scratch, context);
            if let Ok(read) = read {
                read.entry.encode_into(ids.next(1_795_334_400), NOW, &mut records);
            }
            scratch.clear();
        }
    })
}

fn main() {
    let context = Context { now: NOW, zone: &TimeZone::UTC };
    println!("{:<12} {:>14} {:>22} {:>8}", "lines/s", "parse", "join, parse, encode", "µs");
    for (name, line) in SAMPLES {
        let format = parse(line, None, &context).format;
        assert_ne!((format, name == "plain"), (Format::Plain, false), "{name} is not recognised");
        let parsed = parse_only(line, &context);
        let encoded = joined_and_encoded(line, &context);
        println!("{name:<12} {parsed:>14.0} {encoded:>22.0} {:>8.3}", 1e6 / encoded);
        if name.starts_with("json") {
            let encoded = objects_encoded(line, &context);
            println!("{:>27} {encoded:>22.0} {:>8.3}", "as an object", 1e6 / encoded);
        }
    }
}
