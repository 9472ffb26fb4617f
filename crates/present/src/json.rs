//! Lines of JSON.

use crate::Form;
use crate::escape::visible_json;
use serde_json::{Map, Value};
use woodpile_record::{RawBsonRef, RawDocument, json};

/// One line of extended JSON with `_id` and `_collection`, as `import` reads it.
pub fn write(form: &Form, collection: &str, document: &RawDocument, out: &mut String) {
    if form.terminal {
        let mut line = String::new();
        json::write_with(document, collection, &mut line);
        out.push_str(&visible_json(&line));
    } else {
        json::write_with(document, collection, out);
    }
    out.push('\n');
}

/// One line of a row's columns, with their values as [`simple`] ones.
pub fn row<'v>(
    form: &Form,
    columns: &[String],
    values: impl Iterator<Item = RawBsonRef<'v>>,
    out: &mut String,
) {
    let row: Map<_, _> = columns.iter().cloned().zip(values.map(simple)).collect();
    let text = Value::from(row).to_string();
    if form.terminal {
        out.push_str(&visible_json(&text));
    } else {
        out.push_str(&text);
    }
    out.push('\n');
}

/// As simple as JSON has it: what reads this wants numbers and texts, not BSON's types.
pub fn simple(value: RawBsonRef<'_>) -> Value {
    match value {
        RawBsonRef::Null | RawBsonRef::Undefined => Value::Null,
        RawBsonRef::Boolean(truth) => truth.into(),
        RawBsonRef::Int32(number) => number.into(),
        RawBsonRef::Int64(number) => number.into(),
        RawBsonRef::Double(number) => number.into(),
        RawBsonRef::Document(document) => {
            let pairs = document.into_iter().filter_map(Result::ok);
            pairs.map(|(key, value)| (key.as_str().to_owned(), simple(value))).collect()
        }
        RawBsonRef::Array(values) => {
            values.into_iter().filter_map(Result::ok).map(simple).collect()
        }
        value => Form::PLAIN.plain(value).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use woodpile_record::json::parse;

    #[test]
    fn a_row_is_simple() {
        let row =
            parse(r#"{"time":{"$date":"2026-11-22T07:30:00Z"},"count()":3,"a":[{"b":null}]}"#);
        let row = row.unwrap();
        let values = row.as_document().iter().map(|element| element.unwrap().1);
        let columns = ["time", "count()", "a"].map(str::to_owned);
        let mut line = String::new();
        super::row(&Form::PLAIN, &columns, values, &mut line);
        let expected = r#"{"time":"2026-11-22T07:30:00.000Z","count()":3,"a":[{"b":null}]}"#;
        assert_eq!(line, format!("{expected}\n"));
    }
}
