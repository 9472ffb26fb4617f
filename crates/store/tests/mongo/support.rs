//! What the tests share.

use bson::oid::ObjectId;
use bson::raw::RawDocumentBuf;
use bson::{DateTime, Document, rawdoc};
use woodpile_record::{Batch, RawDocument};
use woodpile_store::{Appended, Identity, MongoStore, Order, Prune, Store};

/// The first second of 2026.
pub(crate) const NEW_YEAR: i64 = 1_767_225_600_000;

/// A store in a database of its own, on the shared engine. `None` means: skip the test.
pub(crate) fn fresh_store() -> Option<(String, MongoStore)> {
    let uri = woodpile_test_support::fresh_database()?;
    let store = MongoStore::new(&uri).unwrap();
    Some((uri, store))
}

/// An id of its own for each number.
pub(crate) fn id(number: u32) -> ObjectId {
    let [a, b, c, d] = number.to_be_bytes();
    ObjectId::from_parts(1_767_225_600, [7, 7, 7, 7, a], [b, c, d])
}

/// A record whose content follows from its number.
pub(crate) fn record(number: u32) -> RawDocumentBuf {
    rawdoc! {
        "_id": id(number),
        "timestamp": DateTime::from_millis(NEW_YEAR + i64::from(number)),
        "level": "INFO",
        "message": format!("record {number}"),
    }
}

pub(crate) fn batch(documents: impl IntoIterator<Item = RawDocumentBuf>) -> Batch {
    let mut batch = Batch::new();
    for document in documents {
        batch.push(&document);
    }
    batch
}

/// Appends to the collection `log`.
pub(crate) fn append(store: &MongoStore, batch: &Batch) -> Appended {
    store.append(&[("log", batch)], Identity::Brought).unwrap()
}

/// All records of `log`, in the order asked for.
pub(crate) fn read(store: &MongoStore, prune: &Prune, order: Order) -> Vec<RawDocumentBuf> {
    let mut rows = store.read("log", prune, order).unwrap();
    let mut all = Vec::new();
    while let Some(portion) = rows.next().unwrap() {
        assert!(!portion.is_empty(), "a portion that is none");
        all.extend(portion.iter().map(RawDocument::to_owned));
    }
    all
}

pub(crate) fn read_all(store: &MongoStore) -> Vec<RawDocumentBuf> {
    read(store, &Prune::NONE, Order::OldestFirst)
}

pub(crate) fn document(raw: &RawDocument) -> Document {
    Document::try_from(raw).unwrap()
}

/// Runs a job with the driver's own view of the database, as other programs have it.
pub(crate) fn with_driver<T, J>(uri: &str, job: impl FnOnce(mongodb::Database) -> J) -> T
where
    J: Future<Output = mongodb::error::Result<T>>,
{
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let client = mongodb::Client::with_uri_str(uri).await.unwrap();
        let database = client.default_database().unwrap();
        job(database).await.unwrap()
    })
}

/// Inserts documents as another writer does.
pub(crate) fn write_foreign(uri: &str, documents: Vec<RawDocumentBuf>) {
    with_driver(uri, |database| async move {
        database.collection::<RawDocumentBuf>("log").insert_many(documents).await.map(drop)
    });
}
