//! The store in a file.
#![cfg(feature = "sqlite")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail by panicking, too")]

#[path = "../conformance/mod.rs"]
mod conformance;
mod crash;
mod damage;
mod errors;
mod interleavings;
mod packing;
mod processes;
mod spool;

use conformance::Harness;
use std::process::Command;
use woodpile_store::{OpenOptions, SqliteStore};

conformance!(new_store);
conformance_packed!(new_store);

fn new_store() -> Harness {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("logs.db"), &OpenOptions::WRITE).unwrap();
    Harness::new(store, folder)
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
