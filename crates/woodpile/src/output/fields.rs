//! Values as short texts.

use std::borrow::Cow;
use woodpile_record::{RawBsonRef, json};

/// A value without the quotes that JSON puts around texts, ids and dates.
pub(super) fn plain<'a>(value: RawBsonRef<'a>, rfc3339: &dyn Fn(i64) -> String) -> Cow<'a, str> {
    match value {
        RawBsonRef::String(text) | RawBsonRef::Symbol(text) => Cow::Borrowed(text),
        RawBsonRef::ObjectId(id) => Cow::Owned(id.to_hex()),
        RawBsonRef::DateTime(date) => Cow::Owned(rfc3339(date.timestamp_millis())),
        RawBsonRef::Int64(number) => Cow::Owned(number.to_string()),
        other => {
            let mut text = String::new();
            json::write_value(other, &mut text);
            Cow::Owned(text)
        }
    }
}
