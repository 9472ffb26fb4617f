//! What the tests of several crates share: FerretDB, an independent engine that speaks MongoDB's
//! protocol, built from `tests/ferretdb` with Go and run as a process of the test's own.
//!
//! Where it cannot be built, a test is skipped and says so; under `CI=true` that is a failure. With
//! `WOODPILE_TEST_MONGODB_URI` set, tests that need no control over the process use that server.
//!
//! And how often, and when, processes are killed that must lose nothing by it.

mod build;
mod ferret;
mod kills;
mod names;

pub use ferret::{Ferret, Login};
pub use kills::{kill_after, kills};
pub use names::{fresh_database_name, with_database};

use std::io::Write;
use std::sync::OnceLock;

/// Names a server to test against instead of FerretDB.
const OTHER_SERVER: &str = "WOODPILE_TEST_MONGODB_URI";

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
        if let Some(uri) = variable(OTHER_SERVER) {
            return Some(uri);
        }
        let ferret = or_skip(Ferret::fleeting())?;
        Some(PROCESS.get_or_init(|| ferret).uri())
    });
    uri.as_deref()
}

/// Whether the shared engine is FerretDB, which lacks some of what MongoDB has.
pub fn is_ferretdb() -> bool {
    variable(OTHER_SERVER).is_none()
}

/// The URI of a database that no other test uses, on the shared engine. `None` means: skip the test.
///
/// # Panics
/// Under `CI=true`, if no engine can be had.
pub fn fresh_database() -> Option<String> {
    ferretdb().map(|uri| with_database(uri, &fresh_database_name()))
}

/// Turns what keeps an engine from starting into a visible skip, or a failure under `CI=true`.
fn or_skip<T>(started: Result<T, String>) -> Option<T> {
    started.map_err(|reason| miss(&format!("no MongoDB engine to test against: {reason}"))).ok()
}

/// Says that a test is skipped because something is not installed.
///
/// # Panics
/// Under `CI=true`, where everything has to be.
pub fn miss(reason: &str) {
    assert!(variable("CI").is_none_or(|ci| ci != "true"), "{reason}");
    skip(reason);
}

/// Says that a test is skipped, where the test harness does not capture it.
pub fn skip(reason: &str) {
    let _ = std::io::stderr().write_all(format!("SKIPPED: {reason}\n").as_bytes());
}

#[expect(clippy::disallowed_methods, reason = "tests are told by the environment where to run")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
