//! How much is kept: `30d`, `100000 records`, `200MB`.

use crate::RuleError;
use std::time::Duration;
use woodpile_keep::Limit;
use woodpile_query::{Kind, Literal, Value};

const RECORDS: [&str; 2] = ["records", "record"];
const DAY: u64 = 24 * 60 * 60;
/// Lengths of time that the query language has no unit for, in seconds; the longer name comes first.
const LONG: [(&str, u64); 2] = [("mo", 30 * DAY), ("y", 365 * DAY)];
/// The units of the others.
const SHORT: [(&str, u64); 5] = [("w", 7 * DAY), ("d", DAY), ("h", 3_600), ("m", 60), ("s", 1)];
/// The units of sizes.
const SIZES: [(&str, u64); 4] = [("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1_000), ("B", 1)];

/// Reads a limit.
pub(crate) fn parse(text: &str) -> Result<Limit, RuleError> {
    let text = text.trim();
    let limit = records(text).or_else(|| long(text)).or_else(|| measured(text));
    limit.ok_or_else(|| RuleError::Limit(text.to_owned()))
}

fn records(text: &str) -> Option<Limit> {
    let (number, noun) = text.split_once(char::is_whitespace)?;
    RECORDS.contains(&noun.trim()).then(|| number.parse().ok().map(Limit::Records))?
}

fn long(text: &str) -> Option<Limit> {
    LONG.iter().find_map(|(unit, seconds)| {
        let number: u64 = text.strip_suffix(unit)?.parse().ok()?;
        let seconds = number.checked_mul(*seconds).filter(|seconds| *seconds > 0)?;
        Some(Limit::Age(Duration::from_secs(seconds)))
    })
}

/// A duration of a second at least, or a size, as queries have them.
fn measured(text: &str) -> Option<Limit> {
    match Literal::new(text, Kind::Value).value() {
        Value::Duration(nanos) if *nanos >= 1e9 => {
            Some(Limit::Age(Duration::try_from_secs_f64((nanos / 1e9).floor()).ok()?))
        }
        Value::Size(bytes) if *bytes >= 1.0 => {
            Some(Limit::Bytes(Duration::try_from_secs_f64(*bytes).ok()?.as_secs()))
        }
        _ => None,
    }
}

/// The limit in the largest unit that says it exactly.
pub(crate) fn print(limit: Limit) -> String {
    match limit {
        Limit::Records(1) => "1 record".to_owned(),
        Limit::Records(records) => format!("{records} records"),
        Limit::Age(age) => {
            let years = [("y", LONG[1].1)];
            in_units(age.as_secs(), years.iter().chain(&SHORT))
        }
        Limit::Bytes(bytes) => in_units(bytes, SIZES.iter()),
    }
}

fn in_units<'u>(number: u64, units: impl Iterator<Item = &'u (&'u str, u64)>) -> String {
    let mut exact = units.filter(|(_, unit)| number.is_multiple_of(*unit));
    exact.next().map_or_else(String::new, |(name, unit)| format!("{}{name}", number / unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Limit, printed: &str) {
        assert_eq!(parse(text), Ok(expected));
        assert_eq!(print(expected), printed);
        assert_eq!(parse(printed), Ok(expected));
    }

    fn days(days: u64) -> Limit {
        Limit::Age(Duration::from_secs(days * DAY))
    }

    #[test]
    fn limits_are_times_numbers_and_sizes() {
        check("30d", days(30), "30d");
        check("2w", days(14), "2w");
        check("6mo", days(180), "180d");
        check("1y", days(365), "1y");
        check("1h30m", Limit::Age(Duration::from_mins(90)), "90m");
        check("100000 records", Limit::Records(100_000), "100000 records");
        check("1 record", Limit::Records(1), "1 record");
        check("0 records", Limit::Records(0), "0 records");
        check("200MB", Limit::Bytes(200_000_000), "200MB");
        check("1.5 GiB".replace(' ', "").as_str(), Limit::Bytes(1_610_612_736), "1610612736B");
    }

    #[test]
    fn anything_else_is_none() {
        for text in ["", "30", "d", "30 days of rain", "-1d", "0d", "ten records", "0B", "5ms"] {
            assert_eq!(parse(text), Err(RuleError::Limit(text.to_owned())), "{text}");
        }
    }
}
