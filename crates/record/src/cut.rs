//! Entries that are too large: cut, marked, never dropped.

use crate::limits::MAX_ENTRY_BYTES;
use crate::{Entry, Exception, Value};
use std::borrow::Cow;

// Together below MAX_ENTRY_BYTES, the keys included.
/// The most that the message keeps of an entry that is too large, and as much the trace.
const MAX_CUT_TEXT: usize = MAX_ENTRY_BYTES / 4;
/// The most that the app's own fields keep together.
const MAX_CUT_FIELDS: usize = MAX_ENTRY_BYTES / 4;
/// The most that one of the app's own texts keeps.
const MAX_CUT_FIELD: usize = MAX_CUT_FIELDS / 4;
/// The most that an error's text keeps.
const MAX_CUT_ERROR: usize = MAX_ENTRY_BYTES / 16;
/// The most that any other text keeps; there are some thirty.
const MAX_CUT_SHORT: usize = 4_000;
/// The most tags that are kept, each of at most [`MAX_CUT_TAG`] bytes.
const MAX_CUT_TAGS: usize = 100;
const MAX_CUT_TAG: usize = 1_000;

impl Entry<'_> {
    /// The same entry, small enough: its long texts end in a mark that tells their length, fields beyond the
    /// room for them are counted, and `extra.originalBytes` is what the whole would have taken.
    pub(crate) fn cut(&self, original_bytes: usize) -> Entry<'_> {
        let mut room = MAX_CUT_FIELDS;
        let fields = cut_fields(&self.fields, &mut room);
        let extra = cut_fields(&self.extra, &mut room);
        let cut_fields = self.fields.len() + self.extra.len() - fields.len() - extra.len();
        let tags: Vec<_> =
            self.tags.iter().take(MAX_CUT_TAGS).map(|tag| cut_text(tag, MAX_CUT_TAG)).collect();
        let cut_tags = self.tags.len() - tags.len();
        let mut cut = Entry {
            message: cut_text(&self.message, MAX_CUT_TEXT),
            fields,
            extra,
            exception: self.exception.as_ref().map(cut_exception),
            tags,
            ..self.clone()
        };
        for text in cut.short_texts() {
            if text.len() > MAX_CUT_SHORT {
                *text = Cow::Owned(cut_text(text, MAX_CUT_SHORT).into_owned());
            }
        }
        cut.count("originalBytes", original_bytes);
        cut.count("cutFields", cut_fields);
        cut.count("cutTags", cut_tags);
        cut
    }

    fn count(&mut self, name: &'static str, count: usize) {
        if count > 0 {
            self.extra.push((Cow::Borrowed(name), length_value(count)));
        }
    }
}

fn length_value(length: usize) -> Value<'static> {
    Value::Int(i64::try_from(length).unwrap_or(i64::MAX))
}

fn cut_exception<'a>(exception: &'a Exception<'_>) -> Exception<'a> {
    Exception {
        kind: exception.kind.as_deref().map(|kind| cut_text(kind, MAX_CUT_SHORT)),
        message: cut_text(&exception.message, MAX_CUT_ERROR),
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
        Value::Text(text) => Value::Text(cut_text(text, MAX_CUT_FIELD)),
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
