use crate::escape::visible;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::borrow::Cow;
use woodpile_record::{RawBsonRef, json};

/// How values are written.
#[derive(Debug, Clone)]
pub struct Form {
    /// Whether what logs say is made harmless: someone looks at it in a terminal.
    pub terminal: bool,
    /// The zone of the times.
    pub zone: TimeZone,
}

impl Form {
    /// For programs: what was logged, as it was, and times in UTC.
    pub const PLAIN: Self = Self { terminal: false, zone: TimeZone::UTC };

    /// Text from a log.
    pub fn shown<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.terminal { visible(text) } else { text.into() }
    }

    /// The time by RFC 3339, for programs.
    pub fn rfc3339(&self, millis: i64) -> String {
        rfc3339(millis, &self.zone)
    }

    /// A value without the quotes that JSON puts around texts, ids and dates.
    pub fn plain<'a>(&self, value: RawBsonRef<'a>) -> Cow<'a, str> {
        match value {
            RawBsonRef::DateTime(date) => self.rfc3339(date.timestamp_millis()).into(),
            value => undated(value),
        }
    }

    /// The same of a cell; what is not there is nothing.
    pub fn cell<'a>(&self, value: RawBsonRef<'a>) -> Cow<'a, str> {
        if is_none(value) { Cow::Borrowed("") } else { self.plain(value) }
    }
}

/// As [`Form::plain`], but a date as its milliseconds since 1970.
pub(crate) fn undated(value: RawBsonRef<'_>) -> Cow<'_, str> {
    match value {
        RawBsonRef::String(text) | RawBsonRef::Symbol(text) => Cow::Borrowed(text),
        RawBsonRef::ObjectId(id) => id.to_hex().into(),
        RawBsonRef::DateTime(date) => date.timestamp_millis().to_string().into(),
        RawBsonRef::Int64(number) => number.to_string().into(),
        other => {
            let mut text = String::new();
            json::write_value(other, &mut text);
            text.into()
        }
    }
}

/// Whether a row has no value there.
pub fn is_none(value: RawBsonRef<'_>) -> bool {
    matches!(value, RawBsonRef::Null | RawBsonRef::Undefined)
}

/// A time by RFC 3339 to the millisecond, in a zone; what no calendar has, in milliseconds since 1970.
pub fn rfc3339(millis: i64, zone: &TimeZone) -> String {
    let Ok(time) = Timestamp::from_millisecond(millis) else { return millis.to_string() };
    let zoned = time.to_zoned(zone.clone());
    let offset = if *zone == TimeZone::UTC { "Z" } else { "%:z" };
    zoned.strftime(&format!("%Y-%m-%dT%H:%M:%S%.3f{offset}")).to_string()
}
