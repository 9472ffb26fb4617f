//! Entries that are too large: cut, marked, never dropped.

use crate::limits::MAX_ENTRY_BYTES;
use crate::{Entry, Exception, Value};
use std::borrow::Cow;

/// The most that one text keeps of an entry that is too large as a whole.
const MAX_CUT_TEXT: usize = MAX_ENTRY_BYTES / 4;
/// The most that the app's own fields keep together.
const MAX_CUT_FIELDS: usize = MAX_ENTRY_BYTES / 4;

impl Entry<'_> {
    /// The same entry, small enough: its long texts end in a mark that tells their length, fields beyond the
    /// room for them are counted, and `extra.originalBytes` is what the whole would have taken.
    pub(crate) fn cut(&self, original_bytes: usize) -> Entry<'_> {
        let mut room = MAX_CUT_FIELDS;
        let mut fields = cut_fields(&self.fields, &mut room);
        let extra = cut_fields(&self.extra, &mut room);
        let dropped = self.fields.len() + self.extra.len() - fields.len() - extra.len();
        fields.shrink_to_fit();
        let mut cut = Entry {
            message: cut_text(&self.message, MAX_CUT_TEXT),
            fields,
            extra,
            exception: self.exception.as_ref().map(cut_exception),
            tags: self.tags.iter().take(100).map(|tag| cut_text(tag, 1_000)).collect(),
            ..self.clone()
        };
        for text in cut.origin_texts() {
            *text = Cow::Owned(cut_text(text, 10_000).into_owned());
        }
        if let Some(http) = &mut cut.http {
            for text in http.texts() {
                *text = Cow::Owned(cut_text(text, 20_000).into_owned());
            }
        }
        cut.extra.push((Cow::Borrowed("originalBytes"), length_value(original_bytes)));
        if dropped > 0 {
            cut.extra.push((Cow::Borrowed("cutFields"), length_value(dropped)));
        }
        cut
    }
}

fn length_value(length: usize) -> Value<'static> {
    Value::Int(i64::try_from(length).unwrap_or(i64::MAX))
}

fn cut_exception<'a>(exception: &'a Exception<'_>) -> Exception<'a> {
    Exception {
        kind: exception.kind.as_deref().map(|kind| cut_text(kind, 10_000)),
        message: cut_text(&exception.message, MAX_CUT_TEXT / 2),
        code: exception.code,
        stack_trace: exception.stack_trace.as_deref().map(|trace| cut_text(trace, MAX_CUT_TEXT)),
    }
}

/// The first `max` bytes of the text, at a character's border, and a mark with the length it had.
fn cut_text(text: &str, max: usize) -> Cow<'_, str> {
    if text.len() <= max {
        return Cow::Borrowed(text);
    }
    let end = text.floor_char_boundary(max);
    Cow::Owned(format!("{} …[cut, {} bytes in all]", &text[..end], text.len()))
}

fn cut_fields<'a>(
    fields: &'a [(Cow<'_, str>, Value<'_>)],
    room: &mut usize,
) -> Vec<(Cow<'a, str>, Value<'a>)> {
    let mut kept = Vec::new();
    for (key, value) in fields {
        let value = cut_value(value);
        let size = key.len() + value_size(&value);
        if size <= *room {
            *room -= size;
            kept.push((Cow::Borrowed(&**key), value));
        }
    }
    kept
}

fn cut_value<'a>(value: &'a Value<'_>) -> Value<'a> {
    match value {
        Value::Text(text) => Value::Text(cut_text(text, MAX_CUT_FIELDS / 4)),
        other => other.clone(),
    }
}

/// About what the value takes as BSON.
fn value_size(value: &Value<'_>) -> usize {
    const HEAD: usize = 16;
    HEAD + match value {
        Value::Text(text) => text.len(),
        Value::Bytes(bytes) => bytes.len(),
        Value::Array(values) => values.iter().map(value_size).sum(),
        Value::Document(fields) => {
            fields.iter().map(|(key, value)| key.len() + value_size(value)).sum()
        }
        Value::Raw(raw) => match raw {
            bson::raw::RawBsonRef::Document(document) => document.as_bytes().len(),
            bson::raw::RawBsonRef::Array(array) => array.as_bytes().len(),
            bson::raw::RawBsonRef::String(text) => text.len(),
            bson::raw::RawBsonRef::Binary(binary) => binary.bytes.len(),
            _ => HEAD,
        },
        _ => 0,
    }
}
