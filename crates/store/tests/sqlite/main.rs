//! The store in a file.
#![cfg(feature = "sqlite")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail by panicking, too")]

#[path = "../conformance/mod.rs"]
mod conformance;
mod crash;
mod damage;
mod errors;
mod interleavings;
#[path = "../packed/mod.rs"]
mod packed;
mod packing;
mod processes;
mod spool;

use conformance::Harness;
use packed::PackingStore;
use std::process::Command;
use woodpile_store::{OpenOptions, SqliteStore};

conformance!(|| {
    let (store, folder) = new_store();
    Harness::new(store, folder)
});

conformance_packed!(|share| {
    let (store, folder) = new_store();
    Harness::new(PackingStore::new(store, share), folder)
});

fn new_store() -> (SqliteStore, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("logs.db"), &OpenOptions::WRITE).unwrap();
    (store, folder)
}

/// This program again, to run one test that is ignored otherwise: another process with the same file.
fn another_process(test: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--ignored", "--nocapture"]);
    command
}

/// What the starting process said by `name`.
#[expect(clippy::disallowed_methods, reason = "how a test tells its child what to do")]
fn told(name: &str) -> String {
    std::env::var(name).unwrap()
}
