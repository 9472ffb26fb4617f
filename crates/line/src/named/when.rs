//! Times, in whatever type a library writes them.

use super::lookup::member;
use crate::{Context, time};
use woodpile_record::{EventTime, Value};

/// Numbers below are no time but a count or a duration: 1973 in seconds.
const EARLIEST: i64 = 100_000_000;

/// A text in any known shape; a number by its magnitude; a date; log4j's
/// `{"epochSecond": …, "nanoOfSecond": …}`.
pub(super) fn time_of(value: &Value<'_>, context: &Context<'_>) -> Option<EventTime> {
    match value {
        Value::Text(text) => match text.parse::<i64>() {
            Ok(number) => of_integer(number),
            Err(_) => time::whole(text, context).or_else(|| of_float(text.parse().ok()?)),
        },
        Value::Int(number) => of_integer(*number),
        Value::Float(number) => of_float(*number),
        Value::Date(millis) => Some(EventTime::from_millis(*millis)),
        Value::Document(_) => of_instant(value),
        _ => None,
    }
}

fn of_integer(number: i64) -> Option<EventTime> {
    (number >= EARLIEST).then(|| EventTime::from_integer(number.into()))
}

#[expect(clippy::cast_precision_loss, reason = "EARLIEST is far below 2^53")]
fn of_float(number: f64) -> Option<EventTime> {
    (number.is_finite() && number >= EARLIEST as f64).then(|| EventTime::from_number(number))
}

fn of_instant(value: &Value<'_>) -> Option<EventTime> {
    let (Value::Int(seconds), Value::Int(nanos)) =
        (member(value, "epochSecond")?, member(value, "nanoOfSecond")?)
    else {
        return None;
    };
    Some(EventTime::from_seconds(*seconds, u32::try_from(*nanos).ok()?))
}
