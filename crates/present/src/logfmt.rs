//! Lines of `key=value`.

use crate::escape::is_control;
use crate::{Form, is_none};
use std::fmt::Write;
use woodpile_record::{RawBsonRef, RawDocument, name};

/// One line of `key=value`, nested fields by their dotted paths.
pub fn write(form: &Form, collection: &str, document: &RawDocument, out: &mut String) {
    pair(name::COLLECTION, collection, out);
    pairs(form, "", document, out);
    out.push('\n');
}

fn pairs(form: &Form, path: &str, document: &RawDocument, out: &mut String) {
    for (key, value) in document.into_iter().filter_map(Result::ok) {
        let path = format!("{path}{key}");
        match value {
            RawBsonRef::Document(inner) => pairs(form, &format!("{path}."), inner, out),
            value => {
                out.push(' ');
                pair(&path, &form.plain(value), out);
            }
        }
    }
}

/// One line of a row's columns, those without a value left out.
pub fn row<'v>(
    form: &Form,
    columns: &[String],
    values: impl Iterator<Item = RawBsonRef<'v>>,
    out: &mut String,
) {
    let there = columns.iter().zip(values).filter(|(_, value)| !is_none(*value));
    for (index, (name, value)) in there.enumerate() {
        if index > 0 {
            out.push(' ');
        }
        pair(name, &form.plain(value), out);
    }
    out.push('\n');
}

/// Appends `key=value`, quoted where it has to be.
pub fn pair(key: &str, value: &str, out: &mut String) {
    let unfit = |c: char| c <= ' ' || c == '=' || c == '"' || is_control(c);
    out.extend(key.chars().map(|c| if unfit(c) { '_' } else { c }));
    out.push('=');
    if value.is_empty() || value.contains(unfit) {
        quoted(value, out);
    } else {
        out.push_str(value);
    }
}

fn quoted(value: &str, out: &mut String) {
    out.push('"');
    for c in value.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_control(c) => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_quoted_where_they_have_to_be() {
        for (value, expected) in [
            ("GET", "k=GET"),
            ("", "k=\"\""),
            ("a b", "k=\"a b\""),
            ("a=b", "k=\"a=b\""),
            ("say \"hi\"\n\u{1b}", "k=\"say \\\"hi\\\"\\n\\u001b\""),
        ] {
            let mut line = String::new();
            pair("k", value, &mut line);
            assert_eq!(line, expected);
        }
    }

    #[test]
    fn a_key_cannot_end_itself() {
        let mut line = String::new();
        pair("a=b c", "1", &mut line);
        assert_eq!(line, "a_b_c=1");
    }
}
