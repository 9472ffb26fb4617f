//! Records to store, and what to ask of them.

use bson::raw::{RawArrayBuf, RawDocumentBuf};
use bson::{
    Binary, Bson, DateTime, Decimal128, Document, RawBson, Regex, Timestamp, doc, oid::ObjectId,
};
use woodpile_record::{Batch, RawDocument};
use woodpile_store::{Order, Prune, Store};

/// 2026-01-01T00:00:00Z.
pub(crate) const START: i64 = 1_767_225_600_000;

/// An id that tells its number.
pub(crate) fn id(number: u32) -> ObjectId {
    let [a, b, c, d] = number.to_be_bytes();
    ObjectId::from_bytes([0x69, 0x55, 0xB9, 0x80, 1, 2, 3, 4, a, b, c, d])
}

/// A document, encoded.
pub(crate) fn raw(document: &Document) -> RawDocumentBuf {
    RawDocumentBuf::try_from(document).unwrap()
}

/// A plain record with that number, that many milliseconds after [`START`].
pub(crate) fn record(number: u32, millis: i64) -> RawDocumentBuf {
    raw(&doc! {
        "_id": id(number),
        "timestamp": DateTime::from_millis(START + millis),
        "level": "INFO",
        "message": format!("record {number}"),
    })
}

pub(crate) fn batch<'a>(records: impl IntoIterator<Item = &'a RawDocumentBuf>) -> Batch {
    records.into_iter().map(|record| &**record).collect()
}

/// Plain records with these numbers, a second apart.
pub(crate) fn numbered(numbers: impl IntoIterator<Item = u32>) -> Vec<RawDocumentBuf> {
    numbers.into_iter().map(|number| record(number, i64::from(number) * 1_000)).collect()
}

/// All that the store has in the collection.
pub(crate) fn read(
    store: &dyn Store,
    collection: &str,
    prune: &Prune,
    order: Order,
) -> Vec<RawDocumentBuf> {
    let mut rows = store.read(collection, prune, order).unwrap();
    let mut all = Vec::new();
    while let Some(batch) = rows.next().unwrap() {
        assert!(!batch.is_empty(), "an empty portion is no portion");
        all.extend(batch.iter().map(RawDocument::to_owned));
    }
    assert_eq!(rows.damage(), []);
    all
}

/// All that the store has in the collection, oldest first.
pub(crate) fn read_all(store: &dyn Store, collection: &str) -> Vec<RawDocumentBuf> {
    read(store, collection, &Prune::NONE, Order::OldestFirst)
}

/// What people compare when a test fails: the records as documents.
pub(crate) fn shown(records: &[RawDocumentBuf]) -> Vec<Document> {
    records.iter().map(|record| Document::try_from(record.clone()).unwrap()).collect()
}

/// One record that holds every type of BSON, and odd keys.
pub(crate) fn every_type() -> RawDocumentBuf {
    let mut record = raw(&doc! {
        "_id": id(1),
        "timestamp": DateTime::from_millis(START),
        "double": 0.1,
        "negative zero": -0.0,
        "infinity": f64::INFINITY,
        "text": "\u{1F332} two\0words\r\n",
        "document": { "a": { "b": { "c": 1 } } },
        "array": [1, "two", 3.0, [4]],
        "binary": Binary { subtype: bson::spec::BinarySubtype::Generic, bytes: vec![0, 255, 7] },
        "own binary": Binary { subtype: bson::spec::BinarySubtype::UserDefined(200), bytes: vec![] },
        "object id": ObjectId::from_bytes([9; 12]),
        "bool": true,
        "date": DateTime::from_millis(i64::MIN),
        "null": Bson::Null,
        "regex": Regex { pattern: "a.*b".try_into().unwrap(), options: "i".try_into().unwrap() },
        "code": Bson::JavaScriptCode("f()".to_owned()),
        "scoped code": bson::JavaScriptCodeWithScope { code: "f(x)".to_owned(), scope: doc! {"x": 1} },
        "symbol": Bson::Symbol("s".to_owned()),
        "undefined": Bson::Undefined,
        "int32": i32::MIN,
        "int64": 7_i64,
        "stamp": Timestamp { time: 1, increment: 2 },
        "decimal": "1.10".parse::<Decimal128>().unwrap(),
        "min": Bson::MinKey,
        "max": Bson::MaxKey,
        "a.b": 1,
        "$dollar": 2,
    });
    record.append(bson::cstr!(""), RawBson::Array(RawArrayBuf::new()));
    record
}
