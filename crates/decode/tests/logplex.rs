//! Frames of Heroku's HTTPS drains.

#![expect(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

use jiff::tz::TimeZone;
use proptest::prelude::*;
use woodpile_decode::format::logplex::{self, Delivery, Summary};
use woodpile_decode::{Body, Decoded};
use woodpile_line::Context;
use woodpile_record::{EventTime, ObjectId, Record};

const DELIVERY: Delivery<'static> = Delivery {
    drain: Some("d.1"),
    frame: Some("09C557EAFCFB6CF2740EE62F62971098"),
    expected: None,
};
/// 2026-11-22T08:00:00Z
const NOW: i64 = 1_795_334_400_000;

fn message(process: &str, text: &str) -> String {
    format!("<190>1 2026-11-22T07:32:49.123456+00:00 host app {process} - {text}")
}

/// The frame with lengths that count a line end, as Heroku's do.
fn frame(messages: &[String]) -> String {
    messages.iter().map(|m| format!("{} {m}\n", m.len() + 1)).collect::<Vec<_>>().concat()
}

struct Found {
    summary: Summary,
    records: Vec<Record>,
    brought: usize,
}

fn decode_at(now: i64, body: &[u8], delivery: &Delivery<'_>) -> Option<Found> {
    let context = Context { now: EventTime::from_millis(now), zone: &TimeZone::UTC };
    let mut records = Vec::new();
    let mut brought = 0;
    let mut each = |decoded: Result<Decoded<'_>, _>| {
        let Body::Entry { entry, id, .. } = decoded.unwrap().body else { return };
        brought += usize::from(id.is_some());
        records.push(entry.encode(id.unwrap_or(ObjectId::from_bytes([0; 12])), context.now));
    };
    let summary = logplex::decode(body, delivery, &context, &mut each).ok()?;
    Some(Found { summary, records, brought })
}

fn decode(messages: &[String]) -> Found {
    decode_at(NOW, frame(messages).as_bytes(), &DELIVERY).unwrap()
}

fn texts(found: &Found) -> Vec<&str> {
    found.records.iter().map(|r| r.as_document().get_str("message").unwrap()).collect()
}

fn ids(found: &Found) -> Vec<ObjectId> {
    found.records.iter().map(|r| r.as_document().get_object_id("_id").unwrap()).collect()
}

#[test]
fn a_frame_that_is_sent_again_becomes_the_same_records() {
    let messages = ["a", "b", "12:00:00 ERROR no date"].map(|text| message("web.1", text));
    let body = frame(&messages);
    let first = decode_at(NOW, body.as_bytes(), &DELIVERY).unwrap();
    let again = decode_at(NOW + 86_400_000, body.as_bytes(), &DELIVERY).unwrap();
    assert_eq!(first.records, again.records);
    assert_eq!(first.brought, 3);
    let ids = ids(&first);
    assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
}

#[test]
fn other_frames_and_drains_have_other_ids() {
    let body = frame(&[message("web.1", "a")]);
    let of = |delivery: Delivery<'_>| ids(&decode_at(NOW, body.as_bytes(), &delivery).unwrap());
    let ids = [
        of(DELIVERY),
        of(Delivery { drain: Some("d.2"), ..DELIVERY }),
        of(Delivery { frame: Some("09C557EAFCFB6CF2740EE62F62971099"), ..DELIVERY }),
    ];
    assert!(ids[0] != ids[1] && ids[1] != ids[2] && ids[0] != ids[2], "{ids:?}");
}

#[test]
fn a_frame_without_an_id_makes_new_records() {
    let body = frame(&[message("web.1", "a")]);
    let found = decode_at(NOW, body.as_bytes(), &Delivery::default()).unwrap();
    assert_eq!((found.records.len(), found.brought), (1, 0));
}

#[test]
fn lengths_may_leave_the_line_end_out() {
    let messages = [message("web.1", "a"), message("web.1", "é")];
    let without = messages.each_ref().map(|m| format!("{} {m}", m.len())).concat();
    let between = messages.each_ref().map(|m| format!("{} {m}\n", m.len())).concat();
    for body in [without, between, frame(&messages)] {
        let found = decode_at(NOW, body.as_bytes(), &DELIVERY).unwrap();
        assert_eq!(texts(&found), ["a", "é"], "{body}");
    }
}

#[test]
fn a_count_that_differs_is_told_and_nothing_refused() {
    let body = frame(&[message("web.1", "a")]);
    for (said, told) in [(Some(1), None), (Some(3), Some(3)), (None, None)] {
        let delivery = Delivery { expected: said, ..DELIVERY };
        let found = decode_at(NOW, body.as_bytes(), &delivery).unwrap();
        assert_eq!((found.summary.messages, found.summary.expected), (1, told));
        assert_eq!(found.records.len(), 1);
    }
}

#[test]
fn a_line_that_was_cut_is_whole_again() {
    let long = format!("{{\"msg\":\"{}\",\"item\":\"chair-12\"}}", "é".repeat(12_000));
    let parts: Vec<&[u8]> = long.as_bytes().chunks(10_000).collect();
    assert_eq!(parts.len(), 3);
    let mut body = Vec::new();
    for part in parts {
        for (process, text) in [("web.1", part), ("web.2", b"another dyno".as_slice())] {
            let mut message = message(process, "").into_bytes();
            message.extend_from_slice(text);
            body.extend_from_slice(format!("{} ", message.len() + 1).as_bytes());
            body.extend_from_slice(&message);
            body.push(b'\n');
        }
    }
    let found = decode_at(NOW, &body, &DELIVERY).unwrap();
    assert_eq!(found.summary.messages, 6);
    let whole: Vec<_> =
        found.records.iter().filter(|r| r.as_document().get("item").unwrap().is_some()).collect();
    assert_eq!(whole.len(), 1);
    assert_eq!(whole[0].as_document().get_str("message").unwrap(), "é".repeat(12_000));
    assert_eq!(found.records.len(), 4);
}

#[test]
fn traces_of_dynos_that_log_at_the_same_time_are_told_apart() {
    let lines = [
        ("web.1", "Traceback (most recent call last):"),
        ("web.2", "Traceback (most recent call last):"),
        ("web.1", "  File \"/app/a.py\", line 1, in a"),
        ("web.2", "  File \"/app/b.py\", line 2, in b"),
        ("web.1", "KeyError: 'a'"),
        ("web.2", "KeyError: 'b'"),
    ];
    let found = decode(&lines.map(|(process, text)| message(process, text)));
    assert_eq!(texts(&found), ["KeyError: 'a'", "KeyError: 'b'"]);
}

#[test]
fn what_is_no_frame_is_refused_with_what_was_expected() {
    for body in ["{\"message\":\"a\"}", "hello", "83 hello"] {
        let context = Context { now: EventTime::from_millis(NOW), zone: &TimeZone::UTC };
        let refused =
            logplex::decode(body.as_bytes(), &DELIVERY, &context, &mut |_| {}).unwrap_err();
        assert!(refused.reason.contains("application/logplex-1"), "{refused}");
    }
    let empty = decode_at(NOW, b"", &DELIVERY).unwrap();
    assert_eq!(empty.summary, Summary::default());
}

proptest! {
    #[test]
    fn any_bytes_are_a_frame_or_none(
        pieces in prop::collection::vec(prop_oneof![
            Just(b"70 <190>1 2026-11-22T07:32:49.123456+00:00 host app web.1 - ".to_vec()),
            Just(b"<190>1 - host app web.1 - [a b=\"c\"] ".to_vec()),
            "[0-9]{1,3} <[0-9]{1,3}>1 \\PC{0,30}".prop_map(String::into_bytes),
            prop::collection::vec(any::<u8>(), 0..20),
        ], 0..8),
        now in 0..i64::MAX / 2_000_000,
    ) {
        let body = pieces.concat();
        let found = decode_at(now, &body, &DELIVERY);
        let records = found.as_ref().map_or(0, |found| found.records.len());
        let messages = found.as_ref().map_or(0, |found| found.summary.messages);
        prop_assert!(records as u64 <= messages);
    }

    #[test]
    fn every_message_is_found_again(texts in prop::collection::vec("[a-z]{3,12}( [a-z]{1,9}){0,4}", 1..20)) {
        let messages: Vec<_> = texts.iter().map(|text| message("web.1", text)).collect();
        let found = decode(&messages);
        let records: Vec<_> =
            found.records.iter().map(|r| r.as_document().get_str("message").unwrap().to_owned()).collect();
        prop_assert_eq!(records, texts);
    }
}
