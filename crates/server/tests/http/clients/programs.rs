//! The clients' programs, installed once and kept beside what is built.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the programs are that use the clients, and the lists of what these need.
pub(super) fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients")
}

/// A folder with all Node packages, which is made once; `None` means: skip.
pub(super) fn node_modules() -> Option<PathBuf> {
    installed("package.json", "client-node", |folder| {
        fs::copy(source().join("package.json"), folder.join("package.json"))
            .map_err(|error| error.to_string())?;
        run(Command::new("npm").current_dir(folder).args(["install", "--no-audit", "--no-fund"]))
    })
    .map(|folder| folder.join("node_modules"))
}

/// The Python of a virtual environment with all packages, which is made once; `None` means: skip.
pub(super) fn python() -> Option<PathBuf> {
    installed("requirements.txt", "client-python", |folder| {
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(folder))?;
        let requirements = source().join("requirements.txt");
        let mut pip = Command::new(folder.join("bin/python"));
        run(pip.args(["-m", "pip", "install", "-q", "-r"]).arg(requirements))
    })
    .map(|folder| folder.join("bin/python"))
}

/// The folder of this name, made anew where it was not made of this list.
///
/// # Panics
/// Under `CI=true`, if it cannot be made.
fn installed(
    list: &str,
    name: &str,
    make: impl FnOnce(&Path) -> Result<(), String>,
) -> Option<PathBuf> {
    static ONE_AT_A_TIME: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let wanted = fs::read(source().join(list)).unwrap();
    let made_of = folder.join("made-of");
    if fs::read(&made_of).is_ok_and(|made_of| made_of == wanted) {
        return Some(folder);
    }
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    match make(&folder) {
        Ok(()) => {
            fs::write(&made_of, wanted).unwrap();
            Some(folder)
        }
        Err(reason) if is_ci() => panic!("no {name} to test with: {reason}"),
        Err(reason) => {
            woodpile_test_support::skip(&format!("no {name}: {reason}"));
            None
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "whoever runs the tests says whether to skip")]
fn is_ci() -> bool {
    std::env::var("CI").is_ok_and(|ci| ci == "true")
}

/// Runs a program to its end.
pub(super) fn run(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    if output.status.success() { Ok(()) } else { Err(said) }
}
