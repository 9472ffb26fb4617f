//! JSON lines: whatever library wrote them, nothing of them is lost.
#![expect(clippy::unwrap_used, reason = "a helper's failure is the test's")]

use jiff::tz::TimeZone;
use proptest::prelude::*;
use serde_json::Value;
use std::fs;
use woodpile_line::{Context, parse};
use woodpile_record::{EventTime, ObjectId, json};

/// 2026-11-22T08:00:00Z
const NOW: EventTime = EventTime::from_millis(1_795_334_400_000);
/// Shorter texts are levels, flags and the like, which may become another type.
const LONGER_THAN: usize = 5;

/// The texts in a value, those in nested ones too, that are no times.
fn texts<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
    match value {
        Value::String(text) if text.len() > LONGER_THAN => found.push(text),
        Value::Array(values) => values.iter().for_each(|value| texts(value, found)),
        Value::Object(fields) => fields.values().for_each(|value| texts(value, found)),
        _ => {}
    }
}

fn is_time(text: &str) -> bool {
    text.starts_with("2026-11-22")
        || text.starts_with("1795332769")
        || text.starts_with("22/Nov/2026")
}

/// Every text of the line is a text of its record, or a part of one.
fn check_nothing_lost(line: &str) {
    let Ok(input) = serde_json::from_str(line) else { return };
    let context = Context { now: NOW, zone: &TimeZone::UTC };
    let record = parse(line, None, &context).entry.encode(ObjectId::from_bytes([0; 12]), NOW);
    let mut stored = String::new();
    json::write(record.as_document(), &mut stored);
    let stored: Value = serde_json::from_str(&stored).unwrap();
    let mut kept = Vec::new();
    texts(&stored, &mut kept);
    let mut given = Vec::new();
    texts(&input, &mut given);
    for text in given.into_iter().filter(|text| !is_time(text)) {
        // A line within (Docker's `log`) is taken apart itself.
        let within = serde_json::from_str::<Value>(text).is_ok() || text.ends_with('\n');
        let is_kept = kept.iter().any(|kept| kept.contains(text.trim_end()));
        assert!(is_kept || within, "{text:?} of {line} is not in {stored}");
    }
}

#[test]
fn every_text_of_the_captures_is_kept() {
    for name in ["node", "python", "servers", "others"] {
        let path = format!("{}/tests/captures/json-{name}.log", env!("CARGO_MANIFEST_DIR"));
        fs::read_to_string(path).unwrap().lines().for_each(check_nothing_lost);
    }
}

fn names() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "timestamp",
        "time",
        "level",
        "severity",
        "message",
        "msg",
        "event",
        "logger",
        "name",
        "target",
        "fields",
        "caller",
        "file",
        "line",
        "lineno",
        "method",
        "path",
        "url",
        "status",
        "request",
        "req",
        "res",
        "http",
        "user",
        "duration",
        "latency",
        "host",
        "hostname",
        "pid",
        "thread",
        "threadName",
        "tags",
        "span",
        "spans",
        "trace_id",
        "exception",
        "err",
        "error",
        "stack",
        "stack_trace",
        "exc_info",
        "type",
        "code",
        "log",
        "stream",
        "extra",
        "heroku",
        "_id",
        "nanos",
        "t",
        "s",
        "c",
        "ctx",
        "$date",
        "remote_addr",
        "user_agent",
        "protocol",
    ]);
    prop_oneof![8 => known.prop_map(str::to_owned), 1 => "[a-z]{1,8}"]
}

fn values() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        "[a-z ]{0,12}",
        any::<String>(),
        Just("GET".to_owned()),
        Just("/a?b=c".to_owned()),
        Just("https://shop.example/a".to_owned()),
        Just("WARNING".to_owned()),
        Just("shop/cart.go:12".to_owned()),
        Just("GET /a HTTP/1.1".to_owned()),
        Just("Error: no\n    at a (b.js:1:1)".to_owned()),
        Just("[::1]:5000".to_owned()),
        Just("120.5ms".to_owned()),
    ];
    let scalar = prop_oneof![
        4 => text.prop_map(Value::from), 1 => any::<i64>().prop_map(Value::from), 1 => (0..700_i64).prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from), 1 => Just(Value::Null),
    ];
    scalar.prop_recursive(3, 20, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((names(), inner), 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_of_any_object_is_lost(fields in prop::collection::vec((names(), values()), 0..8)) {
        check_nothing_lost(&Value::Object(fields.into_iter().collect()).to_string());
    }
}
