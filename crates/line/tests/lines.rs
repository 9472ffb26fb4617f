//! Single lines: what was asked for, zones, what a message says, and when a record is complete.

#![expect(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

use jiff::tz::TimeZone;
use woodpile_line::{Context, Format, Joiner, Route, enrich, parse, stands_alone};
use woodpile_record::{Entry, EventTime};

/// 2026-11-22T08:00:00Z
const NOW: EventTime = EventTime::from_millis(1_795_334_400_000);
const ACCESS: &str = r#"192.0.2.7 - - [22/Nov/2026:07:32:49 +0000] "GET /cart HTTP/1.1" 500 13"#;

fn time_in(zone: &TimeZone, line: &str) -> String {
    let time = parse(line, None, &Context { now: NOW, zone }).entry.time.unwrap();
    jiff::Timestamp::from_millisecond(time.millis()).unwrap().to_string()
}

#[test]
fn a_time_without_a_zone_is_in_the_one_given() {
    let berlin = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
    for (line, expected) in [
        ("2026-11-22 07:32:49 x", "2026-11-22T06:32:49Z"),
        ("2026-07-22 07:32:49 x", "2026-07-22T05:32:49Z"),
        ("2026-07-22T07:32:49Z x", "2026-07-22T07:32:49Z"),
        ("2026-07-22 07:32:49 -0500 x", "2026-07-22T12:32:49Z"),
        // The hour that winter time repeats: its first.
        ("2026-10-25 02:30:00 x", "2026-10-25T00:30:00Z"),
        // The hour that summer time leaves out.
        ("2026-03-29 02:30:00 x", "2026-03-29T01:30:00Z"),
        ("Nov 22 08:30:00 x", "2026-11-22T07:30:00Z"),
        ("08:59:00.000 [main] INFO shop.Cart - x", "2026-11-22T07:59:00Z"),
        ("23:59:00.000 [main] INFO shop.Cart - x", "2026-11-21T22:59:00Z"),
    ] {
        assert_eq!(time_in(&berlin, line), expected, "{line}");
    }
}

#[test]
fn a_format_that_is_asked_for_is_the_only_one_tried() {
    let context = Context { now: NOW, zone: &TimeZone::UTC };
    for (line, asked, format, route) in [
        (ACCESS, Format::Combined, Format::Common, Route::Access),
        (ACCESS, Format::Plain, Format::Plain, Route::Application),
        ("cut off", Format::Combined, Format::Plain, Route::Access),
        ("cut off", Format::NginxError, Format::Plain, Route::Error),
        ("INFO:shop:x", Format::Log4j, Format::Plain, Route::Application),
    ] {
        let read = parse(line, Some(asked), &context);
        assert_eq!((read.format, read.route), (format, route), "{line} as {asked}");
    }
}

#[test]
fn a_message_in_a_known_format_fills_in_what_is_absent() {
    let json = r#"{"level":"warn","msg":"low","item":7}"#;
    for (message, route, level, status) in [
        (ACCESS, Some(Route::Access), None, Some(500)),
        (json, Some(Route::Application), Some("warn"), None),
        ("just text", None, None, None),
    ] {
        let mut entry = Entry { message: message.into(), ..Entry::default() };
        assert_eq!(enrich(&mut entry), route, "{message}");
        assert_eq!(entry.message, message);
        assert_eq!(entry.level.as_deref(), level, "{message}");
        assert_eq!(entry.http.and_then(|http| http.status), status, "{message}");
        assert_eq!(entry.time, None, "{message}");
    }
}

#[test]
fn only_what_may_go_on_is_held_back() {
    let context = Context { now: NOW, zone: &TimeZone::UTC };
    for (line, held) in
        [(ACCESS, false), (r#"{"a":1}"#, false), ("INFO:shop:x", true), (" ", false)]
    {
        let mut joiner = Joiner::new(None);
        let mut emitted = 0;
        joiner.push(line.as_bytes(), &context, &mut |_| emitted += 1);
        assert_eq!(joiner.is_holding(), held, "{line}");
        joiner.finish(&context, &mut |_| emitted += 1);
        assert_eq!(emitted, usize::from(!line.trim().is_empty()), "{line}");
    }
}

#[test]
fn a_file_may_be_cut_before_what_stands_alone() {
    for line in
        [ACCESS, r#"{"level":30,"msg":"x"}"#, "::1 - - [22/Nov/2026:07:32:49] \"GET /\" 200"]
    {
        assert!(stands_alone(line.as_bytes()), "{line}");
    }
    for line in
        ["", "{", "  at x", "Caused by: x", "ValueError: [1]", "2026-11-22 07:32:45 [x] \"y\""]
    {
        assert!(!stands_alone(line.as_bytes()), "{line}");
    }
}
