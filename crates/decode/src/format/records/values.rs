//! Bodies whose objects are not one a line.

use crate::Rejected;
use crate::lines::Lines;
use crate::place::{self, Start, number};
use serde_json::Deserializer;
use serde_json::value::RawValue;
use woodpile_record::json::JsonError;

/// The objects of a body that is an array or has objects of several lines; `None` if each line is to be read by
/// itself.
///
/// # Errors
/// Says where an array stops being JSON.
pub(super) fn of(body: &[u8]) -> Result<Option<Vec<&str>>, Rejected> {
    match body.trim_ascii_start().first() {
        Some(b'[') => array(body).map(Some),
        Some(b'{') if is_first_line_open(body) => Ok(objects(body)),
        _ => Ok(None),
    }
}

fn array(body: &[u8]) -> Result<Vec<&str>, Rejected> {
    let text = std::str::from_utf8(body).map_err(|error| {
        let before = body.get(..error.valid_up_to()).unwrap_or_default();
        let start = Start::of_line(1).after(before);
        let reason = "this byte is no UTF-8, which JSON is written in".to_owned();
        Rejected { line: start.line, column: Some(start.column), reason }
    })?;
    in_sequence(text).map_err(|error| place::of(text, &JsonError::from(error)))
}

/// Whether the first line ends within an object.
fn is_first_line_open(body: &[u8]) -> bool {
    let first = Lines::of(body).next().and_then(|(_, line)| std::str::from_utf8(line).ok());
    let read = first.map(serde_json::from_str::<&RawValue>);
    matches!(read, Some(Err(error)) if error.is_eof())
}

/// The objects if all of the body is such; else its first line is broken, and the others may be whole.
fn objects(body: &[u8]) -> Option<Vec<&str>> {
    in_sequence(std::str::from_utf8(body).ok()?).ok()
}

/// The values that stand one after another; in the place of an array its elements.
fn in_sequence(text: &str) -> Result<Vec<&str>, serde_json::Error> {
    let mut found = Vec::new();
    for value in Deserializer::from_str(text).into_iter::<&RawValue>() {
        let value = value?.get();
        if value.starts_with('[') {
            let elements: Vec<&RawValue> = serde_json::from_str(value)?;
            found.extend(elements.into_iter().map(RawValue::get));
        } else {
            found.push(value);
        }
    }
    Ok(found)
}

/// The values, each with where it begins in the body.
pub(super) fn placed<'a>(
    body: &'a [u8],
    values: &'a [&'a str],
) -> impl Iterator<Item = (Start, &'a str)> {
    let mut at = 0;
    let mut start = Start::of_line(1);
    values.iter().map(move |value| {
        // The values are pieces of the body.
        let offset = value.as_ptr().addr().saturating_sub(body.as_ptr().addr());
        start = start.after(body.get(at..offset).unwrap_or_default());
        at = offset;
        (start, *value)
    })
}

impl Start {
    /// Where one is behind these bytes.
    fn after(self, bytes: &[u8]) -> Self {
        let last_line = memchr::memrchr(b'\n', bytes).map_or(0, |at| at.saturating_add(1));
        let column = number(place::characters(bytes.get(last_line..).unwrap_or_default()));
        let lines = number(memchr::memchr_iter(b'\n', bytes).count());
        let before = if lines > 0 { 1 } else { self.column };
        Self { line: self.line.saturating_add(lines), column: before.saturating_add(column) }
    }
}
