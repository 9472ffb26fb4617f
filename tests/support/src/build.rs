//! Builds the engine, once per machine: Go caches what it compiled.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

const SOURCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../ferretdb");

/// Leaves out the engines that are not tested.
const GO_TAGS: &str = "ferretdb_no_postgresql";

/// The path of the built engine.
pub(crate) fn executable() -> Result<&'static Path, String> {
    static BUILT: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    match BUILT.get_or_init(build) {
        Ok(path) => Ok(path),
        Err(reason) => Err(reason.clone()),
    }
}

fn build() -> Result<PathBuf, String> {
    let directory = target_directory()?;
    let path = directory.join("woodpile-test-ferretdb");
    // Test processes may run side by side: one builds, the others wait and find it built.
    let lock = File::create(directory.join("woodpile-test-ferretdb.lock")).map_err(text)?;
    lock.lock().map_err(text)?;
    let output = Command::new("go")
        .args(["build", "-buildvcs=false", "-tags", GO_TAGS, "-o"])
        .arg(&path)
        .arg(".")
        .current_dir(SOURCES)
        .output()
        .map_err(|error| format!("cannot run `go` (is Go 1.24 or newer installed?): {error}"))?;
    if output.status.success() {
        Ok(path)
    } else {
        Err(format!("go build in {SOURCES}: {}", String::from_utf8_lossy(&output.stderr).trim()))
    }
}

/// The folder above `deps` or `examples`, where Cargo put the test itself.
fn target_directory() -> Result<PathBuf, String> {
    let test = std::env::current_exe().map_err(text)?;
    let mut folders = test.ancestors().skip(1);
    let inner = folders.next().unwrap_or(Path::new("."));
    let named = |name: &str| inner.file_name().is_some_and(|found| found == name);
    let chosen = if named("deps") || named("examples") { folders.next() } else { Some(inner) };
    chosen.map(Path::to_owned).ok_or_else(|| format!("{} is in no folder", test.display()))
}

#[expect(clippy::needless_pass_by_value, reason = "the signature of `map_err`")]
fn text(error: std::io::Error) -> String {
    error.to_string()
}
