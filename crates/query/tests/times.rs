//! What times in a query mean, at a certain time in a certain zone.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a failure is the test's")]

use jiff::civil::date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use woodpile_query::{Filter, Moment, parse};

fn now() -> Zoned {
    // Berlin's rules.
    let zone = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
    date(2026, 11, 22).at(15, 4, 5, 0).to_zoned(zone).unwrap()
}

fn text(millis: i64) -> String {
    Timestamp::from_millisecond(millis).unwrap().to_string()
}

#[track_caller]
fn check(query: &str, since: Option<&str>, until: Option<&str>) {
    let Filter::Time(range) = parse(query).unwrap().filter else { panic!("{query} is no time") };
    let times = range.times(&now());
    let found = (times.since.map(text), times.until.map(text));
    assert_eq!(found, (since.map(str::to_owned), until.map(str::to_owned)), "{query}");
}

#[test]
fn times_before_now_mean_all_since() {
    for query in
        ["time:-3h", "time:3h", "time:now-3h", "time:-2h60m", "time:NOW-180min", "time:>=-3H"]
    {
        check(query, Some("2026-11-22T11:04:05Z"), None);
    }
    check("time:-1D", Some("2026-11-21T14:04:05Z"), None);
    // Berlin's clocks went back on 25 October.
    check("time:-30d", Some("2026-10-23T13:04:05Z"), None);
    check("time:[-2h TO -1h}", Some("2026-11-22T12:04:05Z"), Some("2026-11-22T13:04:05Z"));
}

#[test]
fn days_and_dates_are_stretches_of_local_time() {
    check("time:today", Some("2026-11-21T23:00:00Z"), Some("2026-11-22T23:00:00Z"));
    check("time:yesterday", Some("2026-11-20T23:00:00Z"), Some("2026-11-21T23:00:00Z"));
    check("time:Friday", Some("2026-11-19T23:00:00Z"), Some("2026-11-20T23:00:00Z"));
    check("time:sunday", Some("2026-11-14T23:00:00Z"), Some("2026-11-15T23:00:00Z"));
    check("time:2026-11-20", Some("2026-11-19T23:00:00Z"), Some("2026-11-20T23:00:00Z"));
    check("time:2026-10", Some("2026-09-30T22:00:00Z"), Some("2026-10-31T23:00:00Z"));
    check("time:\"2026-11-22 07:30\"", Some("2026-11-22T06:30:00Z"), Some("2026-11-22T06:31:00Z"));
}

#[test]
fn times_that_say_their_zone_are_taken_at_their_word() {
    check("time:2026-11-22T07:30:00Z", Some("2026-11-22T07:30:00Z"), Some("2026-11-22T07:30:01Z"));
    check(
        "time:2026-11-22T07:30-05:00",
        Some("2026-11-22T12:30:00Z"),
        Some("2026-11-22T12:31:00Z"),
    );
    check(
        "time:2026-11-22T07:30:00.25Z",
        Some("2026-11-22T07:30:00.25Z"),
        Some("2026-11-22T07:30:00.251Z"),
    );
}

#[test]
fn a_day_is_within_as_a_whole_or_not_at_all() {
    let (start, end) = (Some("2026-11-19T23:00:00Z"), Some("2026-11-20T23:00:00Z"));
    check("time:>=2026-11-20", start, None);
    check("time:>2026-11-20", end, None);
    check("time:<=2026-11-20", None, end);
    check("time:<2026-11-20", None, start);
    check("time:[2026-11-20 TO 2026-11-20]", start, end);
}

#[test]
fn what_is_no_time_is_none() {
    for text in [
        "",
        "-",
        "h",
        "3",
        "3x",
        "tomorrow",
        "2026-13",
        "2026-13-01",
        "99999999999999999999h",
        "now-",
    ] {
        assert_eq!(Moment::parse(text), None, "{text}");
    }
}

#[test]
fn times_beyond_the_calendar_are_cut_to_it() {
    for text in
        ["-9998y", "9000y", "-9999-01", "9999-12-31", "-009999-01-01", "9999-12-31T23:59:59Z"]
    {
        if let Some(moment) = Moment::parse(text) {
            let period = moment.period(&now());
            assert!(period.start <= period.end, "{text}: {period:?}");
        }
    }
}
