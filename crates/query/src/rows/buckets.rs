use crate::ast::{Interval, IntervalUnit};
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use std::ops::Range;

const SECOND_MS: i64 = 1_000;
const DAY_MS: i64 = 86_400 * SECOND_MS;
/// The Monday from which weeks are counted.
const FIRST_MONDAY: Date = date(1969, 12, 29);
const FIRST_DAY: Date = date(1970, 1, 1);

/// Stretches of time of one length, one after another.
#[derive(Debug, Clone)]
pub(super) struct Buckets {
    interval: Interval,
    zone: TimeZone,
    /// The bucket that was asked for last: the next record is mostly in the same.
    last: (i64, i64),
}

impl Buckets {
    pub(super) fn new(interval: Interval, zone: &TimeZone) -> Self {
        Self { interval, zone: zone.clone(), last: (0, 0) }
    }

    /// Where the bucket begins that a time is in; both in milliseconds since 1970.
    ///
    /// Days, weeks and months begin at midnight. So does a shorter length that divides a day; others are counted from
    /// 1970.
    pub(super) fn start_of(&mut self, millis: i64) -> i64 {
        self.bucket_of(millis).start
    }

    /// The bucket that a time is in.
    pub(super) fn bucket_of(&mut self, millis: i64) -> Range<i64> {
        if !(self.last.0..self.last.1).contains(&millis) {
            self.last = self.around(millis);
        }
        self.last.0..self.last.1
    }

    fn around(&self, millis: i64) -> (i64, i64) {
        let (first, last) = (Timestamp::MIN.as_millisecond(), Timestamp::MAX.as_millisecond());
        let millis = millis.clamp(first, last);
        let count = i64::from(self.interval.count);
        match self.interval.unit {
            IntervalUnit::Second => self.of_length(millis, count * SECOND_MS),
            IntervalUnit::Minute => self.of_length(millis, count * 60 * SECOND_MS),
            IntervalUnit::Hour => self.of_length(millis, count * 3_600 * SECOND_MS),
            IntervalUnit::Day => self.of_days(millis, FIRST_DAY, count),
            IntervalUnit::Week => self.of_days(millis, FIRST_MONDAY, 7 * count),
            IntervalUnit::Month => self.of_months(millis, count),
        }
    }

    fn of_length(&self, millis: i64, length: i64) -> (i64, i64) {
        if DAY_MS % length != 0 {
            let start = millis.div_euclid(length).saturating_mul(length);
            return (start, start.saturating_add(length));
        }
        let (midnight, next_midnight) = self.of_days(millis, FIRST_DAY, 1);
        let start = midnight + (millis - midnight).div_euclid(length) * length;
        (start, next_midnight.min(start + length))
    }

    fn of_days(&self, millis: i64, first: Date, count: i64) -> (i64, i64) {
        let days = self.date_of(millis).duration_since(first).as_hours() / 24;
        let start = days.div_euclid(count) * count;
        let at = |days: i64| {
            let date =
                Span::new().try_days(days).ok().and_then(|days| first.checked_add(days).ok());
            self.midnight(date.unwrap_or(Date::MAX))
        };
        (at(start), at(start + count))
    }

    fn of_months(&self, millis: i64, count: i64) -> (i64, i64) {
        let date = self.date_of(millis);
        let months = i64::from(date.year()) * 12 + i64::from(date.month()) - 1;
        let start = months.div_euclid(count) * count;
        let at = |months: i64| {
            let year = i16::try_from(months.div_euclid(12)).unwrap_or(i16::MAX);
            let month = i8::try_from(months.rem_euclid(12) + 1).unwrap_or(1);
            self.midnight(Date::new(year, month, 1).unwrap_or(Date::MAX))
        };
        (at(start), at(start + count))
    }

    fn date_of(&self, millis: i64) -> Date {
        let time = Timestamp::from_millisecond(millis).unwrap_or_default();
        self.zone.to_datetime(time).date()
    }

    /// The first moment of the day, cut to what the calendar knows.
    fn midnight(&self, date: Date) -> i64 {
        let beyond = if date.year() < 0 { Timestamp::MIN } else { Timestamp::MAX };
        let start = date.to_zoned(self.zone.clone()).and_then(|zoned| zoned.start_of_day());
        start.map_or(beyond, |start| start.timestamp()).as_millisecond()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(interval: &str, offset_hours: i8, time: &str, expected: &str) {
        let zone = TimeZone::fixed(jiff::tz::offset(offset_hours));
        let mut buckets = Buckets::new(Interval::parse(interval).unwrap(), &zone);
        let time: Timestamp = time.parse().unwrap();
        let start = buckets.start_of(time.as_millisecond());
        assert_eq!(Timestamp::from_millisecond(start).unwrap().to_string(), expected, "{interval}");
        assert_eq!(buckets.start_of(start), start, "a bucket begins in itself");
    }

    #[test]
    fn buckets_begin_where_people_expect() {
        let time = "2026-11-22T07:32:49.5Z";
        check("1s", 0, time, "2026-11-22T07:32:49Z");
        check("15m", 0, time, "2026-11-22T07:30:00Z");
        check("6h", 0, time, "2026-11-22T06:00:00Z");
        check("6h", 2, time, "2026-11-22T04:00:00Z");
        check("1d", 2, "2026-11-22T23:00:00Z", "2026-11-22T22:00:00Z");
        check("1w", 0, time, "2026-11-16T00:00:00Z");
        check("1w", 0, "1969-12-30T00:00:00Z", "1969-12-29T00:00:00Z");
        check("1mo", 0, time, "2026-11-01T00:00:00Z");
        check("3mo", 0, time, "2026-10-01T00:00:00Z");
    }

    #[test]
    fn any_time_is_in_a_bucket() {
        for interval in ["1s", "7h", "1d", "10000w", "10000mo"] {
            let mut buckets = Buckets::new(Interval::parse(interval).unwrap(), &TimeZone::UTC);
            for millis in [i64::MIN, -1, 0, i64::MAX] {
                buckets.start_of(millis);
            }
        }
    }
}
