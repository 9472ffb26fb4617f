//! Records of every kind, and what is made of them.

use bson::{Bson, Document, doc, oid::ObjectId, raw::RawDocumentBuf};
use proptest::prelude::*;
use woodpile_block::{Block, BlockError};
use woodpile_record::{Batch, RawDocument};

/// Encodes documents.
pub(crate) fn batch(documents: &[Document]) -> Batch {
    let raw: Vec<_> = documents
        .iter()
        .map(|document| RawDocumentBuf::try_from(document).expect("a document"))
        .collect();
    raw.iter().map(|document| -> &RawDocument { document }).collect()
}

/// All records of a block, one after another.
pub(crate) fn unpack_all(bytes: &[u8]) -> Result<Vec<u8>, BlockError> {
    let block = Block::open(bytes)?;
    let mut records = Vec::new();
    for group in 0..block.groups().len() {
        records.extend_from_slice(block.unpack(group)?.as_bytes());
    }
    Ok(records)
}

/// An access record, other than those of other rows.
pub(crate) fn access(row: i64) -> Document {
    let (status, path) = ([200, 304, 404][(row % 3) as usize], format!("/p/{}", row % 40));
    let (address, bytes) = (format!("10.0.0.{}", row % 9), row * 31 % 977);
    doc! {
        "_id": ObjectId::from_parts(1_800_000_000, [7; 5], [0, (row >> 8) as u8, row as u8]),
        "timestamp": bson::DateTime::from_millis(1_795_332_769_000 + row * 997),
        "level": "INFO",
        "message": format!("{address} - - \"GET {path} HTTP/1.1\" {status} {bytes}"),
        "http": { "method": "GET", "path": path, "status": status, "bytes": bytes, "remoteAddr": address },
    }
}

/// A request's id under another name in the record behind it, and text of a few words in any order.
pub(crate) fn conversation(row: i64) -> Document {
    let noise = |row: i64, turn: i64| {
        let mixed = ((row * 31 + turn) as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (mixed ^ mixed >> 29).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 16
    };
    let request = row - row % 2 * 3;
    let uuid = u128::from(noise(request, 1)) << 64 | u128::from(noise(request, 2));
    let uuid = bson::Uuid::from_bytes(uuid.to_be_bytes()).to_string();
    let words =
        "the order of a customer was sent back again when it could not be found in any store today";
    let words: Vec<&str> = words.split(' ').collect();
    let message: Vec<&str> =
        (0..14).map(|at| words[noise(row, at) as usize % words.len()]).collect();
    let mut record = doc! {
        "_id": ObjectId::from_parts(1_795_332_769 + row as u32, [1, 2, 3, 4, 5], [0, 0, row as u8]),
        "timestamp": bson::DateTime::from_millis(1_795_332_769_123 + row * 977),
        "message": message.join(" "),
    };
    if row % 2 == 0 {
        record.insert("http", doc! { "requestId": uuid, "status": 200 });
    } else {
        record.insert("requestId", uuid);
    }
    record
}

fn leaf() -> impl Strategy<Value = Bson> {
    prop_oneof![
        any::<i32>().prop_map(Bson::Int32),
        any::<i64>().prop_map(Bson::Int64),
        any::<u64>().prop_map(|bits| Bson::Double(f64::from_bits(bits))),
        any::<bool>().prop_map(Bson::Boolean),
        "[a-c0-9 é]{0,12}".prop_map(Bson::String),
        Just(Bson::Null),
        any::<i64>().prop_map(|millis| Bson::DateTime(bson::DateTime::from_millis(millis))),
        any::<[u8; 12]>().prop_map(|bytes| Bson::ObjectId(ObjectId::from_bytes(bytes))),
        proptest::collection::vec(any::<u8>(), 0..9).prop_map(|bytes| {
            Bson::Binary(bson::Binary { subtype: bson::spec::BinarySubtype::Generic, bytes })
        }),
        any::<(u32, u32)>()
            .prop_map(|(time, increment)| Bson::Timestamp(bson::Timestamp { time, increment })),
        Just(Bson::MaxKey),
    ]
}

fn value() -> impl Strategy<Value = Bson> {
    leaf().prop_recursive(3, 16, 20, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..20).prop_map(Bson::Array),
            proptest::collection::vec(("[a-c]{0,2}", inner), 0..5)
                .prop_map(|fields| Bson::Document(fields.into_iter().collect())),
        ]
    })
}

/// Records of any kind.
pub(crate) fn documents() -> impl Strategy<Value = Vec<Document>> {
    let document = proptest::collection::vec(("_id|[a-d]", value()), 0..6);
    proptest::collection::vec(
        document.prop_map(|fields| fields.into_iter().collect::<Document>()),
        0..24,
    )
}

/// Texts that share templates, with words that go on from one part into the next.
pub(crate) fn free_text() -> impl Strategy<Value = Vec<Document>> {
    let line =
        ("(user|web|blk_|É|x—)[0-9]{1,3}", "(at|Jan|_|-)?", "[a-cé]{0,3}_?[0-9]{0,2}(ms|Z)?");
    let field = "[ab_]{1,2}";
    proptest::collection::vec((line, field), 0..60).prop_map(|rows| {
        let text = |((first, middle, last), field): ((String, String, String), String)| {
            doc! {
                "message": format!("{first} {middle}{last} in_{field} for {field}_ 2026-11-22T07:32:49Z"),
                "field": field,
            }
        };
        rows.into_iter().map(text).collect()
    })
}
