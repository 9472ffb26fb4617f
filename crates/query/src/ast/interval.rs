/// The length of a bucket of time: `15m`, `1h`, `1d`.
///
/// Days and weeks start at midnight, and weeks on a Monday, of the caller's zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Interval {
    /// How many units; at least 1.
    pub count: u32,
    /// Of what.
    pub unit: IntervalUnit,
}

/// The unit of an [`Interval`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is the unit of its name")]
pub enum IntervalUnit {
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
}

/// The units as they are written.
const UNITS: &[(&str, IntervalUnit)] = &[
    ("s", IntervalUnit::Second),
    ("m", IntervalUnit::Minute),
    ("h", IntervalUnit::Hour),
    ("d", IntervalUnit::Day),
    ("w", IntervalUnit::Week),
    ("mo", IntervalUnit::Month),
];

/// The most units in one interval.
const MAX_COUNT: u32 = 10_000;

impl Interval {
    /// Reads `15m`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.find(|c: char| !c.is_ascii_digit())?;
        let (count, unit) = text.split_at_checked(digits)?;
        let count = count.parse().ok().filter(|count| (1..=MAX_COUNT).contains(count))?;
        let (_, unit) = UNITS.iter().find(|(name, _)| *name == unit)?;
        Some(Self { count, unit: *unit })
    }
}

impl IntervalUnit {
    /// As it is written: `s`, `m`, `h`, `d`, `w`, `mo`.
    pub fn name(self) -> &'static str {
        UNITS.iter().find(|(_, unit)| *unit == self).map_or("", |(name, _)| name)
    }
}
