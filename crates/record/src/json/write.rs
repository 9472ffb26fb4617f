use super::{scalar, wrapper};
use bson::raw::{RawBsonRef, RawJavaScriptCodeWithScopeRef};
use bson::{RawArray, RawDocument};

/// Appends the document as one line of extended JSON.
pub fn write(document: &RawDocument, out: &mut String) {
    literal_if_needed(document, out, |out| fields(document, out));
}

/// Appends one value as extended JSON.
pub fn write_value(value: RawBsonRef<'_>, out: &mut String) {
    match value {
        RawBsonRef::String(text) => scalar::text(text, out),
        RawBsonRef::Int32(number) => scalar::int(i64::from(number), out),
        RawBsonRef::Int64(number) => scalar::int64(number, out),
        RawBsonRef::Double(number) => scalar::double(number, out),
        RawBsonRef::DateTime(date) => scalar::date(date.timestamp_millis(), out),
        RawBsonRef::ObjectId(id) => scalar::object_id(id, out),
        RawBsonRef::Boolean(truth) => out.push_str(if truth { "true" } else { "false" }),
        RawBsonRef::Null => out.push_str("null"),
        RawBsonRef::Document(document) => write(document, out),
        RawBsonRef::Array(values) => array(values, out),
        RawBsonRef::Binary(binary) => scalar::binary(binary.subtype.into(), binary.bytes, out),
        RawBsonRef::Decimal128(decimal) => scalar::decimal(decimal, out),
        RawBsonRef::RegularExpression(regex) => {
            scalar::regex(regex.pattern.as_str(), regex.options.as_str(), out);
        }
        RawBsonRef::Timestamp(stamp) => scalar::timestamp(stamp.time, stamp.increment, out),
        RawBsonRef::JavaScriptCode(code) => scalar::wrapped_text("$code", code, out),
        RawBsonRef::JavaScriptCodeWithScope(code) => code_with_scope(code, out),
        RawBsonRef::Symbol(text) => scalar::wrapped_text("$symbol", text, out),
        RawBsonRef::Undefined => out.push_str(r#"{"$undefined":true}"#),
        RawBsonRef::MinKey => out.push_str(r#"{"$minKey":1}"#),
        RawBsonRef::MaxKey => out.push_str(r#"{"$maxKey":1}"#),
        RawBsonRef::DbPointer(_) => db_pointer(value, out),
    }
}

/// Braces around what `fill` writes, and `$literal` around these where [`super::parse()`] would take the
/// document for a type's wrapper.
pub(super) fn literal_if_needed(
    document: &RawDocument,
    out: &mut String,
    fill: impl FnOnce(&mut String),
) {
    let first = document.iter().next().and_then(Result::ok);
    let literal = first.is_some_and(|(key, _)| wrapper::is_name(key.as_str()));
    out.push_str(if literal { r#"{"$literal":{"# } else { "{" });
    fill(out);
    out.push_str(if literal { "}}" } else { "}" });
}

fn fields(document: &RawDocument, out: &mut String) {
    for (index, (key, value)) in document.iter().map_while(Result::ok).enumerate() {
        field(index == 0, key.as_str(), value, out);
    }
}

pub(super) fn field(first: bool, key: &str, value: RawBsonRef<'_>, out: &mut String) {
    if !first {
        out.push(',');
    }
    scalar::text(key, out);
    out.push(':');
    write_value(value, out);
}

fn array(values: &RawArray, out: &mut String) {
    out.push('[');
    for (index, value) in values.into_iter().map_while(Result::ok).enumerate() {
        if index > 0 {
            out.push(',');
        }
        write_value(value, out);
    }
    out.push(']');
}

fn code_with_scope(code: RawJavaScriptCodeWithScopeRef<'_>, out: &mut String) {
    out.push_str(r#"{"$code":"#);
    scalar::text(code.code, out);
    out.push_str(r#","$scope":"#);
    write(code.scope, out);
    out.push('}');
}

fn db_pointer(value: RawBsonRef<'_>, out: &mut String) {
    let Some((namespace, id)) = wrapper::db_pointer_parts(value) else {
        return out.push_str("null");
    };
    out.push_str(r#"{"$dbPointer":{"$ref":"#);
    scalar::text(&namespace, out);
    out.push_str(r#","$id":"#);
    scalar::object_id(id, out);
    out.push_str("}}");
}
