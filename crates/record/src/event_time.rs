use crate::name;
use bson::RawDocument;
use bson::raw::RawBsonRef;

const NANOS_PER_MILLI: i128 = 1_000_000;

/// When something happened: milliseconds since 1970, and what the source had beyond them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct EventTime {
    millis: i64,
    sub_millis: i32,
}

impl EventTime {
    /// From milliseconds since 1970.
    pub const fn from_millis(millis: i64) -> Self {
        Self { millis, sub_millis: 0 }
    }

    /// From nanoseconds since 1970; saturates where milliseconds do not fit 64 bits.
    pub fn from_nanos(nanos: i128) -> Self {
        let millis = nanos.div_euclid(NANOS_PER_MILLI);
        let sub_millis = nanos.rem_euclid(NANOS_PER_MILLI);
        Self {
            millis: i64::try_from(millis).unwrap_or(if millis < 0 { i64::MIN } else { i64::MAX }),
            sub_millis: i32::try_from(sub_millis).unwrap_or(0),
        }
    }

    /// From whole seconds since 1970 and the nanoseconds of that second.
    pub fn from_seconds(seconds: i64, nanos: u32) -> Self {
        Self::from_nanos(i128::from(seconds) * 1_000_000_000 + i128::from(nanos))
    }

    /// Milliseconds since 1970: the record's `timestamp`.
    pub const fn millis(self) -> i64 {
        self.millis
    }

    /// Nanoseconds beyond the millisecond, 0 to 999,999: the record's `nanos`.
    pub const fn sub_millis(self) -> i32 {
        self.sub_millis
    }

    /// Seconds since 1970, as an ObjectId counts them.
    pub fn seconds_u32(self) -> u32 {
        u32::try_from(self.millis.div_euclid(1000).max(0)).unwrap_or(u32::MAX)
    }
}

/// When a record happened, in milliseconds since 1970, whoever wrote it. Pure and total: order,
/// pruning and retention use it.
///
/// `timestamp` as Date; as BSON Timestamp (log4mongo up to 1.4.3: seconds, and milliseconds as the
/// increment); as RFC 3339 text; as a number, by its magnitude seconds, milliseconds, microseconds
/// or nanoseconds; else the ObjectId's time; else 0.
pub fn event_time(document: &RawDocument) -> i64 {
    let mut id_time = None;
    for element in document {
        let Ok((key, value)) = element else { break };
        if key == name::TIMESTAMP {
            if let Some(millis) = time_of(value) {
                return millis;
            }
        } else if key == name::ID
            && let RawBsonRef::ObjectId(id) = value
        {
            id_time = Some(id.timestamp().timestamp_millis());
        }
    }
    id_time.unwrap_or(0)
}

fn time_of(value: RawBsonRef<'_>) -> Option<i64> {
    match value {
        RawBsonRef::DateTime(date) => Some(date.timestamp_millis()),
        RawBsonRef::Timestamp(stamp) => {
            Some(i64::from(stamp.time) * 1000 + i64::from(stamp.increment.min(999)))
        }
        RawBsonRef::String(text) => {
            text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_millisecond)
        }
        RawBsonRef::Int32(number) => Some(millis_by_magnitude(i128::from(number))),
        RawBsonRef::Int64(number) => Some(millis_by_magnitude(i128::from(number))),
        RawBsonRef::Double(number) if number.is_finite() => {
            Some(EventTime::from_number(number).millis)
        }
        _ => None,
    }
}

const SECONDS_BELOW: i128 = 100_000_000_000;
const MILLIS_BELOW: i128 = SECONDS_BELOW * 1_000;
const MICROS_BELOW: i128 = MILLIS_BELOW * 1_000;

fn nanos_per_unit(magnitude: i128) -> i128 {
    match magnitude {
        m if m < SECONDS_BELOW => 1_000_000_000,
        m if m < MILLIS_BELOW => 1_000_000,
        m if m < MICROS_BELOW => 1_000,
        _ => 1,
    }
}

fn millis_by_magnitude(number: i128) -> i64 {
    EventTime::from_integer(number).millis
}

impl EventTime {
    /// From a whole number of seconds, milliseconds, microseconds or nanoseconds since 1970, whichever its
    /// magnitude means: below 10^11 seconds (the year 5138), below 10^14 milliseconds, below 10^17 microseconds.
    pub fn from_integer(number: i128) -> Self {
        Self::from_nanos(number.saturating_mul(nanos_per_unit(number.saturating_abs())))
    }

    /// The same for a number with a fraction, to the microsecond that a double of seconds can hold.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "float to integer saturates, which is what is wanted"
    )]
    #[expect(clippy::cast_precision_loss, reason = "the units are powers of ten below 2^53")]
    pub fn from_number(number: f64) -> Self {
        let unit = nanos_per_unit(number.abs() as i128);
        let whole = number.trunc();
        let fraction = ((number - whole) * unit as f64 / 1_000.0).round() as i128 * 1_000;
        Self::from_nanos((whole as i128).saturating_mul(unit).saturating_add(fraction))
    }
}
