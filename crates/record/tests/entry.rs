//! What becomes of an entry that is out of the ordinary: nothing is overwritten, nothing lost in silence.
#![expect(clippy::unwrap_used, reason = "a helper's failure is the test's")]

use proptest::prelude::*;
use std::borrow::Cow;
use woodpile_record::limits::{MAX_DEPTH, MAX_ENTRY_BYTES, MAX_FIELDS};
use woodpile_record::{
    Entry, EventTime, Exception, Heroku, Http, ObjectId, RawBsonRef, Record, Value, find, json,
};

const ID: ObjectId = ObjectId::from_bytes([7; 12]);
const NOW: EventTime = EventTime::from_millis(1_000);

/// The entry's record, checked as if another had written it.
fn encode(entry: &Entry<'_>) -> Record {
    Record::from_bytes(entry.encode(ID, NOW).into_bytes()).unwrap()
}

fn text_of(entry: &Entry<'_>) -> String {
    let mut text = String::new();
    json::write(encode(entry).as_document(), &mut text);
    let head = r#"{"_id":{"$oid":"070707070707070707070707"},"timestamp":{"$date":"1970-01-01T00:00:01.000Z"},"#;
    text.strip_prefix(head).unwrap_or(&text).to_owned()
}

fn with_fields<'a>(fields: &[(&'a str, Value<'a>)]) -> Entry<'a> {
    let fields = fields.iter().map(|(key, value)| (Cow::Borrowed(*key), value.clone())).collect();
    Entry { message: "m".into(), fields, ..Entry::default() }
}

#[test]
fn fields_are_in_log4mongos_order_and_typed() {
    let entry = Entry {
        time: Some(EventTime::from_nanos(1_000_000_123)),
        level: Some("INFO".into()),
        message: "hello".into(),
        logger_name: Some("shop".into()),
        file_name: Some("/app/shop.py".into()),
        module: Some("shop".into()),
        method: Some("buy".into()),
        line_number: Some(12),
        thread: Some(140_000_000_000),
        thread_name: Some("MainThread".into()),
        exception: Some(Exception {
            kind: Some("E".into()),
            message: "no".into(),
            code: 0,
            stack_trace: None,
        }),
        http: Some(Box::new(Http {
            status: Some(200),
            bytes: Some(5),
            duration_ms: Some(2.0),
            ..Http::default()
        })),
        heroku: Some(Box::new(Heroku { code: Some("H12".into()), ..Heroku::default() })),
        ..with_fields(&[("a", Value::Int(1)), ("b", Value::Int(1 << 40))])
    };
    assert_eq!(
        text_of(&Entry { message: "hello".into(), ..entry }),
        concat!(
            r#""nanos":123,"level":"INFO","thread":140000000000,"threadName":"MainThread","message":"hello","#,
            r#""loggerName":"shop","fileName":"/app/shop.py","module":"shop","method":"buy","lineNumber":12,"#,
            r#""exception":{"message":"no","code":0,"type":"E"},"#,
            r#""http":{"status":200,"bytes":{"$numberLong":"5"},"durationMs":2.0},"heroku":{"code":"H12"},"#,
            r#""a":1,"b":1099511627776}"#,
        )
    );
}

#[test]
fn a_collision_goes_to_extra_and_overwrites_nothing() {
    let entry = with_fields(&[
        ("level", "HACKED".into()),
        ("timestamp", "x".into()),
        ("_id", 1.into()),
        ("_collection", "other".into()),
        ("user", 1.into()),
        ("user", 2.into()),
        ("user", 3.into()),
    ]);
    assert_eq!(
        text_of(&Entry { level: Some("INFO".into()), ..entry }),
        concat!(
            r#""level":"INFO","message":"m","user":1,"#,
            r#""extra":{"level":"HACKED","timestamp":"x","_id":1,"_collection":"other","user":2,"user_2":3}}"#,
        )
    );
}

#[test]
fn any_key_is_kept() {
    let entry = with_fields(&[
        ("a.b", 1.into()),
        ("$set", 2.into()),
        ("", 3.into()),
        ("n\0ul", 4.into()),
        (
            "nested",
            Value::Document(vec![("\0".into(), Value::Null), ("x.y".into(), Value::Bool(true))]),
        ),
    ]);
    assert_eq!(
        text_of(&entry),
        "\"message\":\"m\",\"a.b\":1,\"$set\":2,\"\":3,\"n\u{FFFD}ul\":4,\"nested\":{\"\u{FFFD}\":null,\"x.y\":true}}"
    );
}

#[test]
fn fields_beyond_the_limit_are_counted() {
    let names: Vec<String> = (0..MAX_FIELDS + 3).map(|number| format!("f{number}")).collect();
    let fields: Vec<(&str, Value<'_>)> =
        names.iter().map(|name| (name.as_str(), 1.into())).collect();
    let record = encode(&with_fields(&fields));
    let get = |path: &str| find(record.as_document(), path).and_then(RawBsonRef::as_i32);
    assert_eq!(get(&format!("f{}", MAX_FIELDS - 1)), Some(1));
    assert_eq!(get(&format!("f{MAX_FIELDS}")), None);
    assert_eq!(get("extra.droppedFields"), Some(3));
}

#[test]
fn a_large_message_is_cut_and_says_how_long_it_was() {
    let message = "é".repeat(5_000_000);
    let record =
        encode(&Entry { message: message.as_str().into(), ..with_fields(&[("user", 7.into())]) });
    let document = record.as_document();
    assert!(document.as_bytes().len() <= MAX_ENTRY_BYTES);
    let kept = find(document, "message").and_then(RawBsonRef::as_str).unwrap();
    assert!(kept.ends_with("é …[cut, 10000000 bytes in all]"), "{}", &kept[kept.len() - 40..]);
    assert!(kept.len() > MAX_ENTRY_BYTES / 8);
    let original = find(document, "extra.originalBytes").and_then(RawBsonRef::as_i32);
    assert!(original.is_some_and(|bytes| bytes > 10_000_000), "{original:?}");
    assert_eq!(find(document, "user").and_then(RawBsonRef::as_i32), Some(7));
}

#[test]
fn an_entry_large_in_every_field_still_fits() {
    let long = "x".repeat(MAX_ENTRY_BYTES);
    let text = || Some(Cow::Borrowed(long.as_str()));
    let http = Http {
        method: text(),
        path: text(),
        query: text(),
        remote_addr: text(),
        user: text(),
        host: text(),
        referrer: text(),
        user_agent: text(),
        request_id: text(),
        protocol: text(),
        ..Http::default()
    };
    let heroku =
        Heroku { source: text(), process: text(), dyno: text(), drain: text(), code: text() };
    let many: Vec<(Cow<'_, str>, Value<'_>)> = (0..50)
        .map(|number| (Cow::Owned(format!("f{number}")), Value::from(long.as_str())))
        .collect();
    let entry = Entry {
        level: text(),
        message: long.as_str().into(),
        logger_name: text(),
        file_name: text(),
        module: text(),
        method: text(),
        thread_name: text(),
        hostname: text(),
        app: text(),
        span: text(),
        trace_id: text(),
        span_id: text(),
        tags: vec![long.as_str().into(); 200],
        http: Some(Box::new(http)),
        heroku: Some(Box::new(heroku)),
        fields: many.clone(),
        extra: many,
        exception: Some(Exception {
            kind: text(),
            message: long.as_str().into(),
            code: 0,
            stack_trace: text(),
        }),
        ..Entry::default()
    };
    let record = encode(&entry);
    assert!(record.as_document().as_bytes().len() <= MAX_ENTRY_BYTES);
    let count = |name| find(record.as_document(), name).and_then(RawBsonRef::as_i32);
    assert_eq!(count("extra.cutTags"), Some(100));
    assert!(count("extra.cutFields").is_some_and(|fields| fields > 90));
}

#[test]
fn what_nests_too_deep_becomes_its_json_text() {
    let deep = (0..200).fold(Value::Int(1), |inner, _| Value::Document(vec![("a".into(), inner)]));
    let record = encode(&with_fields(&[("a", deep)]));
    let mut path = vec!["a"; MAX_DEPTH];
    let kept = find(record.as_document(), &path.join(".")).and_then(RawBsonRef::as_str).unwrap();
    assert_eq!(kept.matches(r#"{"a":"#).count(), 200 - (MAX_DEPTH - 1));
    path.push("a");
    assert!(find(record.as_document(), &path.join(".")).is_none());
    assert!(Record::from_bytes(record.into_bytes()).is_ok());
}

fn values() -> impl Strategy<Value = Value<'static>> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        any::<f64>().prop_map(Value::Float),
        any::<String>().prop_map(Value::from),
        any::<i64>().prop_map(Value::Date),
        any::<[u8; 12]>().prop_map(|id| Value::Id(ObjectId::from_bytes(id))),
        prop::collection::vec(any::<u8>(), 0..9).prop_map(|bytes| Value::Bytes(bytes.into())),
    ];
    scalar.prop_recursive(4, 30, 5, |inner| {
        let field = (any::<String>().prop_map(Cow::Owned), inner.clone());
        prop_oneof![
            prop::collection::vec(inner, 0..13).prop_map(Value::Array),
            prop::collection::vec(field, 0..5).prop_map(Value::Document),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_entry_is_a_well_formed_record(
        message: String,
        fields in prop::collection::vec((any::<String>(), values()), 0..20),
        extra in prop::collection::vec(("[ab]", values()), 0..6),
    ) {
        let owned = |fields: Vec<(String, Value<'static>)>| {
            fields.into_iter().map(|(key, value)| (Cow::Owned(key), value)).collect()
        };
        let entry = Entry { message: message.clone().into(), fields: owned(fields), extra: owned(extra), ..Entry::default() };
        let record = entry.encode(ID, NOW);
        prop_assert_eq!(Record::from_bytes(record.clone().into_bytes()), Ok(record.clone()));
        prop_assert_eq!(find(record.as_document(), "message").and_then(RawBsonRef::as_str), Some(message.as_str()));
        let mut text = String::new();
        json::write(record.as_document(), &mut text);
        prop_assert_eq!(json::parse(&text).map(Record::into_bytes), Ok(record.into_bytes()));
    }
}
