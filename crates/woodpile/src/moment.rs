//! Points in time as people type them.

use crate::cli::RangeArgs;
use crate::exit::usage;
use jiff::civil::{Date, DateTime, Weekday};
use jiff::{Span, Timestamp, Zoned};
use woodpile_store::Prune;

/// What may stand behind `--since` and `--until`, for the error.
const EXPECTED: &str = "expected such as 1h, -3h, 30m, 2d, now, today, yesterday, friday, 2026-11-22, \
                        \"2026-11-22 07:30\" or 2026-11-22T07:30:00Z";

/// The time that `text` means at `now`, in milliseconds since 1970; `option` is named in the error.
/// Days and dates are in the zone of `now`.
fn parse(option: &str, text: &str, now: &Zoned) -> anyhow::Result<i64> {
    interpret(text.trim(), now)
        .map(Timestamp::as_millisecond)
        .ok_or_else(|| usage(format!("{option} {text}: this is no time; {EXPECTED}")))
}

/// What `--since` and `--until` leave.
pub(crate) fn range(args: &RangeArgs, now: &Zoned) -> anyhow::Result<Prune> {
    let time = |option: &str, text: &Option<String>| {
        text.as_deref().map(|text| parse(option, text, now)).transpose()
    };
    let prune =
        Prune { since: time("--since", &args.since)?, until: time("--until", &args.until)? };
    match (prune.since, prune.until) {
        (Some(since), Some(until)) if since >= until => {
            Err(usage("--since is not before --until: no time is left between them"))
        }
        _ => Ok(prune),
    }
}

fn interpret(text: &str, now: &Zoned) -> Option<Timestamp> {
    named(text, now).or_else(|| ago(text, now)).or_else(|| absolute(text, now))
}

fn named(text: &str, now: &Zoned) -> Option<Timestamp> {
    let today = now.date();
    let day = match text.to_ascii_lowercase().as_str() {
        "now" => return Some(now.timestamp()),
        "today" => today,
        "yesterday" => today.yesterday().ok()?,
        name => today.nth_weekday(-1, weekday(name)?).ok()?,
    };
    start_of(day, now)
}

fn weekday(name: &str) -> Option<Weekday> {
    Some(match name {
        "monday" | "mon" => Weekday::Monday,
        "tuesday" | "tue" => Weekday::Tuesday,
        "wednesday" | "wed" => Weekday::Wednesday,
        "thursday" | "thu" => Weekday::Thursday,
        "friday" | "fri" => Weekday::Friday,
        "saturday" | "sat" => Weekday::Saturday,
        "sunday" | "sun" => Weekday::Sunday,
        _ => return None,
    })
}

fn start_of(day: Date, now: &Zoned) -> Option<Timestamp> {
    let midnight = day.to_zoned(now.time_zone().clone()).ok()?;
    Some(midnight.timestamp())
}

/// `3h`, `-3h`, `1h30m`: always back from now.
fn ago(text: &str, now: &Zoned) -> Option<Timestamp> {
    let mut rest = text.strip_prefix('-').unwrap_or(text);
    if rest.is_empty() {
        return None;
    }
    let mut then = now.clone();
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).filter(|digits| *digits > 0)?;
        let (count, tail) = rest.split_at(digits);
        let unit = tail.find(|c: char| c.is_ascii_digit()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(unit);
        then = then.checked_sub(span(count.parse().ok()?, unit)?).ok()?;
        rest = tail;
    }
    Some(then.timestamp())
}

fn span(count: i64, unit: &str) -> Option<Span> {
    let span = Span::new();
    match unit {
        "s" | "sec" => span.try_seconds(count),
        "m" | "min" => span.try_minutes(count),
        "h" => span.try_hours(count),
        "d" => span.try_days(count),
        "w" => span.try_weeks(count),
        "y" => span.try_years(count),
        _ => return None,
    }
    .ok()
}

/// RFC 3339, or a date with or without a time of day in the zone of `now`.
fn absolute(text: &str, now: &Zoned) -> Option<Timestamp> {
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return Some(timestamp);
    }
    let local = text
        .parse::<DateTime>()
        .or_else(|_| text.parse::<Date>().map(|date| date.at(0, 0, 0, 0)))
        .ok()?;
    Some(local.to_zoned(now.time_zone().clone()).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let now: Zoned = "2026-11-22T15:04:05+01:00[Europe/Berlin]".parse().unwrap();
        let found = interpret(text, &now).map(|time| time.to_string());
        assert_eq!(found.as_deref(), Some(expected), "{text}");
    }

    #[test]
    fn names_are_days_of_the_local_zone() {
        check("now", "2026-11-22T14:04:05Z");
        check("today", "2026-11-21T23:00:00Z");
        check("yesterday", "2026-11-20T23:00:00Z");
        check("Friday", "2026-11-19T23:00:00Z");
        check("sunday", "2026-11-14T23:00:00Z");
    }

    #[test]
    fn durations_go_back_from_now() {
        for text in ["3h", "-3h", "2h60m", "180min", "10800s"] {
            check(text, "2026-11-22T11:04:05Z");
        }
        check("2d", "2026-11-20T14:04:05Z");
        check("1w", "2026-11-15T14:04:05Z");
    }

    #[test]
    fn a_day_is_a_day_of_the_calendar() {
        // Berlin's clocks went back on 25 October.
        check("30d", "2026-10-23T13:04:05Z");
    }

    #[test]
    fn dates_and_times_are_local_unless_they_say_otherwise() {
        check("2026-11-22", "2026-11-21T23:00:00Z");
        check("2026-11-22 07:30", "2026-11-22T06:30:00Z");
        check("2026-11-22T07:30:15.250", "2026-11-22T06:30:15.25Z");
        check("2026-11-22T07:30:00Z", "2026-11-22T07:30:00Z");
        check("2026-11-22T07:30:00-05:00", "2026-11-22T12:30:00Z");
    }

    #[test]
    fn what_is_no_time_is_refused() {
        let now: Zoned = "2026-11-22T15:04:05+01:00[Europe/Berlin]".parse().unwrap();
        for text in ["", "-", "h", "3", "3x", "tomorrow", "2026-13-01", "99999999999999999999h"] {
            let error = parse("--since", text, &now).unwrap_err().to_string();
            assert!(error.starts_with(&format!("--since {text}: this is no time")), "{error}");
        }
    }
}
