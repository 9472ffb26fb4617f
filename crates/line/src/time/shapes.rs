//! The shapes that times have in logs.

use super::civil::Moment;
use super::zones::offset;
use crate::scan::Scan;

/// ISO 8601 and its relatives: `2026-11-22T07:32:45.123Z`, `2026-11-22 07:32:45,123 +0000`,
/// `2026/11/22 07:32:45`, `26/11/22 07:32:45` (Spark), and `2011.12:06 22:09:53` (heroku-log4mongo).
pub(crate) fn iso(scan: &mut Scan<'_>) -> Option<Moment> {
    let mut after = *scan;
    let (year, month, day) = date(&mut after)?;
    let separator = after.peek()?;
    if !matches!(separator, b'T' | b't' | b' ' | b'_') {
        return None;
    }
    after.take_while(|byte| byte == separator)?;
    let moment = time_of_day(&mut after)?;
    let offset = offset(&mut after);
    *scan = after;
    Some(Moment { year: Some(year), day: Some((month, day)), offset, ..moment })
}

fn date(scan: &mut Scan<'_>) -> Option<(u32, u32, u32)> {
    let mut after = *scan;
    if let Some(date) = date_with_year(&mut after, 4) {
        *scan = after;
        return Some(date);
    }
    let mut after = *scan;
    let (year, month, day) = date_with_year(&mut after, 2)?;
    *scan = after;
    Some((2_000 + year, month, day))
}

fn date_with_year(scan: &mut Scan<'_>, digits: usize) -> Option<(u32, u32, u32)> {
    let year = scan.digits(digits)?;
    let separator = match scan.peek()? {
        b'-' if digits == 4 => "-",
        b'/' => "/",
        b'.' if digits == 4 => ".",
        _ => return None,
    };
    scan.eat(separator)?;
    let month = scan.digits(2)?;
    if scan.eat(separator).is_none() {
        // heroku-log4mongo's own mix of a point and a colon.
        (separator == ".").then(|| scan.eat(":"))??;
    }
    Some((year, month, scan.digits(2)?))
}

/// `07:32:45`, with a fraction after a point or a comma.
fn time_of_day(scan: &mut Scan<'_>) -> Option<Moment> {
    let hour = scan.digits(2)?;
    scan.eat(":")?;
    let minute = scan.digits(2)?;
    scan.eat(":")?;
    let second = scan.digits(2)?;
    let nanos = fraction(scan).unwrap_or(0);
    Some(Moment { hour, minute, second, nanos, ..Moment::default() })
}

/// The nanoseconds after a point or comma; digits beyond the ninth are overlooked.
fn fraction(scan: &mut Scan<'_>) -> Option<u32> {
    let mut after = *scan;
    after.eat(".").or_else(|| after.eat(","))?;
    let digits = after.take_while(|byte| byte.is_ascii_digit())?;
    *scan = after;
    let padded = digits.bytes().chain(std::iter::repeat(b'0')).take(9);
    Some(padded.fold(0, |nanos, digit| nanos * 10 + u32::from(digit - b'0')))
}

/// The common log format's `22/Nov/2026:07:32:49 +0000`, and Django's `22/Nov/2026 07:32:49`.
pub(crate) fn common_log(scan: &mut Scan<'_>) -> Option<Moment> {
    let mut after = *scan;
    let day = after.digits(2)?;
    after.eat("/")?;
    let month = month(&mut after)?;
    after.eat("/")?;
    let year = after.digits(4)?;
    after.eat(":").or_else(|| after.eat(" "))?;
    let moment = time_of_day(&mut after)?;
    let offset = offset(&mut after);
    *scan = after;
    Some(Moment { year: Some(year), day: Some((month, day)), offset, ..moment })
}

/// syslog's `Nov 22 07:32:49` and `Nov  2 07:32:49`, without a year; Cisco's `Nov 22 2026 07:32:49` has one.
pub(crate) fn syslog(scan: &mut Scan<'_>) -> Option<Moment> {
    let mut after = *scan;
    let day = month_and_day(&mut after)?;
    let year = year_and_gap(&mut after);
    let moment = time_of_day(&mut after)?;
    *scan = after;
    Some(Moment { year, day: Some(day), ..moment })
}

/// `2026 `.
fn year_and_gap(scan: &mut Scan<'_>) -> Option<u32> {
    let mut after = *scan;
    let year = after.digits(4)?;
    after.gap()?;
    *scan = after;
    Some(year)
}

/// C's `Sun Nov 22 07:32:49 2026`, also with a fraction.
pub(crate) fn ctime(scan: &mut Scan<'_>) -> Option<Moment> {
    let mut after = *scan;
    let weekday = after.take_while(|byte| byte.is_ascii_alphabetic())?;
    if weekday.len() != 3 {
        return None;
    }
    after.eat(" ")?;
    let day = month_and_day(&mut after)?;
    let moment = time_of_day(&mut after)?;
    let offset = offset(&mut after);
    after.eat(" ")?;
    let year = after.digits(4)?;
    *scan = after;
    Some(Moment { year: Some(year), day: Some(day), offset, ..moment })
}

/// `Nov 22 `.
fn month_and_day(scan: &mut Scan<'_>) -> Option<(u32, u32)> {
    let month = month(scan)?;
    scan.gap()?;
    let day = scan.digits(2).or_else(|| scan.digits(1))?;
    scan.gap()?;
    Some((month, day))
}

/// A time without a date: logback's `07:32:45.123`.
pub(crate) fn clock(scan: &mut Scan<'_>) -> Option<Moment> {
    let mut after = *scan;
    let moment = time_of_day(&mut after)?;
    *scan = after;
    Some(moment)
}

fn month(scan: &mut Scan<'_>) -> Option<u32> {
    let name = scan.rest().get(..3)?;
    let month = match name {
        "Jan" => 1,
        "Feb" => 2,
        "Mar" => 3,
        "Apr" => 4,
        "May" => 5,
        "Jun" => 6,
        "Jul" => 7,
        "Aug" => 8,
        "Sep" => 9,
        "Oct" => 10,
        "Nov" => 11,
        "Dec" => 12,
        _ => return None,
    };
    scan.eat(name)?;
    Some(month)
}
