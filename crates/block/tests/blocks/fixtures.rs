//! Blocks of earlier releases, which every later one reads: see `tests/fixtures/README.md`.

use crate::support::{access, batch, conversation};
use bson::{Binary, Bson, Document, Regex, Timestamp, doc, oid::ObjectId, spec::BinarySubtype};
use std::path::PathBuf;
use woodpile_block::{Block, Effort, pack};
use woodpile_record::{Batch, RawDocument, json};

/// The version that is written today.
const VERSION: u8 = 2;

/// The records of the fixtures that this version has.
fn all() -> [(&'static str, Vec<Document>); 7] {
    [
        ("access", (0..400).map(access).collect()),
        ("application", (0..300).map(application).collect()),
        ("requests", (0..500).map(request).collect()),
        ("conversations", (0..800).map(conversation).collect()),
        ("every-type", (0..3).map(every_type).collect()),
        ("empty", Vec::new()),
        ("whole", vec![doc! { "_id": 1, "deep": nested(120) }, doc! { "_id": 2, "message": "" }]),
    ]
}

/// A record of an app's log; every seventh an exception.
fn application(row: i64) -> Document {
    let (logger, line) = [("shop.cart", 31), ("shop.orders", 177), ("jobs", 9)][(row % 3) as usize];
    let id = format!("{:012x}", row.wrapping_mul(0x9E37_79B9_7F4A) & 0xFFFF_FFFF_FFFF);
    let mut record = doc! {
        "_id": ObjectId::from_parts(1_795_332_769 + row as u32, [1, 2, 3, 4, 5], [9, 0, row as u8]),
        "timestamp": bson::DateTime::from_millis(1_795_332_769_123 + row * row),
        "level": if row % 7 == 0 { "ERROR" } else { "INFO" },
        "message": format!("order {} of user {} took {}.{:03} s, request {id}", row * 3, row % 11, row % 4, row * 37 % 1000),
        "loggerName": logger,
        "lineNumber": line,
        "durationMs": (row * 37 % 1000) as f64 / 4.0,
        "tags": ["shop", format!("dyno-{}", row % 2)],
    };
    if row % 7 == 0 {
        record.insert("exception", doc! {
            "type": "KeyError",
            "message": format!("'user {}'", row % 11),
            "stackTrace": format!("Traceback (most recent call last):\n  File \"cart.py\", line {line}, in add\nKeyError: 'user {}'", row % 11),
        });
    }
    record
}

/// A record that says again what another said: two of each request, of two kinds whose ids go up on their own.
fn request(row: i64) -> Document {
    let noise = |row: i64, turn: i64| {
        let mixed = ((row + turn * 7_919) as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (mixed ^ mixed >> 29).wrapping_mul(0xBF58_476D_1CE4_E5B9)
    };
    let request = row / 4 * 2 + row % 2;
    let uuid = u128::from(noise(request, 1)) << 64 | u128::from(noise(request, 2));
    let uuid = bson::Uuid::from_bytes(uuid.to_be_bytes());
    let token: String = (0..14)
        .map(|letter| {
            b"ABCDEFGHJKMNPQRSTVWXYZabcdefghjkmnpqrstvwxyz23456789"
                [(noise(request, letter) >> 40) as usize % 51]
        })
        .map(char::from)
        .collect();
    let micros = noise(row, 3) % 1_000;
    let seconds = (noise(row, 4) >> 40) as f64 / 1e6;
    let time =
        format!("2026-11-22T07:{:02}:{:02}.{:03}{micros:03}Z", 32 + row / 60, row % 60, row % 977);
    let millis = 1_795_332_720_000 + row * 1_000 + row % 977;
    let counter = (row / 2 + row % 2 * 0x4000).to_be_bytes();
    let mut record = doc! {
        "_id": ObjectId::from_parts(1_795_332_769, [1, 2, 3, 4, 5], [counter[5], counter[6], counter[7]]),
        "timestamp": bson::DateTime::from_millis(millis),
        "nanos": (micros * 1_000) as i32,
        "message": format!("{time} {uuid} by {token} in {seconds:?} s"),
        "seconds": seconds,
    };
    if row % 2 == 0 {
        record.insert("port", (noise(row / 8, 5) >> 48) as i32);
    }
    record
}

/// One field of every type that BSON has.
fn every_type(row: i32) -> Document {
    let binary = Binary { subtype: BinarySubtype::Uuid, bytes: vec![row as u8; 16] };
    doc! {
        "_id": format!("id-{row}"),
        "double": [f64::from(row) / 10.0, f64::NAN, f64::NEG_INFINITY, -0.0],
        "string": "tab\t, quote \", é, \u{0}, 😀",
        "document": { "empty": {}, "array": [] },
        "binary": binary,
        "undefined": Bson::Undefined,
        "objectId": ObjectId::from_bytes([row as u8; 12]),
        "boolean": row % 2 == 0,
        "date": [bson::DateTime::from_millis(0), bson::DateTime::MAX],
        "null": Bson::Null,
        "regex": Regex { pattern: bson::cstr!("^a.*b$").to_owned(), options: bson::cstr!("i").to_owned() },
        "javaScript": Bson::JavaScriptCode("return 1".to_owned()),
        "symbol": Bson::Symbol("symbol".to_owned()),
        "scope": Bson::JavaScriptCodeWithScope(bson::JavaScriptCodeWithScope {
            code: "return x".to_owned(),
            scope: doc! { "x": row },
        }),
        "int32": [row, i32::MIN, i32::MAX],
        "timestamp": Timestamp { time: 1_795_332_769, increment: row as u32 },
        "int64": [i64::from(row), i64::MIN, i64::MAX],
        "decimal": Bson::Decimal128("1.50".parse().expect("a decimal")),
        "minKey": Bson::MinKey,
        "maxKey": Bson::MaxKey,
        "many": (0..20).collect::<Vec<i32>>(),
    }
}

fn nested(depth: usize) -> Document {
    (0..depth).fold(doc! {}, |inner, _| doc! { "d": inner })
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

fn to_json<'a>(records: impl Iterator<Item = &'a RawDocument>) -> String {
    let mut text = String::new();
    for record in records {
        json::write(record, &mut text);
        text.push('\n');
    }
    text
}

#[test]
fn blocks_of_every_version_decode() {
    let files = std::fs::read_dir(folder()).expect("the fixtures");
    let blocks: Vec<PathBuf> = files
        .map(|file| file.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "block"))
        .collect();
    assert!(blocks.len() >= all().len());
    for path in blocks {
        let expected = std::fs::read_to_string(path.with_extension("ndjson")).expect("its records");
        let block = Block::open(std::fs::read(&path).expect("the block")).expect("a block");
        let groups = 0..block.groups().len();
        let records: Vec<_> = groups.map(|group| block.unpack(group).expect("a group")).collect();
        let text = to_json(records.iter().flat_map(Batch::iter));
        assert_eq!(text, expected, "{}", path.display());
    }
}

#[test]
#[ignore = "writes the fixtures that are not there yet"]
fn write_missing() {
    for (name, documents) in all() {
        let path = folder().join(format!("v{VERSION}-{name}.block"));
        if path.exists() {
            continue;
        }
        let records = batch(&documents);
        let packed = pack(&records, Effort::Thorough).expect("a block");
        std::fs::write(&path, packed.bytes).expect("the block");
        std::fs::write(path.with_extension("ndjson"), to_json(records.iter()))
            .expect("the records");
    }
}
