//! Records a second through filters and pipes: `cargo bench -p woodpile-query`.

#![expect(clippy::print_stdout, reason = "a benchmark reports to whoever runs it")]
#![expect(clippy::unwrap_used, reason = "a benchmark that fails stops")]

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use std::hint::black_box;
use std::sync::OnceLock;
use std::time::{Duration, Instant};
use woodpile_line::{Context, parse as parse_line};
use woodpile_query::{Matcher, Origin, Pipeline, Query, parse};
use woodpile_record::{Batch, Entry, EventTime, IdSource};

const ROUND: Duration = Duration::from_millis(300);
const ROUNDS: usize = 5;
const RECORDS: u32 = 20_000;
const ORIGIN: Origin<'_> = Origin { collection: "access-log" };

const FILTERS: [&str; 16] = [
    "*",
    "zebra",
    "timeout -healthcheck",
    "\"no such page\"",
    "404",
    "conn*refused",
    "*ozill*",
    "schön",
    "level:>=warn",
    "status:>=500",
    "status:>=500 path:/api/*",
    "ip:10.0.0.0/8",
    "time:-1h",
    "@web",
    "message:/user \\d+/",
    "*:/[a-z]{9}[0-9]{7}z/",
];

const PIPES: [&str; 5] = [
    "* | stats count() by status",
    "* | stats count(), p95(bytes) by path",
    "* | timechart 1h count() by level",
    "* | top ip",
    "* | patterns",
];

fn main() {
    println!("{:<40} {:>14}", "filter", "records/s");
    let lines: Vec<String> = (0..RECORDS).map(line).collect();
    let context = Context { now: EventTime::from_millis(0), zone: &TimeZone::UTC };
    let records = encoded(lines.iter().map(|line| parse_line(line, None, &context).entry));
    let bare = encoded(lines.iter().map(|line| bare(line)));
    filters(&records, &bare);
    pipes(&records);
}

fn filters(records: &Batch, bare: &Batch) {
    for text in FILTERS {
        let matcher = matcher(&parse(text).unwrap());
        report(text, || records.iter().filter(|record| matcher.matches(record, ORIGIN)).count());
    }
    let derived = matcher(&parse("status:>=500").unwrap());
    report("status:>=500, derived from the message", || {
        bare.iter().filter(|record| derived.matches(record, ORIGIN)).count()
    });
}

fn pipes(records: &Batch) {
    for text in PIPES {
        let query = parse(text).unwrap();
        report(text, || {
            let mut pipeline = Pipeline::new(&query.pipes, &TimeZone::UTC);
            for record in records.iter() {
                pipeline.push(record, ORIGIN).unwrap();
            }
            usize::from(pipeline.finish().is_ok())
        });
    }
}

fn matcher(query: &Query) -> Matcher {
    let now: Zoned = Timestamp::UNIX_EPOCH.to_zoned(TimeZone::UTC);
    Matcher::new(&query.filter, &now).unwrap()
}

fn encoded<'a>(entries: impl Iterator<Item = Entry<'a>>) -> Batch {
    let ids = IdSource::new([0; 5]);
    let mut batch = Batch::new();
    for entry in entries {
        entry.encode_into(ids.next(1), EventTime::from_millis(0), &mut batch);
    }
    batch
}

/// As a writer leaves it that does not read what it logs.
fn bare(line: &str) -> Entry<'_> {
    Entry { message: line.into(), ..Entry::default() }
}

/// An access line of a small web app.
fn line(number: u32) -> String {
    let (host, page, status) =
        (number % 251, number % 997, [200, 200, 304, 404, 500][number as usize % 5]);
    format!(
        r#"192.0.2.{host} - - [22/Nov/2026:07:{:02}:{:02} +0000] "GET /presentations/logs/{page}/images/search.png?size=2 HTTP/1.1" {status} {} "https://shop.example/presentations/{page}/" "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_9_1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/32.0.1700.77 Safari/537.36""#,
        number / 60 % 60,
        number % 60,
        number * 7,
    )
}

/// The best of a few rounds, in records a second of one processor.
fn report(name: &str, pass: impl Fn() -> usize) {
    let rates = (0..ROUNDS).map(|_| {
        let start = processor_time();
        let mut passes = 0_u32;
        while processor_time().saturating_sub(start) < ROUND {
            black_box(pass());
            passes += 1;
        }
        let taken = processor_time().saturating_sub(start);
        f64::from(passes) * f64::from(RECORDS) / taken.as_secs_f64()
    });
    println!("{name:<40} {:>14.0}", rates.fold(0.0, f64::max));
}

/// The time that this thread had on a processor, where the system tells it: others may use the machine.
#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
fn processor_time() -> Duration {
    static BEGIN: OnceLock<Instant> = OnceLock::new();
    // The system adds up at the latest when it chooses who is next.
    std::thread::yield_now();
    let nanos = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = nanos.and_then(|text| text.split_whitespace().next()?.parse().ok());
    nanos.map_or_else(|| BEGIN.get_or_init(Instant::now).elapsed(), Duration::from_nanos)
}
