//! A record as an event.

use serde_json::{Map, Value, json};
use woodpile_present::json::simple;
use woodpile_record::{RawBsonRef, RawDocument, View, find, is_standard, name};

/// `{"id","timestamp","logmsg","logtypes","tags","event"}`. A record that has fields of its own came as JSON, and its
/// text is such; any other's is its message.
pub(super) fn event(record: &RawDocument) -> Value {
    let view = View::of(record);
    let is_json = record
        .iter()
        .filter_map(Result::ok)
        .any(|(key, _)| !is_standard(key.as_str()) || key == name::EXTRA);
    let json = json(record);
    let text =
        if is_json { json.to_string() } else { view.message().unwrap_or_default().to_owned() };
    let http = find(record, name::HTTP).map(simple);
    let syslog = syslog(record);
    let mut types = Vec::new();
    let mut groups = Map::new();
    let groups_of = [("json", is_json.then_some(json)), ("apache", http), ("syslog", syslog)];
    for (kind, group) in groups_of.into_iter().filter_map(|(kind, group)| Some((kind, group?))) {
        types.push(kind);
        groups.insert(if kind == "apache" { "http" } else { kind }.to_owned(), group);
    }
    json!({
        "id": view.id().map(id).unwrap_or_default(),
        "timestamp": view.time(),
        "logmsg": text,
        "logtypes": types,
        "tags": find(record, name::TAGS).map_or_else(|| Value::Array(Vec::new()), simple),
        "event": groups,
    })
}

/// An id is a text, whatever it is in the store.
fn id(id: RawBsonRef<'_>) -> String {
    match simple(id) {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

fn json(record: &RawDocument) -> Value {
    let fields = record.iter().filter_map(Result::ok);
    let told =
        fields.filter(|(key, _)| !matches!(key.as_str(), name::ID | name::TAGS | name::NANOS));
    let json = told.map(|(key, value)| (key.as_str().to_owned(), simple(value)));
    Value::Object(json.collect())
}

/// The sender, where the record names one.
fn syslog(record: &RawDocument) -> Option<Value> {
    let text = |key| find(record, key).and_then(RawBsonRef::as_str);
    let (host, app) = (text(name::HOSTNAME), text(name::APP));
    if host.is_none() && app.is_none() {
        return None;
    }
    let members = [("host", host), ("appName", app), ("severity", text(name::LEVEL))];
    let told = members.into_iter().filter_map(|(key, text)| Some((key.to_owned(), text?.into())));
    Some(Value::Object(told.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use woodpile_record::json::parse;

    #[track_caller]
    fn check(record: &str, expected: &Value) {
        let record = parse(record).unwrap();
        assert_eq!(&event(record.as_document()), expected);
    }

    #[test]
    fn what_came_as_json_is_json() {
        check(
            r#"{"_id":{"$oid":"650000000000000000000001"},"timestamp":{"$date":"2026-11-22T07:32:49.123Z"},"level":"info","message":"hi","tags":["a"],"user":7}"#,
            &json!({
                "id": "650000000000000000000001",
                "timestamp": 1_795_332_769_123_i64,
                "logmsg": r#"{"timestamp":"2026-11-22T07:32:49.123Z","level":"info","message":"hi","user":7}"#,
                "logtypes": ["json"],
                "tags": ["a"],
                "event": { "json": {
                    "timestamp": "2026-11-22T07:32:49.123Z", "level": "info", "message": "hi", "user": 7,
                } },
            }),
        );
    }

    #[test]
    fn a_text_is_a_text() {
        check(
            r#"{"_id":{"$oid":"650000000000000000000001"},"timestamp":{"$date":"2026-11-22T07:32:49.123Z"},"message":"GET /","hostname":"web-1","http":{"status":200}}"#,
            &json!({
                "id": "650000000000000000000001",
                "timestamp": 1_795_332_769_123_i64,
                "logmsg": "GET /",
                "logtypes": ["apache", "syslog"],
                "tags": [],
                "event": { "http": { "status": 200 }, "syslog": { "host": "web-1" } },
            }),
        );
    }
}
