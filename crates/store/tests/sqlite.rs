//! The store in a file.
#![cfg(feature = "sqlite")]

mod conformance;

use conformance::Harness;
use woodpile_store::{OpenOptions, SqliteStore};

conformance!(|| {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("logs.db"), &OpenOptions::WRITE).unwrap();
    Harness::new(store, folder)
});
