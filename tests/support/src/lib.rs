//! What the tests of several crates share: FerretDB, an independent engine that speaks MongoDB's
//! protocol, built from `tests/ferretdb` with Go and run as a process of the test's own.
//!
//! Where it cannot be built, a test is skipped and says so; under `CI=true` that is a failure. With
//! `WOODPILE_TEST_MONGODB_URI` set, tests that need no control over the process use that server.

mod build;
mod ferret;
mod names;

pub use ferret::{Ferret, Login};
pub use names::{fresh_database_name, with_database};

use std::io::Write;
use std::sync::OnceLock;

/// The URI of an engine that all tests of this process share, without a database; each test takes a
/// database of its own, see [`fresh_database`]. `None` means: skip the test.
///
/// # Panics
/// Under `CI=true`, if no engine can be had.
pub fn ferretdb() -> Option<&'static str> {
    static SHARED: OnceLock<Option<String>> = OnceLock::new();
    // The process is left to end with this one: its standard input closes then.
    static PROCESS: OnceLock<Ferret> = OnceLock::new();
    let uri = SHARED.get_or_init(|| {
        if let Some(uri) = variable("WOODPILE_TEST_MONGODB_URI") {
            return Some(uri);
        }
        let ferret = or_skip(Ferret::in_memory())?;
        Some(PROCESS.get_or_init(|| ferret).uri())
    });
    uri.as_deref()
}

/// The URI of a database that no other test uses, on the shared engine. `None` means: skip the test.
///
/// # Panics
/// Under `CI=true`, if no engine can be had.
pub fn fresh_database() -> Option<String> {
    ferretdb().map(|uri| with_database(uri, &fresh_database_name()))
}

/// Turns what keeps an engine from starting into a visible skip, or a failure under `CI=true`.
#[expect(clippy::panic, reason = "fails the test that asked")]
fn or_skip<T>(started: Result<T, String>) -> Option<T> {
    match started {
        Ok(value) => Some(value),
        Err(reason) if variable("CI").is_some_and(|ci| ci == "true") => {
            panic!("no MongoDB engine to test against: {reason}")
        }
        Err(reason) => {
            // Written directly, as the test harness would capture what is printed.
            let note = format!("SKIPPED: no MongoDB engine to test against: {reason}\n");
            let _ = std::io::stderr().write_all(note.as_bytes());
            None
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "tests are told by the environment where to run")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
