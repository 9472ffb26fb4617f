//! `key=value` fields at the end of a text.

use crate::scalar::typed;
use crate::scan::{Scan, closing_quote};
use std::borrow::Cow;
use woodpile_record::Value;

/// The most fields that are looked for in one text.
const MAX_FIELDS: usize = 64;

/// A field of a record.
pub(crate) type Field<'a> = (Cow<'a, str>, Value<'a>);

/// The fields that a text ends in, from the first from which on there is nothing else:
/// `saved in 3 ms user=7 name="a b" cart=Cart { id: 1 }`.
pub(crate) fn trailing(text: &str) -> Vec<Field<'_>> {
    let mut from = 0;
    for _ in 0..MAX_FIELDS {
        let Some(start) = text.get(from..).and_then(field_start) else { break };
        from += start;
        if let Some(fields) = text.get(from..).and_then(all) {
            return fields;
        }
        from += 1;
    }
    Vec::new()
}

/// Where the first word begins that has a key and an equals sign.
fn field_start(text: &str) -> Option<usize> {
    let mut from = 0;
    loop {
        let equals = from + memchr::memchr(b'=', text.as_bytes().get(from..)?)?;
        let start = text.get(..equals)?.rfind([' ', '\t']).map_or(0, |space| space + 1);
        if start >= from && is_key(text.get(start..equals)?) {
            return Some(start);
        }
        from = equals + 1;
    }
}

/// A text of nothing but fields, separated by blanks.
pub(crate) fn all(text: &str) -> Option<Vec<Field<'_>>> {
    let mut scan = Scan::new(text);
    let mut fields = Vec::new();
    while !scan.is_empty() {
        if fields.len() >= MAX_FIELDS {
            return None;
        }
        let key = scan.until(b'=').filter(|key| is_key(key))?;
        let value = value(&mut scan)?;
        fields.push((key.into(), value));
        if !scan.is_empty() {
            // Spans and some events separate with a comma, too.
            let _ = scan.eat(",");
            scan.gap()?;
        }
    }
    (!fields.is_empty()).then_some(fields)
}

fn is_key(key: &str) -> bool {
    let first = key.bytes().next();
    first.is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_')
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-#".contains(&byte))
}

/// A value: a quoted text, or what comes before a blank outside of all brackets and quotes. So is how Rust's
/// `Debug` writes structures.
fn value<'a>(scan: &mut Scan<'a>) -> Option<Value<'a>> {
    if scan.peek() == Some(b'"')
        && let Some(value) = quoted_alone(scan)
    {
        return Some(value);
    }
    let end = value_end(scan.rest())?;
    let text = scan.rest().get(..end)?;
    *scan = Scan::new(scan.rest().get(end..)?);
    Some(typed(text.strip_suffix(',').unwrap_or(text)))
}

fn quoted_alone<'a>(scan: &mut Scan<'a>) -> Option<Value<'a>> {
    let inner = scan.rest().strip_prefix('"')?;
    let end = closing_quote(inner);
    let text = inner.get(..end)?;
    let after = Scan::new(inner.get(end + 1..)?);
    if !matches!(after.peek(), None | Some(b' ' | b'\t' | b',')) {
        return None;
    }
    *scan = after;
    Some(Value::Text(crate::request::unescaped(text)))
}

/// Where a bare value ends; `None` if its brackets do not close. A structure's name may be followed by a blank
/// before its brace.
fn value_end(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' if depth > 0 => at += 1 + closing_quote(text.get(at + 1..)?),
            b'{' | b'[' | b'(' => depth += 1,
            b'}' | b']' | b')' => depth = depth.checked_sub(1)?,
            b' ' | b'\t' if depth == 0 && !structure_follows(bytes, at) => return Some(at),
            _ => {}
        }
        at += 1;
    }
    (depth == 0).then_some(bytes.len())
}

/// `Cart { id: 1 }`: the blank before a brace belongs to the value that began with a capital.
fn structure_follows(bytes: &[u8], at: usize) -> bool {
    bytes.first().is_some_and(u8::is_ascii_uppercase) && bytes.get(at + 1) == Some(&b'{')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[(&str, Value<'_>)]) {
        let fields = trailing(text);
        let fields: Vec<_> = fields.iter().map(|(key, value)| (&**key, value.clone())).collect();
        assert_eq!(fields, expected, "{text}");
    }

    #[test]
    fn fields_are_what_a_text_ends_in() {
        check("no fields", &[]);
        check("a=1", &[("a", Value::Int(1))]);
        check("saved user=7 ok=true", &[("user", Value::Int(7)), ("ok", Value::Bool(true))]);
        check(r#"saved name="a \"b\"""#, &[("name", r#"a "b""#.into())]);
        check("x=1 is not the end", &[]);
        check("x=1 but y=2", &[("y", Value::Int(2))]);
        check(
            "cart=Cart { id: 1, note: \"}\" } n=1",
            &[("cart", "Cart { id: 1, note: \"}\" }".into()), ("n", Value::Int(1))],
        );
        check(
            "ids=[1, 2] e=Some(\"a b\")",
            &[("ids", "[1, 2]".into()), ("e", "Some(\"a b\")".into())],
        );
        check("1 + 1 = 2", &[]);
        check("broken=(", &[]);
    }
}
