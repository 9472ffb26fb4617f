//! Each type's text.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bson::Decimal128;
use bson::oid::ObjectId;
use jiff::SignedDuration;
use jiff::civil::DateTime;
use jiff::fmt::temporal::DateTimePrinter;
use std::fmt::Write as _;

const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
const PRINTER: DateTimePrinter = DateTimePrinter::new().precision(Some(3));
const HEX: &[u8; 16] = b"0123456789abcdef";

/// Text in quotes. All control characters are escaped, those beyond ASCII too, and the line and paragraph
/// separators, so that a document is one line for every reader.
pub(super) fn text(text: &str, out: &mut String) {
    out.push('"');
    let mut plain = 0;
    let bytes = text.as_bytes();
    for (at, &byte) in bytes.iter().enumerate() {
        if !MAY_NEED_ESCAPE[usize::from(byte)] || at < plain {
            continue;
        }
        let Some(c) = text[at..].chars().next().filter(|&c| needs_escape(c)) else { continue };
        out.push_str(&text[plain..at]);
        escape(c, out);
        plain = at + c.len_utf8();
    }
    out.push_str(&text[plain..]);
    out.push('"');
}

/// Bytes at which a character may begin that [`needs_escape`].
const MAY_NEED_ESCAPE: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 0x20 {
        table[byte] = true;
        byte += 1;
    }
    table[b'"' as usize] = true;
    table[b'\\' as usize] = true;
    table[0x7F] = true;
    table[0xC2] = true; // U+0080 to U+00BF
    table[0xE2] = true; // U+2000 to U+2FFF
    table
};

fn needs_escape(c: char) -> bool {
    matches!(c, '"' | '\\' | '\u{2028}' | '\u{2029}') || c.is_control()
}

fn escape(c: char, out: &mut String) {
    match c {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        _ => push(out, format_args!("\\u{:04x}", u32::from(c))),
    }
}

fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    // A String takes any text: no error to report.
    let _ = out.write_fmt(text);
}

/// A whole number, plain: read back as int32 where it fits, else as int64.
pub(super) fn int(number: i64, out: &mut String) {
    push(out, format_args!("{number}"));
}

/// An int64, wrapped where it would be read back as an int32.
pub(super) fn int64(number: i64, out: &mut String) {
    match i32::try_from(number) {
        Ok(_) => push(out, format_args!(r#"{{"$numberLong":"{number}"}}"#)),
        Err(_) => int(number, out),
    }
}

/// A double: its shortest text that reads back to the same bits, always with a point or an exponent.
pub(super) fn double(number: f64, out: &mut String) {
    if number.is_finite() {
        return push(out, format_args!("{number:?}"));
    }
    let name = match number {
        f64::INFINITY => "Infinity",
        f64::NEG_INFINITY => "-Infinity",
        _ => "NaN",
    };
    if number.is_nan() && number.to_bits() != f64::NAN.to_bits() {
        push(out, format_args!(r#"{{"$numberDouble":"{name}({:#018x})"}}"#, number.to_bits()));
    } else {
        push(out, format_args!(r#"{{"$numberDouble":"{name}"}}"#));
    }
}

pub(super) fn decimal(decimal: Decimal128, out: &mut String) {
    let exact = decimal.to_string().parse().is_ok_and(|read: Decimal128| read == decimal);
    if exact {
        push(out, format_args!(r#"{{"$numberDecimal":"{decimal}"}}"#));
    } else {
        let bits = u128::from_le_bytes(decimal.bytes());
        push(out, format_args!(r#"{{"$numberDecimal":"{decimal}({bits:#034x})"}}"#));
    }
}

/// A date, given in milliseconds since 1970.
pub(super) fn date(millis: i64, out: &mut String) {
    // A civil date, as jiff's timestamps end a day before the year 9999 does.
    match EPOCH.checked_add(SignedDuration::from_millis(millis)) {
        Ok(time) if millis >= 0 => {
            out.push_str(r#"{"$date":""#);
            let _ = PRINTER.print_datetime(&time, &mut *out);
            out.push_str("Z\"}");
        }
        _ => push(out, format_args!(r#"{{"$date":{{"$numberLong":"{millis}"}}}}"#)),
    }
}

/// Milliseconds since 1970 of an ISO 8601 time with an offset.
pub(super) fn parse_date(text: &str) -> Option<i64> {
    if let Ok(time) = text.parse::<jiff::Timestamp>() {
        return Some(time.as_millisecond());
    }
    let time = text.strip_suffix('Z')?.parse::<DateTime>().ok()?;
    i64::try_from(time.duration_since(EPOCH).as_millis()).ok()
}

pub(super) fn object_id(id: ObjectId, out: &mut String) {
    out.push_str(r#"{"$oid":""#);
    for byte in id.bytes() {
        out.push(char::from(HEX[usize::from(byte >> 4)]));
        out.push(char::from(HEX[usize::from(byte & 15)]));
    }
    out.push_str("\"}");
}

pub(super) fn binary(subtype: u8, bytes: &[u8], out: &mut String) {
    out.push_str(r#"{"$binary":{"base64":""#);
    BASE64.encode_string(bytes, out);
    push(out, format_args!(r#"","subType":"{subtype:02x}"}}}}"#));
}

pub(super) fn regex(pattern: &str, options: &str, out: &mut String) {
    out.push_str(r#"{"$regularExpression":{"pattern":"#);
    text(pattern, out);
    out.push_str(r#","options":"#);
    text(options, out);
    out.push_str("}}");
}

pub(super) fn timestamp(seconds: u32, increment: u32, out: &mut String) {
    push(out, format_args!(r#"{{"$timestamp":{{"t":{seconds},"i":{increment}}}}}"#));
}

/// `{"$symbol":"…"}` and its like.
pub(super) fn wrapped_text(name: &str, content: &str, out: &mut String) {
    push(out, format_args!(r#"{{"{name}":"#));
    text(content, out);
    out.push('}');
}
