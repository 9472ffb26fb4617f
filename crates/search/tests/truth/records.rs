//! Records of many shapes, made of few words, so that queries find some.

use bson::raw::{RawBson, RawDocumentBuf};
use bson::{DateTime, Timestamp, cstr, oid::ObjectId, rawdoc};
use proptest::prelude::*;
use woodpile_record::{Batch, RawDocument};

pub(crate) const COLLECTIONS: [&str; 2] = ["access-log", "application-log"];

/// Some records, each with its collection.
pub(crate) fn some() -> impl Strategy<Value = Vec<(usize, RawDocumentBuf)>> {
    prop::collection::vec((0..COLLECTIONS.len(), record()), 1..120).prop_map(|records| {
        let with_ids = records.into_iter().enumerate();
        with_ids
            .map(|(number, (collection, record))| (collection, with_id(number, &record)))
            .collect()
    })
}

/// The same record with another id.
pub(crate) fn renumbered(number: usize, record: &RawDocument) -> RawDocumentBuf {
    let mut rest = RawDocumentBuf::new();
    for (key, value) in record.iter().map(Result::unwrap).filter(|(key, _)| *key != "_id") {
        rest.append(key, value);
    }
    with_id(number, &rest)
}

fn with_id(number: usize, record: &RawDocument) -> RawDocumentBuf {
    let mut bytes = [0; 12];
    bytes[4..].copy_from_slice(&(number as u64).to_be_bytes());
    let mut whole = rawdoc! { "_id": ObjectId::from_bytes(bytes) };
    for (key, value) in record.iter().map(Result::unwrap) {
        whole.append(key, value);
    }
    whole
}

fn record() -> impl Strategy<Value = RawDocumentBuf> {
    prop_oneof![4 => access(), 3 => application(), 2 => odd(), 1 => old()]
}

fn time() -> impl Strategy<Value = i64> {
    prop_oneof![1_700_000_000_000..1_700_000_010_000_i64, 1_700_000_000_000..1_700_400_000_000_i64]
}

fn word() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["timeout", "Time", "cart", "checkout", "über", "x_1", "404", "a.b"])
}

fn level() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["DEBUG", "INFO", "info", "WARNING", "ERROR"])
}

fn path() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["/", "/cart", "/cart/checkout", "/api/v1/users/17", "/img/x_1.png"])
}

fn access() -> impl Strategy<Value = RawDocumentBuf> {
    let status = prop::sample::select(vec![200, 200, 200, 301, 404, 500, 503]);
    let parts = (time(), path(), status, 0..5_000_i32, 0..8_u8, 0.0..900.0_f64);
    parts.prop_map(|(time, path, status, bytes, host, ms)| {
        let message = format!("10.0.0.{host} - - \"GET {path} HTTP/1.1\" {status} {bytes}");
        rawdoc! {
            "timestamp": DateTime::from_millis(time), "level": "INFO", "message": message,
            "http": {
                "method": "GET", "path": path, "status": status, "bytes": i64::from(bytes),
                "durationMs": ms.round(), "remoteAddr": format!("10.0.0.{host}"),
            },
        }
    })
}

fn application() -> impl Strategy<Value = RawDocumentBuf> {
    let parts = (time(), level(), word(), word(), 0..50_i32, any::<bool>());
    parts.prop_map(|(time, level, word, other, user, has_error)| {
        let mut record = rawdoc! {
            "timestamp": DateTime::from_millis(time), "level": level,
            "message": format!("{word} of user {user} in {other}"),
            "loggerName": format!("shop.{other}"), "userId": user, "app": "web.1",
            "tags": ["a", word],
        };
        if has_error {
            record.append(cstr!("exception"), rawdoc! { "type": "KeyError", "message": other });
        }
        record
    })
}

/// Fields of many types, or of none.
fn odd() -> impl Strategy<Value = RawDocumentBuf> {
    let value = prop_oneof![
        Just(RawBson::Null),
        any::<bool>().prop_map(RawBson::Boolean),
        (0..600_i32).prop_map(RawBson::Int32),
        (0..600_i64).prop_map(RawBson::Int64),
        (0..600_i32).prop_map(|number| RawBson::Double(f64::from(number) / 2.0)),
        word().prop_map(|word| RawBson::String(word.to_owned())),
        Just(RawBson::String("250ms".to_owned())),
        word().prop_map(|word| RawBson::Document(rawdoc! { "n": 404, "text": word })),
        word().prop_map(|word| RawBson::Array(
            bson::rawbson!([{ "sku": word }, 500, [word]]).as_array().unwrap().to_owned()
        )),
        Just(RawBson::Array((0..40).collect())),
    ];
    let key =
        prop::sample::select(vec!["status", "value", "level", "Level", "http", "items", "userId"]);
    let fields = prop::collection::btree_map(key, value, 0..4);
    (time(), fields, word()).prop_map(|(time, fields, word)| {
        let mut record = rawdoc! { "timestamp": DateTime::from_millis(time), "msg": word };
        for (key, value) in fields {
            record.append(bson::raw::CString::try_from(key).unwrap(), value);
        }
        record
    })
}

/// As older writers have it.
fn old() -> impl Strategy<Value = RawDocumentBuf> {
    (time(), path(), level()).prop_map(|(time, path, level)| {
        let time = Timestamp { time: u32::try_from(time / 1_000).unwrap(), increment: 7 };
        let line =
            format!("127.0.0.1 - - [10/Oct/2023:13:55:36 -0700] \"GET {path} HTTP/1.0\" 404 17");
        rawdoc! { "timestamp": time, "Level": level, "message": line }
    })
}

/// The records of one collection.
pub(crate) fn batch(records: &[(usize, RawDocumentBuf)], collection: usize) -> Batch {
    let own = records.iter().filter(|(own, _)| *own == collection);
    own.map(|(_, record)| -> &RawDocument { record }).collect()
}
