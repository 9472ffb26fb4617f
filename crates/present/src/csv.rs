//! CSV by RFC 4180.

use crate::form::undated;
use crate::{Form, exception_line};
use woodpile_record::{RawDocument, View, json, name};

/// The columns of records; `fields` has as one JSON object what no other column has.
pub const HEADER: &str = "timestamp,level,_collection,loggerName,message,exception,fields,_id\r\n";

const COLUMNS: [&str; 6] =
    [name::ID, name::TIMESTAMP, name::LEVEL, name::LOGGER_NAME, name::MESSAGE, name::EXCEPTION];

/// One record by RFC 4180, which may take several lines.
pub fn write(form: &Form, collection: &str, document: &RawDocument, out: &mut String) {
    let view = View::of(document);
    let cells = [
        form.rfc3339(view.time()),
        view.level().unwrap_or_default().to_owned(),
        collection.to_owned(),
        view.logger_name().unwrap_or_default().to_owned(),
        view.message().unwrap_or_default().to_owned(),
        exception(document),
        rest(document),
        view.id().map(undated).unwrap_or_default().into_owned(),
    ];
    line(form, cells.into_iter(), out);
}

/// Appends cells as a line of their own.
pub fn line(form: &Form, cells: impl Iterator<Item = String>, out: &mut String) {
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            out.push(',');
        }
        self::cell(form, &cell, out);
    }
    out.push_str("\r\n");
}

fn exception(document: &RawDocument) -> String {
    let trace = View::of(document).stack_trace().map(std::borrow::Cow::into_owned);
    trace.or_else(|| exception_line(document)).unwrap_or_default()
}

fn rest(document: &RawDocument) -> String {
    let mut text = String::new();
    for (key, value) in document.into_iter().filter_map(Result::ok) {
        if COLUMNS.contains(&key.as_str()) {
            continue;
        }
        text.push(if text.is_empty() { '{' } else { ',' });
        text.push_str(&serde_json::Value::from(key.as_str()).to_string());
        text.push(':');
        json::write_value(value, &mut text);
    }
    if !text.is_empty() {
        text.push('}');
    }
    text
}

/// Appends a cell. What a spreadsheet would run as a formula gets an apostrophe before it
/// (<https://owasp.org/www-community/attacks/CSV_Injection>).
fn cell(form: &Form, text: &str, out: &mut String) {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    let quote = text.contains([',', '"', '\n', '\r']);
    if quote {
        out.push('"');
    }
    out.push_str(guard);
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            out.push('\n');
        }
        out.push_str(&form.shown(line).replace('"', "\"\""));
    }
    if quote {
        out.push('"');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_guarded() {
        for (text, expected) in [
            ("plain", "plain"),
            ("a,b", "\"a,b\""),
            ("say \"hi\"\nbye", "\"say \"\"hi\"\"\nbye\""),
            ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
            ("+1", "'+1"),
            ("-1,2", "\"'-1,2\""),
            ("@SUM(A1)", "'@SUM(A1)"),
        ] {
            let mut line = String::new();
            cell(&Form::PLAIN, text, &mut line);
            assert_eq!(line, expected);
        }
    }
}
