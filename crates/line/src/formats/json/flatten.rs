//! Dialects whose message is not a text at the top.

use super::is_text;
use crate::fields::Field;
use std::borrow::Cow;
use woodpile_record::Value;

/// tracing-subscriber's JSON keeps an event's fields, the message among them, in `fields`.
pub(super) fn tracing(fields: &mut Vec<Field<'_>>) {
    let has = |name: &str| fields.iter().any(|(key, value)| key == name && is_text(value));
    if !(has("target") && has("level")) {
        return;
    }
    let is_event =
        |(key, value): &Field<'_>| key == "fields" && matches!(value, Value::Document(_));
    if let Some(position) = fields.iter().position(is_event)
        && let (_, Value::Document(event)) = fields.remove(position)
    {
        fields.extend(event);
    }
}

/// journald writes a message that is not UTF-8 as a list of its bytes
/// (<https://systemd.io/JOURNAL_EXPORT_FORMATS/#journal-json-format>).
pub(super) fn journald(fields: &mut [Field<'_>]) {
    for (key, value) in fields {
        if key == "MESSAGE"
            && let Value::Array(bytes) = value
            && let Some(bytes) = bytes.iter().map(byte).collect::<Option<Vec<u8>>>()
        {
            *value = Value::Text(Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()));
        }
    }
}

fn byte(value: &Value<'_>) -> Option<u8> {
    match value {
        Value::Int(byte) => u8::try_from(*byte).ok(),
        _ => None,
    }
}
