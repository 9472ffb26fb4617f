//! What each message becomes: every `captures/NAME.log` against the records in `captures/NAME.json`.
//!
//! `WOODPILE_BLESS=1 cargo test -p woodpile-decode --test captures` writes the records anew; read the difference.

#![expect(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

use jiff::tz::TimeZone;
use proptest::prelude::*;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use woodpile_decode::format::{logplex, syslog};
use woodpile_decode::{Body, Decoded};
use woodpile_line::Context;
use woodpile_record::{EventTime, ObjectId, json};

/// 2026-11-22T08:00:00Z
const NOW: EventTime = EventTime::from_millis(1_795_334_400_000);
const CONTEXT: Context<'static> = Context { now: NOW, zone: &TimeZone::UTC };

/// The collection and the record as JSON, without an `_id` that was not given.
fn shown(decoded: Decoded<'_>) -> String {
    let Body::Entry { entry, route, id } = decoded.body else { unreachable!("no exports here") };
    let record = entry.encode(id.unwrap_or(ObjectId::from_bytes([0; 12])), NOW);
    let mut json = String::new();
    json::write(record.as_document(), &mut json);
    let json = json.replacen(r#""_id":{"$oid":"000000000000000000000000"},"#, "", 1);
    format!("{} {json}\n", route.collection())
}

/// Every message of a file as one of a syslog connection.
fn syslog_records(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        syslog::decode(line.as_bytes(), &CONTEXT, &mut |envelope, decoded| {
            if let Some(token) = envelope.token {
                let _ = write!(out, "token {token} ");
            }
            if let Some(loss) = &envelope.loss {
                let _ = write!(out, "{} messages lost ", loss.messages);
            }
            out.push_str(&shown(decoded));
        });
    }
    out
}

/// The messages of a file as one frame.
fn frame(text: &str) -> String {
    text.lines().map(|line| format!("{} {line}\n", line.len() + 1)).collect::<Vec<_>>().concat()
}

fn logplex_records(text: &str) -> String {
    let delivery = logplex::Delivery {
        drain: Some("d.fc6b856b-3332-4546-93de-7d0ee272c3bd"),
        frame: Some("09C557EAFCFB6CF2740EE62F62971098"),
        expected: None,
    };
    let mut out = String::new();
    let mut each = |decoded: Result<Decoded<'_>, _>| out.push_str(&shown(decoded.unwrap()));
    let summary = logplex::decode(frame(text).as_bytes(), &delivery, &CONTEXT, &mut each).unwrap();
    let lost: u64 = summary.losses.iter().map(|loss| loss.messages).sum();
    let _ = writeln!(out, "{} messages, {lost} messages lost before", summary.messages);
    out
}

#[expect(clippy::disallowed_methods, reason = "whoever runs the test says whether to bless")]
fn blesses() -> bool {
    std::env::var("WOODPILE_BLESS").is_ok()
}

#[track_caller]
fn check(name: &str, records: fn(&str) -> String) {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/captures"));
    let found = records(&fs::read_to_string(folder.join(name).with_extension("log")).unwrap());
    let golden = folder.join(name).with_extension("json");
    if blesses() {
        fs::write(&golden, &found).unwrap();
    }
    let expected = fs::read_to_string(&golden).unwrap();
    for (number, (found, expected)) in found.lines().zip(expected.lines()).enumerate() {
        assert_eq!(found, expected, "record {} of {name}", number + 1);
    }
    assert_eq!(found.lines().count(), expected.lines().count(), "records of {name}");
}

#[test]
fn syslog_messages_become_their_records() {
    check("syslog", syslog_records);
}

#[test]
fn frames_of_heroku_become_their_records() {
    check("logplex", logplex_records);
}

proptest! {
    #[test]
    fn any_bytes_are_a_message(
        front in prop_oneof![
            Just("<13>1 2026-11-22T07:32:49Z web-1 shop 812 - ".to_owned()),
            Just("<30>Nov 22 07:32:49 ".to_owned()),
            "<[0-9]{1,3}>1 \\PC{0,20}",
            "\\PC{0,10}",
        ],
        data in prop_oneof![Just("[a b=\"c\"".to_owned()), "\\[[a-z@0-9]{1,5}( [a-z]=\"\\PC{0,5}\")?\\]?", Just(String::new())],
        text in prop::collection::vec(any::<u8>(), 0..30),
    ) {
        let message = [front.as_bytes(), data.as_bytes(), &text].concat();
        syslog::decode(&message, &CONTEXT, &mut |_, decoded| _ = shown(decoded));
    }
}
