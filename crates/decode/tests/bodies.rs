//! What each request's body becomes: every `captures/bodies/NAME.body` against `captures/bodies/NAME.json`.
//!
//! `WOODPILE_BLESS=1 cargo test -p woodpile-decode --test bodies` writes these anew; read the difference.

#![expect(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};
use woodpile_decode::format::{bulk, loggly, otlp, records};
use woodpile_decode::{Body, Decoded, Rejected};
use woodpile_line::{Context, Names};
use woodpile_record::{EventTime, ObjectId, RawDocument, json};

/// 2026-11-22T08:00:00Z
const NOW: EventTime = EventTime::from_millis(1_795_334_400_000);
const CONTEXT: Context<'static> = Context { now: NOW, zone: &TimeZone::UTC };

fn text(document: &RawDocument) -> String {
    let mut text = String::new();
    json::write(document, &mut text);
    text.replacen(r#""_id":{"$oid":"000000000000000000000000"},"#, "", 1)
}

/// Where a record goes and what it is, or why it is none.
fn shown(decoded: Result<Decoded<'_>, Rejected>) -> String {
    let Decoded { collection, body } = match decoded {
        Ok(decoded) => decoded,
        Err(rejected) => return format!("rejected {rejected}\n"),
    };
    match body {
        Body::Entry { entry, route, id } => {
            let record = entry.encode(id.unwrap_or(ObjectId::from_bytes([0; 12])), NOW);
            let collection = collection.as_deref().unwrap_or(route.collection());
            format!("{collection} {}\n", text(record.as_document()))
        }
        Body::Document(document) => {
            format!("exported {} {}\n", collection.as_deref().unwrap_or("-"), text(document))
        }
    }
}

type Took<'t> = dyn FnMut(Result<Decoded<'_>, Rejected>) + 't;

/// All that a decoder hands out, a line each.
fn all_of(decode: impl FnOnce(&mut Took<'_>)) -> String {
    let mut out = String::new();
    decode(&mut |decoded| out.push_str(&shown(decoded)));
    out
}

fn records_of(body: &[u8], options: records::Options<'_>) -> Result<String, Rejected> {
    let mut result = Ok(());
    let out = all_of(|each| result = records::decode(body, &CONTEXT, options, each));
    result.map(|()| out)
}

fn bulk_of(body: &[u8]) -> Result<String, Rejected> {
    let options = bulk::Options { index: Some("shop"), index_is_collection: true };
    let mut items = Ok(Vec::new());
    let out = all_of(|each| items = bulk::decode(body, &CONTEXT, options, each));
    let shown = |item: &bulk::Item| {
        let bulk::Item { kind, index, id, outcome } = item;
        format!("{} {index} {} {outcome:?}\n", kind.name(), id.as_deref().unwrap_or("-"))
    };
    Ok(out + &items?.iter().map(shown).collect::<String>())
}

fn otlp_of(body: &[u8], encoding: otlp::Encoding) -> Result<String, Rejected> {
    let mut result = Ok(());
    let out = all_of(|each| result = otlp::decode(body, encoding, &CONTEXT, each));
    result.map(|()| out)
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures/bodies")
}

fn body(name: &str) -> Vec<u8> {
    fs::read(folder().join(name).with_extension("body")).unwrap()
}

#[expect(clippy::disallowed_methods, reason = "whoever runs the test says whether to bless")]
fn blesses() -> bool {
    std::env::var("WOODPILE_BLESS").is_ok()
}

#[track_caller]
fn check(name: &str, found: &str) {
    let golden = folder().join(name).with_extension("json");
    if blesses() {
        fs::write(&golden, found).unwrap();
    }
    let expected = fs::read_to_string(&golden).unwrap();
    for (number, (found, expected)) in found.lines().zip(expected.lines()).enumerate() {
        assert_eq!(found, expected, "line {} of {name}", number + 1);
    }
    assert_eq!(found.lines().count(), expected.lines().count(), "lines of {name}");
}

#[test]
fn json_becomes_records() {
    for name in ["records", "records-array", "records-pretty", "records-cut"] {
        check(name, &records_of(&body(name), records::Options::default()).unwrap());
    }
}

#[test]
fn events_of_loggly_become_records() {
    check("loggly-bulk", &all_of(|each| loggly::bulk(&body("loggly-bulk"), &CONTEXT, each)));
    check("loggly-event", &all_of(|each| loggly::event(&body("loggly-event"), &CONTEXT, each)));
}

#[test]
fn actions_of_elasticsearch_become_records() {
    check("elastic", &bulk_of(&body("elastic")).unwrap());
}

#[test]
fn logs_of_opentelemetry_become_records() {
    check("otlp", &otlp_of(&body("otlp"), otlp::Encoding::Json).unwrap());
}

/// What a Python program sent with the OpenTelemetry SDK, in base64.
#[test]
fn logs_of_an_sdk_become_records() {
    let sent = STANDARD.decode(body("otlp-python").trim_ascii()).unwrap();
    check("otlp-python", &otlp_of(&sent, otlp::Encoding::Protobuf).unwrap());
}

#[test]
fn the_sender_names_the_fields_of_time_and_message() {
    let check = |names, body: &str, expected: &str| {
        let options = records::Options { names, collection: None };
        assert_eq!(
            records_of(body.as_bytes(), options).unwrap(),
            format!("{expected}\n"),
            "{body}"
        );
    };
    let names = Names { time: Some("when"), message: Some("said.text") };
    check(
        names,
        r#"{"when":"2026-11-22T07:32:49Z","time":5,"message":"other","said":{"text":"hello"}}"#,
        r#"application-log {"timestamp":{"$date":"2026-11-22T07:32:49.000Z"},"message":"hello","time":5,"said":{"text":"hello"},"extra":{"message":"other"}}"#,
    );
    let names = Names { time: Some("at.start"), message: Some("said") };
    check(
        names,
        r#"{"at":{"start":1795332769},"said":"hello","msg":"other"}"#,
        r#"application-log {"timestamp":{"$date":"2026-11-22T07:32:49.000Z"},"message":"hello","at":{"start":1795332769},"msg":"other"}"#,
    );
    // A field that holds no time is not taken for one.
    let names = Names { time: Some("when"), message: None };
    check(
        names,
        r#"{"when":"later","ts":"2026-11-22T07:32:49Z","msg":"hello"}"#,
        r#"application-log {"timestamp":{"$date":"2026-11-22T07:32:49.000Z"},"message":"hello","when":"later"}"#,
    );
}

#[test]
fn a_document_with_an_id_is_kept_where_the_sender_names_a_collection() {
    let line = br#"{"_id":7,"when":{"$timestamp":{"t":1,"i":2}}}"#;
    let named = records::Options { collection: Some("orders"), ..records::Options::default() };
    let kept = "exported - {\"_id\":7,\"when\":{\"$timestamp\":{\"t\":1,\"i\":2}}}\n";
    assert_eq!(records_of(line, named).as_deref(), Ok(kept));
    assert!(records_of(line, records::Options::default()).unwrap().starts_with("application-log"));
}

#[test]
fn errors_say_where() {
    let check = |body: &[u8], expected: &str| {
        let error = records_of(body, records::Options::default()).unwrap_err();
        assert_eq!(error.to_string(), expected);
    };
    check(b"[{\"a\":1},\n {\"b\":}]", "line 2, column 7: expected value");
    check(b"[{\"a\":1}", "line 1, column 8: EOF while parsing a list");
    check("[\"ä\", \"".as_bytes(), "line 1, column 7: EOF while parsing a string");
    check(b"[\n\"\xe4\"]", "line 2, column 2: this byte is no UTF-8, which JSON is written in");
    let error = bulk_of(b"{\"create\":{}}\n{\"a\":1}\n{\"remove\":{}}\n{}").unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 3, column 9: expected an action: `index`, `create`, `update` or `delete`"
    );
    let error = bulk_of(b"{\"create\":{}}\n").unwrap_err();
    assert_eq!(error.to_string(), "line 1: the document of this `create` is missing");
    let error = otlp_of(b"\x0a\xff", otlp::Encoding::Protobuf).unwrap_err();
    assert!(error.reason.starts_with("expected an ExportLogsServiceRequest"), "{error}");
    let json = br#"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"traceId":"xyz"}]}]}]}"#;
    let error = otlp_of(json, otlp::Encoding::Json).unwrap_err();
    assert!(error.reason.contains("an id in hexadecimal digits"), "{error}");
}

#[test]
fn a_document_that_is_sent_again_has_the_same_id() {
    let body = "{\"index\":{\"_id\":\"a\"}}\n{\"@timestamp\":\"2026-11-22T07:32:49Z\"}\n";
    let first = bulk_of(body.as_bytes()).unwrap();
    assert!(first.contains("$oid"), "{first}");
    assert_eq!(bulk_of(body.as_bytes()).unwrap(), first);
    let other = body.replace("\"a\"", "\"b\"");
    assert_ne!(bulk_of(other.as_bytes()).unwrap().lines().next(), first.lines().next());
}

#[test]
fn tags_are_separated_by_commas() {
    let tags = |list| loggly::tags(list).collect::<Vec<_>>();
    assert_eq!(tags("a1,b2 , ,c"), ["a1", "b2", "c"]);
    assert_eq!(tags(""), Vec::<&str>::new());
}

fn value() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i32>().prop_map(Into::into),
        "\\PC{0,12}".prop_map(Into::into),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            prop::collection::vec(("[a-z_$.]{1,8}", inner), 0..4)
                .prop_map(|fields| fields.into_iter().collect::<serde_json::Map<_, _>>().into()),
        ]
    })
}

fn objects() -> impl Strategy<Value = Vec<serde_json::Value>> {
    let field = ("[a-z]{1,8}", value());
    let object = prop::collection::vec(field, 1..6)
        .prop_map(|fields| fields.into_iter().collect::<serde_json::Map<_, _>>().into());
    prop::collection::vec(object, 1..6)
}

/// A record without the message, which is the JSON text itself where no field is one.
fn without_text(records: &str) -> Vec<String> {
    records
        .lines()
        .map(|line| {
            let (collection, record) = line.split_once(' ').unwrap();
            let mut record: serde_json::Value = serde_json::from_str(record).unwrap();
            record.as_object_mut().unwrap().retain(|key, value| {
                key != "message" || !value.as_str().is_some_and(|text| text.starts_with('{'))
            });
            format!("{collection} {record}")
        })
        .collect()
}

proptest! {
    #[test]
    fn lines_an_array_and_pretty_objects_say_the_same(objects in objects()) {
        let options = records::Options::default();
        let lines = objects.iter().map(|object| format!("{object}\n")).collect::<Vec<_>>().concat();
        let array = serde_json::to_string_pretty(&objects).unwrap();
        let pretty = objects.iter().map(|object| format!("{object:#}\n")).collect::<Vec<_>>().concat();
        let expected = without_text(&records_of(lines.as_bytes(), options).unwrap());
        prop_assert_eq!(expected.len(), objects.len());
        prop_assert_eq!(&without_text(&records_of(array.as_bytes(), options).unwrap()), &expected);
        prop_assert_eq!(&without_text(&records_of(pretty.as_bytes(), options).unwrap()), &expected);
    }

    #[test]
    fn every_line_is_a_record_or_rejected(
        lines in prop::collection::vec(prop_oneof!["\\{\"[a-z]\":[0-9]\\}", "[a-z{\"]{1,6}"], 0..8),
    ) {
        let body = lines.join("\n");
        let found = records_of(body.as_bytes(), records::Options::default());
        if let Ok(found) = found {
            prop_assert_eq!(found.lines().count(), lines.len());
        }
    }

    #[test]
    fn any_bytes_can_be_a_body(
        front in prop_oneof![
            Just(""), Just("["), Just("{"), Just("{\"create\":{}}\n"), Just("{\"resourceLogs\":[{"),
            Just("{\"_id\":1,\"_collection\":"),
        ],
        rest in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let body = [front.as_bytes(), &rest].concat();
        let named = records::Options { collection: Some("x"), ..records::Options::default() };
        let _ = records_of(&body, records::Options::default());
        let _ = records_of(&body, named);
        let _ = bulk_of(&body);
        let _ = otlp_of(&body, otlp::Encoding::Json);
        let _ = otlp_of(&body, otlp::Encoding::Protobuf);
        let events = all_of(|each| loggly::event(&body, &CONTEXT, each));
        prop_assert!(events.lines().count() <= 1);
        let _ = all_of(|each| loggly::bulk(&body, &CONTEXT, each));
    }
}
