//! One log record as ours.

use super::message::{Any, AnyValue, KeyValue, LogRecord, Resource, Scope};
use std::borrow::Cow;
use woodpile_line::{Context, Line, Route, read_fields};
use woodpile_record::{Entry, EventTime, Severity, Value, json, name};

type Field<'a> = (Cow<'a, str>, Value<'a>);

/// What a log record shares with others.
#[derive(Debug, Clone, Copy)]
pub(super) struct Origin<'a> {
    resource: &'a [KeyValue],
    scope: Option<&'a Scope>,
}

impl<'a> Origin<'a> {
    pub(super) fn new(resource: Option<&'a Resource>, scope: Option<&'a Scope>) -> Self {
        Self { resource: resource.map(|resource| &*resource.attributes).unwrap_or_default(), scope }
    }
}

/// Hands out the record. What the log record itself says goes before its attributes, these before its scope's and its
/// resource's; attributes that mean something, as the semantic conventions name them, go to the field of that meaning.
pub(super) fn hand_out(
    log: &LogRecord,
    origin: Origin<'_>,
    context: &Context<'_>,
    each: &mut dyn FnMut(Entry<'_>, Route),
) {
    let trace_id = hex(&log.trace_id);
    let span_id = hex(&log.span_id);
    let mut fields = Vec::with_capacity(8 + log.attributes.len() + origin.resource.len());
    push_time(log, &mut fields);
    push_level(log, &mut fields);
    push_text(&mut fields, name::TRACE_ID, &trace_id);
    push_text(&mut fields, name::SPAN_ID, &span_id);
    let body = push_body(log, &mut fields);
    push_text(&mut fields, "event.name", &log.event_name);
    push_all(&mut fields, &log.attributes);
    if log.dropped_attributes_count > 0 {
        fields.push(("droppedAttributes".into(), Value::Int(log.dropped_attributes_count.into())));
    }
    if let Some(scope) = origin.scope {
        push_text(&mut fields, name::LOGGER_NAME, &scope.name);
        push_text(&mut fields, "otel.scope.version", &scope.version);
        push_all(&mut fields, &scope.attributes);
    }
    push_all(&mut fields, origin.resource);
    let Line { route, entry, .. } = read_fields(fields, &body, context);
    each(entry, route);
}

/// When it happened, or at least when it was seen.
fn push_time(log: &LogRecord, fields: &mut Vec<Field<'_>>) {
    let nanos = [log.time_unix_nano, log.observed_time_unix_nano].into_iter().find(|at| *at > 0);
    let Some(nanos) = nanos else { return };
    let time = EventTime::from_nanos(nanos.into());
    fields.push((name::TIMESTAMP.into(), Value::Date(time.millis())));
    if time.sub_millis() > 0 {
        fields.push((name::NANOS.into(), Value::Int(time.sub_millis().into())));
    }
}

/// The level as the source spells it; where that is no level, as its number says.
fn push_level<'a>(log: &'a LogRecord, fields: &mut Vec<Field<'a>>) {
    let number = u8::try_from(log.severity_number).ok().and_then(Severity::from_number);
    let text = &*log.severity_text;
    match number {
        Some(severity) if Severity::of(text).is_none() => {
            push_text(fields, name::LEVEL, severity.name());
            push_text(fields, "severityText", text);
        }
        _ => push_text(fields, name::LEVEL, text),
    }
}

/// A text is the message. The members of a document stand for themselves; where none is a message, and for any other
/// value, the message is the JSON of it, which is returned.
fn push_body<'a>(log: &'a LogRecord, fields: &mut Vec<Field<'a>>) -> String {
    match log.body.as_ref().and_then(|body| body.value.as_ref()) {
        None => log.event_name.clone(),
        Some(Any::Text(text)) => {
            fields.push((name::MESSAGE.into(), Value::from(&**text)));
            String::new()
        }
        Some(Any::Document(document)) => {
            push_all(fields, &document.values);
            json::value_text(&value(log.body.as_ref()))
        }
        Some(_) => json::value_text(&value(log.body.as_ref())),
    }
}

fn push_text<'a>(fields: &mut Vec<Field<'a>>, key: &'static str, text: &'a str) {
    if !text.is_empty() {
        fields.push((key.into(), text.into()));
    }
}

fn push_all<'a>(fields: &mut Vec<Field<'a>>, attributes: &'a [KeyValue]) {
    fields.extend(attributes.iter().map(field));
}

fn field(attribute: &KeyValue) -> Field<'_> {
    (Cow::Borrowed(&*attribute.key), value(attribute.value.as_ref()))
}

fn value(any: Option<&AnyValue>) -> Value<'_> {
    match any.and_then(|any| any.value.as_ref()) {
        None => Value::Null,
        Some(Any::Text(text)) => Value::from(&**text),
        Some(Any::Bool(truth)) => Value::Bool(*truth),
        Some(Any::Int(number)) => Value::Int(*number),
        Some(Any::Double(number)) => Value::Float(*number),
        Some(Any::Array(array)) => {
            Value::Array(array.values.iter().map(|any| value(Some(any))).collect())
        }
        Some(Any::Document(document)) => {
            Value::Document(document.values.iter().map(field).collect())
        }
        Some(Any::Bytes(bytes)) => Value::Bytes(Cow::Borrowed(bytes)),
    }
}

/// An id in hex; one of nothing but zeros is none.
fn hex(id: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    if id.iter().all(|byte| *byte == 0) {
        return String::new();
    }
    let digit = |value: u8| DIGITS.get(usize::from(value)).map_or('0', |digit| char::from(*digit));
    id.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
