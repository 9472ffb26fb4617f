use super::{Literal, Range, Value};
use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, SpanFieldwise, Timestamp, ToSpan, Zoned};
use std::cmp::Ordering;
use std::ops::Bound;

/// A point or stretch of time as people name it. What it is depends on when and in which zone it is asked:
/// [`Moment::period`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Moment {
    /// `now`.
    Now,
    /// `-1h`, `1h30m`, `now-15m`: so long before now. Days, weeks, months and years are the calendar's.
    Ago(SpanFieldwise),
    /// `today`.
    Today,
    /// `yesterday`.
    Yesterday,
    /// `friday`: the last one before today.
    Weekday(Weekday),
    /// `2026-11`, `2026-11-22`, `2026-11-22 07:30`: in the caller's zone.
    Local(DateTime, Width),
    /// `2026-11-22T07:30:00Z`, `2026-11-22 07:30+01:00`.
    Fixed(Timestamp, Width),
}

/// How much time a written time covers: as much as its last part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is the unit of its name")]
pub enum Width {
    Month,
    Day,
    Minute,
    Second,
    Millisecond,
}

/// From the first millisecond to before the last, since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// The first millisecond.
    pub start: i64,
    /// The one after the last.
    pub end: i64,
}

/// What a range of time leaves, in milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Times {
    /// Nothing before this.
    pub since: Option<i64>,
    /// Nothing from this on.
    pub until: Option<i64>,
}

impl Moment {
    /// Reads a time in any form.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        Self::parse_in_bound(text).or_else(|| weekday(text).map(Self::Weekday)).or_else(|| {
            let text = text.strip_prefix('-').unwrap_or(text);
            Some(Self::Ago(ago(text)?.fieldwise()))
        })
    }

    /// Reads a time that cannot be taken for a duration or a name.
    pub(super) fn parse_in_bound(text: &str) -> Option<Self> {
        match text.to_ascii_lowercase().as_str() {
            "now" => Some(Self::Now),
            "today" => Some(Self::Today),
            "yesterday" => Some(Self::Yesterday),
            lower => match lower.strip_prefix("now-") {
                Some(back) => Some(Self::Ago(ago(back)?.fieldwise())),
                None => Self::parse_absolute(text),
            },
        }
    }

    /// Reads a date, or a date and a time of day.
    pub(super) fn parse_absolute(text: &str) -> Option<Self> {
        // The shortest is a month, `2026-11`; words and numbers are out at once.
        let looks_like_a_date = text.len() >= 7 && text.as_bytes().get(4) == Some(&b'-');
        if !looks_like_a_date {
            return None;
        }
        if text.len() == 7 {
            let first: Date = format!("{text}-01").parse().ok()?;
            return Some(Self::Local(first.at(0, 0, 0, 0), Width::Month));
        }
        let width = width(text);
        if let Ok(timestamp) = text.parse::<Timestamp>() {
            return Some(Self::Fixed(timestamp, width));
        }
        let local = text.parse::<DateTime>().or_else(|_| text.parse::<Date>().map(Date::into));
        Some(Self::Local(local.ok()?, width))
    }

    /// Whether this alone, as in `time:-1h`, means all that came since.
    pub fn is_ago(self) -> bool {
        matches!(self, Self::Ago(_))
    }

    /// What it means at `now`, in the zone of `now`. What lies beyond the calendar is cut to it.
    pub fn period(self, now: &Zoned) -> Period {
        match self {
            Self::Now => instant(now.timestamp()),
            Self::Ago(span) => instant(before(now, span.0)),
            Self::Today => day(now.date(), now),
            Self::Yesterday => day(now.date().yesterday().unwrap_or(Date::MIN), now),
            Self::Weekday(name) => day(now.date().nth_weekday(-1, name).unwrap_or(Date::MIN), now),
            Self::Local(start, width) => {
                let end = start.saturating_add(width.span());
                Period { start: millis(start, now), end: millis(end, now) }
            }
            Self::Fixed(start, width) => {
                let end = start.saturating_add(width.duration()).unwrap_or(Timestamp::MAX);
                Period { start: start.as_millisecond(), end: end.as_millisecond() }
            }
        }
    }
}

impl Moment {
    /// Whether this is wholly before, or the same as, another: where that depends on when it is asked, it is before.
    pub(crate) fn order(self, other: Self) -> Ordering {
        if self.depends_on_now() != other.depends_on_now() {
            return Ordering::Less;
        }
        let some_time = Timestamp::UNIX_EPOCH.to_zoned(TimeZone::UTC);
        let (one, two) = (self.period(&some_time), other.period(&some_time));
        match (one == two, one.start >= two.end) {
            (true, _) => Ordering::Equal,
            (_, true) => Ordering::Greater,
            _ => Ordering::Less,
        }
    }

    /// Whether it is another time each time that it is asked.
    pub fn depends_on_now(self) -> bool {
        !matches!(self, Self::Local(..) | Self::Fixed(..))
    }
}

impl Width {
    fn span(self) -> Span {
        match self {
            Self::Month => 1.month(),
            Self::Day => 1.day(),
            Self::Minute => 1.minute(),
            Self::Second => 1.second(),
            Self::Millisecond => 1.millisecond(),
        }
    }

    /// The same where there is no calendar; a month has no time of day, so it never has a zone.
    fn duration(self) -> SignedDuration {
        match self {
            Self::Month | Self::Day => SignedDuration::from_hours(24),
            Self::Minute => SignedDuration::from_mins(1),
            Self::Second => SignedDuration::from_secs(1),
            Self::Millisecond => SignedDuration::from_millis(1),
        }
    }
}

impl Range {
    /// What a range of time leaves at `now`, in the zone of `now`: a bound that is a stretch of time, such as a day, is
    /// within as a whole, or not at all.
    pub fn times(&self, now: &Zoned) -> Times {
        let since = match &self.from {
            Bound::Included(bound) => period(bound, now).map(|period| period.start),
            Bound::Excluded(bound) => period(bound, now).map(|period| period.end),
            Bound::Unbounded => None,
        };
        let until = match &self.to {
            Bound::Included(bound) => period(bound, now).map(|period| period.end),
            Bound::Excluded(bound) => period(bound, now).map(|period| period.start),
            Bound::Unbounded => None,
        };
        Times { since, until }
    }
}

fn period(bound: &Literal, now: &Zoned) -> Option<Period> {
    match bound.value() {
        Value::Time(moment) => Some(moment.period(now)),
        _ => None,
    }
}

fn instant(at: Timestamp) -> Period {
    let start = at.as_millisecond();
    Period { start, end: start.saturating_add(1) }
}

fn day(date: Date, now: &Zoned) -> Period {
    Moment::Local(date.into(), Width::Day).period(now)
}

fn before(now: &Zoned, span: Span) -> Timestamp {
    now.checked_sub(span).map_or(Timestamp::MIN, |then| then.timestamp())
}

fn millis(local: DateTime, now: &Zoned) -> i64 {
    let beyond = if local.year() < 0 { Timestamp::MIN } else { Timestamp::MAX };
    let zoned = local.to_zoned(now.time_zone().clone());
    zoned.map_or(beyond, |zoned| zoned.timestamp()).as_millisecond()
}

/// How exact a written date or time is: by the colons and the dot of its time of day.
fn width(text: &str) -> Width {
    let Some((_, time)) = text.split_once(['T', 't', ' ']) else { return Width::Day };
    let time = time.split(['Z', 'z', '+', '-', '[']).next().unwrap_or(time);
    if time.contains(['.', ',']) {
        Width::Millisecond
    } else if time.matches(':').count() >= 2 {
        Width::Second
    } else {
        Width::Minute
    }
}

fn weekday(name: &str) -> Option<Weekday> {
    Some(match name.to_ascii_lowercase().as_str() {
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

/// `3h`, `1h30m`.
fn ago(text: &str) -> Option<Span> {
    let mut rest = text;
    let mut span = Span::new();
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).filter(|digits| *digits > 0)?;
        let (count, tail) = rest.split_at_checked(digits)?;
        let unit = tail.find(|c: char| c.is_ascii_digit()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at_checked(unit)?;
        span = add(span, count.parse().ok()?, unit)?;
        rest = tail;
    }
    (!text.is_empty()).then_some(span)
}

/// Upper case, too, as in Loggly's `-1D`.
fn add(span: Span, count: i64, unit: &str) -> Option<Span> {
    match unit.to_ascii_lowercase().as_str() {
        "s" | "sec" => span.try_seconds(count.checked_add(span.get_seconds())?),
        "m" | "min" => span.try_minutes(count.checked_add(span.get_minutes())?),
        "h" => span.try_hours(count.checked_add(span.get_hours().into())?),
        "d" | "day" | "days" => span.try_days(count.checked_add(span.get_days().into())?),
        "w" => span.try_weeks(count.checked_add(span.get_weeks().into())?),
        "mo" => span.try_months(count.checked_add(span.get_months().into())?),
        "y" => span.try_years(count.checked_add(span.get_years().into())?),
        _ => return None,
    }
    .ok()
}
