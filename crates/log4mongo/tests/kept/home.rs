use log4mongo::{Builder, Guard, Log4Mongo};
use tempfile::TempDir;
use tracing_subscriber::prelude::*;
use woodpile_record::{RawDocument, Record, find, json};
use woodpile_store::{Location, OpenOptions, Order, Prune};

/// A folder of the test's own, with a store in it.
pub(crate) struct Home(TempDir);

impl Home {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    pub(crate) fn store(&self) -> String {
        self.path("woodpile.db")
    }

    pub(crate) fn builder(&self) -> Builder {
        log4mongo::builder().store(self.store())
    }

    /// Runs `f` with a log into the store, and ends logging.
    pub(crate) fn log<R>(&self, f: impl FnOnce(&Log4Mongo) -> R) -> R {
        let (log, guard) = self.builder().build().unwrap();
        let result = f(&log);
        end(guard);
        result
    }

    /// The same, with the log's layer as this thread's subscriber.
    pub(crate) fn trace<R>(&self, f: impl FnOnce() -> R) -> R {
        self.log(|log| trace(log, f))
    }

    pub(crate) fn records(&self, collection: &str) -> Vec<Record> {
        records(&self.store(), collection)
    }
}

/// Runs `f` with the log's layer as this thread's subscriber.
pub(crate) fn trace<R>(log: &Log4Mongo, f: impl FnOnce() -> R) -> R {
    tracing::subscriber::with_default(tracing_subscriber::registry().with(log.layer()), f)
}

pub(crate) fn end(guard: Guard) {
    drop(guard);
}

/// What a store holds, the oldest first.
pub(crate) fn records(store: &str, collection: &str) -> Vec<Record> {
    let location: Location = store.parse().unwrap();
    let store = woodpile_store::open(&location, &OpenOptions::READ).unwrap();
    let mut rows = store.read(collection, &Prune::NONE, Order::OldestFirst).unwrap();
    let mut records = Vec::new();
    while let Some(batch) = rows.next().unwrap() {
        let bytes = batch.iter().map(|record| record.as_bytes().to_vec());
        records.extend(bytes.map(|bytes| Record::from_bytes(bytes).unwrap()));
    }
    records
}

/// The named fields as extended JSON, which tells types: `level="INFO" cart=7`.
pub(crate) fn show(record: &RawDocument, names: &[&str]) -> String {
    let shown = names.iter().map(|name| {
        let mut text = format!("{name}=");
        match find(record, name) {
            Some(value) => json::write_value(value, &mut text),
            None => text.push('?'),
        }
        text
    });
    shown.collect::<Vec<_>>().join(" ")
}

/// The only record of the collection.
pub(crate) fn only(records: &[Record]) -> &RawDocument {
    let [record] = records else { panic!("one record was expected, not {records:#?}") };
    record.as_document()
}

/// A field's text, or nothing.
pub(crate) fn text<'r>(record: &'r RawDocument, name: &str) -> &'r str {
    find(record, name).and_then(woodpile_record::RawBsonRef::as_str).unwrap_or_default()
}
