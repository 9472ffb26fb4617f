//! Records a second of processor time through the decoders of request bodies, and into a batch: `cargo bench -p woodpile-decode`.
//!
//! With a file of JSON lines, of that: `cargo bench -p woodpile-decode -- FILE`.

#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a benchmark reports to whoever runs it"
)]

use jiff::tz::TimeZone;
use rustix::time::{ClockId, clock_gettime};
use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Duration;
use woodpile_decode::format::{bulk, loggly, records};
use woodpile_decode::{Body, Decoded, Rejected};
use woodpile_line::Context;
use woodpile_record::{Batch, EventTime, IdSource};

const NOW: EventTime = EventTime::from_millis(1_795_334_400_000);
const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_millis(400);
const RECORDS: usize = 10_000;

type Decode<'d> = dyn Fn(&mut Took<'_>) + 'd;
type Took<'t> = dyn FnMut(Result<Decoded<'_>, Rejected>) + 't;

/// The processor time of this thread so far: what others do meanwhile is not measured.
fn now() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::try_from(time).expect("processor time is not negative")
}

/// Access lines as gunicorn's are logged as JSON.
fn access_lines() -> String {
    let mut body = String::new();
    for number in 0..RECORDS {
        let second = number % 60;
        writeln!(
            body,
            r#"{{"timestamp": "2026-11-22T07:32:{second:02}.440Z", "level": "INFO", "loggerName": "gunicorn.access", "message": "192.0.2.{} - - [22/Nov/2026:07:32:{second:02} +0000] \"GET /blog/page-{number}.html HTTP/1.1\" 200 {number} \"https://shop.example/logs/\" \"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_9_1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/32.0.1700.77 Safari/537.36\""}}"#,
            number % 250
        )
        .expect("a string takes any text");
    }
    body
}

fn as_array(lines: &str) -> String {
    format!("[{}]", lines.trim_end().replace('\n', ","))
}

fn as_bulk(lines: &str) -> String {
    lines.lines().fold(String::new(), |mut body, line| {
        writeln!(body, "{{\"create\":{{\"_index\":\"logs\"}}}}\n{line}")
            .expect("a string takes any text");
        body
    })
}

/// The best of a few rounds, in records a second.
fn rate(decode: &Decode<'_>) -> f64 {
    let ids = IdSource::new([7; 5]);
    let mut batch = Batch::new();
    let mut best = 0.0_f64;
    for _ in 0..ROUNDS {
        let start = now();
        let mut records = 0_u32;
        while now().saturating_sub(start) < ROUND {
            batch.clear();
            decode(&mut |decoded| {
                records += 1;
                match decoded.expect("the body is good").body {
                    Body::Entry { entry, .. } => {
                        entry.encode_into(ids.next(NOW.seconds_u32()), NOW, &mut batch);
                    }
                    Body::Document(document) => batch.push(document),
                }
            });
            black_box(&batch);
        }
        best = best.max(f64::from(records) / now().saturating_sub(start).as_secs_f64());
    }
    best
}

fn main() {
    let file = std::env::args().skip(1).find(|argument| !argument.starts_with("--"));
    let lines = file.map_or_else(access_lines, |path| {
        std::fs::read_to_string(path).expect("the file can be read")
    });
    let context = Context { now: NOW, zone: &TimeZone::UTC };
    let (array, bulk_body) = (as_array(&lines), as_bulk(&lines));
    let options = records::Options::default();
    let run: [(&str, &Decode<'_>); 4] = [
        ("JSON lines", &|each| {
            records::decode(lines.as_bytes(), &context, options, each).expect("lines");
        }),
        ("JSON array", &|each| {
            records::decode(array.as_bytes(), &context, options, each).expect("an array");
        }),
        ("bulk", &|each| {
            bulk::decode(bulk_body.as_bytes(), &context, bulk::Options::default(), each)
                .expect("actions");
        }),
        ("Loggly", &|each| loggly::bulk(lines.as_bytes(), &context, each)),
    ];
    println!("{:<12} {:>12} {:>8}", "", "records/s", "µs");
    for (name, decode) in run {
        let rate = rate(decode);
        println!("{name:<12} {rate:>12.0} {:>8.3}", 1e6 / rate);
    }
}
