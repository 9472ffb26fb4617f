//! What rules make of a record on its way to the store.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking, too")]

use bson::raw::{RawBson, RawDocumentBuf};
use bson::{Bson, Document, doc};
use proptest::prelude::*;
use woodpile_keep::{Rules, Verdict};
use woodpile_record::{RawDocument, Record};
use woodpile_rules::{Rule, RuleSet};

fn rules(texts: &[&str]) -> RuleSet {
    let mut set = RuleSet::default();
    for text in texts {
        set.push(Rule::parse(text).unwrap()).unwrap();
    }
    set
}

fn raw(document: &Document) -> RawDocumentBuf {
    RawDocumentBuf::try_from(document).unwrap()
}

/// What a record becomes; `None` if it is dropped.
fn judged(rules: &RuleSet, document: &Document) -> Option<Document> {
    match rules.judge("application-log", &raw(document)) {
        Verdict::Keep => Some(document.clone()),
        Verdict::Drop => None,
        Verdict::Replace(record) => Some(document_of(&record)),
    }
}

fn document_of(record: &Record) -> Document {
    Document::try_from(record.as_document()).unwrap()
}

#[track_caller]
#[expect(clippy::needless_pass_by_value, reason = "cases read better without references")]
fn check(texts: &[&str], document: Document, expected: Document) {
    assert_eq!(judged(&rules(texts), &document), Some(expected));
}

#[test]
fn what_a_query_names_is_dropped() {
    let rules = rules(&["drop healthcheck", "drop collection:error-log", "drop level:debug"]);
    let is_dropped = |document: Document| judged(&rules, &document).is_none();
    assert!(is_dropped(doc! { "message": "a Healthcheck" }));
    assert!(is_dropped(doc! { "level": "DEBUG" }));
    assert!(!is_dropped(doc! { "message": "healthchecks", "level": "INFO" }));
    let other = raw(&doc! { "message": "anything" });
    assert_eq!(rules.judge("error-log", &other), Verdict::Drop);
}

#[test]
fn fields_are_masked_whatever_they_hold_and_wherever_they_are() {
    check(
        &["mask user.email, token"],
        doc! { "_id": 1, "token": 5, "user": { "email": "a@b.c", "name": "A" }, "n": 2_i64 },
        doc! { "_id": 1, "token": "[masked]", "user": { "email": "[masked]", "name": "A" }, "n": 2_i64 },
    );
    check(
        &["mask users.email"],
        doc! { "users": [{ "email": "a", "id": 1 }, { "email": ["b"] }, "email"] },
        doc! { "users": [{ "email": "[masked]", "id": 1 }, { "email": "[masked]" }, "email"] },
    );
    check(&["mask user"], doc! { "user": { "a": 1 } }, doc! { "user": "[masked]" });
    check(&["mask a.b"], doc! { "a.b": 1, "a": 2 }, doc! { "a.b": "[masked]", "a": 2 });
}

#[test]
fn the_message_does_not_tell_what_a_field_may_not() {
    check(
        &["mask ip"],
        doc! { "message": "10.0.0.1 - 10.0.0.12 110.0.0.1 10.0.0.1", "http": { "remoteAddr": "10.0.0.1" } },
        doc! { "message": "[masked] - 10.0.0.12 110.0.0.1 [masked]", "http": { "remoteAddr": "[masked]" } },
    );
    let line = r#"10.0.0.7 - ann [22/Nov/2026:07:00:00 +0000] "GET /a HTTP/1.1" 200 5"#;
    check(
        &["mask ip", "mask user"],
        doc! { "message": line },
        doc! { "message": line.replace("10.0.0.7", "[masked]").replace("ann", "[masked]") },
    );
}

#[test]
fn patterns_are_masked_in_any_text() {
    check(
        &["mask /password=(\\S+)/", "mask /[0-9]{4}-[0-9]{4}/"],
        doc! {
            "_id": "1234-1234",
            "message": "password=x password=yy, card 1234-5678",
            "deep": { "er": ["password=z", 1, { "card": "0000-0000" }] },
            "password=q": 1,
        },
        doc! {
            "_id": "1234-1234",
            "message": "password=[masked] password=[masked] card [masked]",
            "deep": { "er": ["password=[masked]", 1, { "card": "[masked]" }] },
            "password=q": 1,
        },
    );
    check(
        &["mask /(a(b))(c)?/"],
        doc! { "message": "abc ab b" },
        doc! { "message": "[masked][masked] [masked] b" },
    );
    check(&["mask /x*/"], doc! { "message": "axxb" }, doc! { "message": "a[masked]b" });
    check(&["mask /SECRET/i"], doc! { "message": "Secret" }, doc! { "message": "[masked]" });
}

#[test]
fn a_record_without_a_secret_is_not_touched() {
    let rules = rules(&["mask user.email", "mask /password=(\\S+)/"]);
    for document in
        [doc! {}, doc! { "user": "me", "message": "no" }, doc! { "user": { "email": "[masked]" } }]
    {
        assert_eq!(rules.judge("a", &raw(&document)), Verdict::Keep, "{document}");
    }
}

/// Any value, a few levels deep.
fn value() -> impl Strategy<Value = Bson> {
    let leaf = prop_oneof![
        "[a-c=]{0,6}".prop_map(Bson::String),
        any::<i32>().prop_map(Bson::Int32),
        any::<i64>().prop_map(Bson::Int64),
        any::<bool>().prop_map(Bson::Boolean),
        Just(Bson::Null),
        Just(Bson::MinKey),
        Just(Bson::Symbol("a=".to_owned())),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Bson::Array),
            document(inner).prop_map(Bson::Document),
        ]
    })
}

fn document(value: impl Strategy<Value = Bson>) -> impl Strategy<Value = Document> {
    let key = prop_oneof!["[a-d]", Just("message".to_owned())];
    proptest::collection::vec((key, value), 0..6)
        .prop_map(|fields| fields.into_iter().collect::<Document>())
}

/// What masking means, on documents and not on bytes.
fn model(value: Bson, path: &str) -> Bson {
    if path == "a.b" {
        return Bson::String("[masked]".to_owned());
    }
    match value {
        Bson::String(text) => Bson::String(text.replace("c=", "[masked]")),
        Bson::Array(values) => Bson::Array(
            values
                .into_iter()
                .map(|value| match value {
                    Bson::Document(_) | Bson::Array(_) => model(value, path),
                    value => model(value, ""),
                })
                .collect(),
        ),
        Bson::Document(fields) => Bson::Document(
            fields
                .into_iter()
                .map(|(key, value)| {
                    let below = match (path, key.as_str()) {
                        ("", "a") => "a",
                        ("a", "b") => "a.b",
                        _ => "elsewhere",
                    };
                    (key, model(value, below))
                })
                .collect(),
        ),
        value => value,
    }
}

proptest! {
    /// Nothing but the secrets changes, and the record stays well formed.
    #[test]
    fn only_secrets_change(fields in document(value()), id in any::<i64>()) {
        let mut record = doc! { "_id": id };
        // The message tells of no masked text here.
        record.extend(fields.into_iter().filter(|(key, _)| key != "message"));
        let rules = rules(&["mask a.b", "mask /c=/"]);
        let expected = model(Bson::Document(record.clone()), "");
        let found = judged(&rules, &record).map(Bson::Document);
        prop_assert_eq!(found, Some(expected));
    }
}

#[test]
fn every_type_stays_beside_what_is_masked() {
    let mut record =
        raw(&doc! { "_id": 1, "user": "x", "stamp": bson::Timestamp { time: 1, increment: 2 } });
    let odd = [
        RawBson::Undefined,
        RawBson::MaxKey,
        RawBson::Symbol("s".to_owned()),
        RawBson::JavaScriptCode("f()".to_owned()),
        RawBson::Double(f64::NAN),
    ];
    for (value, key) in odd.into_iter().zip([c"a", c"b", c"c", c"d", c"e"]) {
        record.append(<&bson::raw::CStr>::try_from(key.to_str().unwrap()).unwrap(), value);
    }
    let Verdict::Replace(masked) = rules(&["mask user"]).judge("a", &record) else {
        panic!("not masked")
    };
    let (before, after) = (record.as_bytes(), masked.as_document().as_bytes());
    let tail = before.iter().rev().zip(after.iter().rev()).take_while(|(a, b)| a == b).count();
    assert!(tail > before.len() - 35, "all behind the user is the same");
    assert!(RawDocument::from_bytes(after).unwrap().iter_elements().all(|it| it.is_ok()));
}
