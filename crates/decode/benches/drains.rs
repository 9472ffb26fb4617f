//! Records a second from a connection's bytes to batches: `cargo bench -p woodpile-decode --bench drains`.

#![expect(clippy::print_stdout, reason = "a benchmark reports to whoever runs it")]

use jiff::tz::TimeZone;
use std::hint::black_box;
use std::time::{Duration, Instant};
use woodpile_decode::format::{logplex, syslog};
use woodpile_decode::framing::Frames;
use woodpile_decode::{Origin, Sheaf};
use woodpile_line::Context;
use woodpile_record::{EventTime, IdSource};

const NOW: EventTime = EventTime::from_millis(1_795_334_400_000);
const CONTEXT: Context<'static> = Context { now: NOW, zone: &TimeZone::UTC };
const ROUND: Duration = Duration::from_millis(400);
const ROUNDS: usize = 5;
const MESSAGES: u32 = 500;

const ACCESS: &str = r#"192.0.2.7 - - [22/Nov/2026:07:32:49 +0000] "GET /cart?full=1 HTTP/1.1" 200 5316 "https://shop.example/" "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_9_1) AppleWebKit/537.36""#;
const JSON: &str = r#"{"level":"info","msg":"order placed","orderId":4711,"total":129.9,"user":{"id":7,"name":"ann"}}"#;
const ROUTER: &str = r#"at=info method=GET path="/cart?full=1" host=x.herokuapp.com request_id=05726858-c44e-4f94-9a20-37df73be9006 fwd="73.75.38.87" dyno=web.1 connect=1ms service=22ms status=200 bytes=656 protocol=https"#;

fn main() {
    let rfc_5424 = "<14>1 2026-11-22T07:32:49.123456+00:00 web-1 shop 812 - - ";
    let rfc_3164 = "<190>Nov 22 07:32:49 web-1 nginx: ";
    for (name, header, text) in [
        ("5424, text", rfc_5424, "the cart of user 7 was saved"),
        ("5424, JSON", rfc_5424, JSON),
        ("5424, access line", rfc_5424, ACCESS),
        ("3164, access line", rfc_3164, ACCESS),
    ] {
        let lines = format!("{header}{text}\n").repeat(MESSAGES as usize);
        report("syslog", name, rate(|| syslog_records(lines.as_bytes())));
    }
    for (name, origin, text) in [
        ("router", "heroku router", ROUTER),
        ("text", "app web.1", "the cart of user 7 was saved"),
        ("JSON", "app web.1", JSON),
    ] {
        let message = format!("<190>1 2026-11-22T07:32:49.123456+00:00 host {origin} - {text}\n");
        let frame = format!("{} {message}", message.len()).repeat(MESSAGES as usize);
        report("logplex", name, rate(|| logplex_records(frame.as_bytes())));
    }
}

fn report(decoder: &str, name: &str, rate: f64) {
    println!("{decoder:8} {name:20} {:7.0} k records/s", rate / 1e3);
}

fn syslog_records(bytes: &[u8]) -> usize {
    let ids = IdSource::new([7; 5]);
    let mut sheaf = Sheaf::new(Origin::default(), NOW, &ids);
    let mut frames = Frames::of_syslog();
    frames.push(bytes, &mut |frame| {
        syslog::decode(frame.bytes, &CONTEXT, &mut |_, decoded| _ = sheaf.add(decoded));
    });
    sheaf.into_batches().len()
}

fn logplex_records(body: &[u8]) -> usize {
    let ids = IdSource::new([7; 5]);
    let mut sheaf = Sheaf::new(Origin::default(), NOW, &ids);
    let delivery = logplex::Delivery { drain: Some("d.1"), frame: Some("F"), expected: None };
    let _ = logplex::decode(body, &delivery, &CONTEXT, &mut |decoded| {
        _ = decoded.map(|decoded| sheaf.add(decoded));
    });
    sheaf.into_batches().len()
}

/// The best of some rounds, in records a second of one thread.
fn rate(mut work: impl FnMut() -> usize) -> f64 {
    (0..ROUNDS).map(|_| round(&mut work)).fold(0.0, f64::max)
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
fn round(work: &mut impl FnMut() -> usize) -> f64 {
    let started = Instant::now();
    let mut times = 0_u32;
    while started.elapsed() < ROUND {
        assert_eq!(black_box(work()), MESSAGES as usize);
        times += 1;
    }
    f64::from(times) * f64::from(MESSAGES) / started.elapsed().as_secs_f64()
}
