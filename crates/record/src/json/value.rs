use super::{scalar, wrapper, write_value};
use crate::Value;
use std::borrow::Cow;

/// A value's JSON text.
pub fn value_text(value: &Value<'_>) -> String {
    let mut out = String::new();
    write(value, &mut out);
    out
}

fn write(value: &Value<'_>, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
        Value::Int(number) => scalar::int(*number, out),
        Value::Float(number) => scalar::double(*number, out),
        Value::Text(text) => scalar::text(text, out),
        Value::Date(millis) => scalar::date(*millis, out),
        Value::Id(id) => scalar::object_id(*id, out),
        Value::Bytes(bytes) => scalar::binary(0, bytes, out),
        Value::Array(values) => array(values, out),
        Value::Document(fields) => document(fields, out),
        Value::Raw(raw) => write_value(*raw, out),
    }
}

fn array(values: &[Value<'_>], out: &mut String) {
    out.push('[');
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write(value, out);
    }
    out.push(']');
}

fn document(fields: &[(Cow<'_, str>, Value<'_>)], out: &mut String) {
    let literal = fields.first().is_some_and(|(key, _)| wrapper::is_name(key));
    out.push_str(if literal { r#"{"$literal":{"# } else { "{" });
    for (index, (key, value)) in fields.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        scalar::text(key, out);
        out.push(':');
        write(value, out);
    }
    out.push_str(if literal { "}}" } else { "}" });
}
