//! From the calendar to the instant.

use crate::Context;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use woodpile_record::EventTime;

const SECONDS_PER_DAY: i64 = 86_400;
/// How far ahead of "now" a time without a year may be before it is taken for the year before: clocks differ, and
/// so do zones.
const AHEAD_SECONDS: i64 = SECONDS_PER_DAY;
/// How many years to go back for a 29 February.
const YEARS_BACK: i16 = 8;

/// A time as it was written, not yet an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Moment {
    pub(crate) year: Option<u32>,
    /// Month and day; a time without them is of the last day before now.
    pub(crate) day: Option<(u32, u32)>,
    pub(crate) hour: u32,
    pub(crate) minute: u32,
    pub(crate) second: u32,
    pub(crate) nanos: u32,
    /// Seconds east of Greenwich.
    pub(crate) offset: Option<i32>,
}

impl Moment {
    /// The instant; `None` if the calendar has no such time.
    pub(crate) fn resolve(&self, context: &Context<'_>) -> Option<EventTime> {
        if self.hour > 24 || self.minute > 59 || self.second > 60 {
            return None;
        }
        let seconds = match (self.year, self.day) {
            (Some(year), Some((month, day))) => self.seconds_on(year, month, day, context)?,
            (None, Some((month, day))) => self.last_year_with(month, day, context)?,
            (_, None) => self.last_day(context)?,
        };
        Some(EventTime::from_seconds(seconds, self.nanos))
    }

    fn seconds_on(&self, year: u32, month: u32, day: u32, context: &Context<'_>) -> Option<i64> {
        let local = days_since_1970(year, month, day)? * SECONDS_PER_DAY
            + i64::from(self.hour * 3_600 + self.minute * 60 + self.second);
        let offset = self.offset.or_else(|| Some(context.zone.to_fixed_offset().ok()?.seconds()));
        match offset {
            Some(offset) => Some(local - i64::from(offset)),
            None => local_to_utc(local, context),
        }
    }

    fn last_year_with(&self, month: u32, day: u32, context: &Context<'_>) -> Option<i64> {
        let this_year = today(context)?.year();
        (0..=YEARS_BACK).find_map(|back| {
            let year = u32::try_from(this_year - back).ok()?;
            let seconds = self.seconds_on(year, month, day, context)?;
            (seconds <= now_seconds(context) + AHEAD_SECONDS).then_some(seconds)
        })
    }

    fn last_day(&self, context: &Context<'_>) -> Option<i64> {
        let mut date = today(context)?.tomorrow().ok()?;
        for _ in 0..3 {
            let (month, day) = (date.month().unsigned_abs(), date.day().unsigned_abs());
            let year = u32::from(date.year().unsigned_abs());
            let seconds = self.seconds_on(year, month.into(), day.into(), context)?;
            // An hour ahead is a clock that is fast; more is yesterday.
            if seconds <= now_seconds(context) + 3_600 {
                return Some(seconds);
            }
            date = date.yesterday().ok()?;
        }
        None
    }
}

fn now_seconds(context: &Context<'_>) -> i64 {
    context.now.millis().div_euclid(1_000)
}

fn today(context: &Context<'_>) -> Option<Date> {
    let now = Timestamp::from_millisecond(context.now.millis()).ok()?;
    Some(context.zone.to_datetime(now).date())
}

/// Where the zone's clocks showed this time; in the hour that summer time repeats, its first.
fn local_to_utc(local: i64, context: &Context<'_>) -> Option<i64> {
    let civil = jiff::tz::TimeZone::UTC.to_datetime(Timestamp::from_second(local).ok()?);
    let civil = DateTime::from_parts(civil.date(), Time::from(civil));
    let instant = context.zone.to_ambiguous_timestamp(civil).compatible().ok()?;
    Some(instant.as_second())
}

/// The days from 1970-01-01 to a date of the Gregorian calendar
/// (<https://howardhinnant.github.io/date_algorithms.html#days_from_civil>).
fn days_since_1970(year: u32, month: u32, day: u32) -> Option<i64> {
    if !(1..=12).contains(&month) || day == 0 || day > days_in_month(year, month) {
        return None;
    }
    let year = i64::from(year) - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = (i64::from(month) + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

fn days_in_month(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_agree_with_another_calendar() {
        for (year, month, day) in
            [(1970_u16, 1_u8, 1_u8), (2000, 2, 29), (2026, 11, 22), (1899, 12, 31), (9998, 12, 31)]
        {
            let date =
                jiff::civil::date(year.cast_signed(), month.cast_signed(), day.cast_signed());
            let expected = date.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp().as_second();
            let days = days_since_1970(year.into(), month.into(), day.into()).unwrap();
            assert_eq!(days * SECONDS_PER_DAY, expected, "{date}");
        }
    }

    #[test]
    fn what_no_calendar_has_is_no_day() {
        for (year, month, day) in [(2026, 2, 29), (1900, 2, 29), (2026, 13, 1), (2026, 4, 31)] {
            assert_eq!(days_since_1970(year, month, day), None, "{year}-{month}-{day}");
        }
    }
}
