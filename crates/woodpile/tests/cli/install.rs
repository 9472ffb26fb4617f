//! What puts the program onto other machines: the install script and the buildpack, from a release in a folder.

use crate::harness::{Outcome, PROGRAM};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// A release as it is published, with the program under test in it, and places to install it to.
struct Release {
    folder: TempDir,
}

impl Release {
    fn new() -> Self {
        let release = Self { folder: tempfile::tempdir().unwrap() };
        let files = release.path("latest/download");
        fs::create_dir_all(&files).unwrap();
        let folder = Path::new(PROGRAM).parent().unwrap();
        let archive = files.join(archive());
        sh(&format!("tar -C {} -czf {} woodpile", folder.display(), archive.display()));
        sh(&format!("cd {} && sha256sum {1} > {1}.sha256", files.display(), self::archive()));
        release
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn url(&self) -> String {
        format!("file://{}", self.folder.path().display())
    }

    fn install(&self) -> Outcome {
        let mut script = Command::new("sh");
        script.arg(root().join("release/install.sh"));
        script.env("WOODPILE_RELEASES", self.url()).env("WOODPILE_BIN", self.path("bin"));
        finish(&mut script)
    }
}

fn archive() -> String {
    format!("woodpile-{}-unknown-linux-musl.tar.gz", std::env::consts::ARCH)
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[track_caller]
fn sh(line: &str) {
    finish(Command::new("sh").args(["-c", line])).succeeds();
}

fn finish(command: &mut Command) -> Outcome {
    let command = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    Outcome::of(command.spawn().unwrap())
}

#[test]
fn the_script_installs_a_program_that_runs() {
    let release = Release::new();
    let installed = release.install().succeeds();
    let version = env!("CARGO_PKG_VERSION");
    assert!(installed.stdout.contains(&format!("installed woodpile {version}")), "{installed:#?}");
    assert!(installed.stdout.contains("is not in your PATH"), "{installed:#?}");
    finish(Command::new(release.path("bin/woodpile")).arg("--version")).succeeds();
}

#[test]
fn a_download_that_is_damaged_is_not_installed() {
    let release = Release::new();
    let sum = release.path("latest/download").join(archive() + ".sha256");
    let published = fs::read_to_string(&sum).unwrap();
    fs::write(&sum, format!("{}{}", "0".repeat(64), &published[64..])).unwrap();
    let refused = release.install().code(1);
    assert!(refused.stderr.contains("is damaged"), "{refused:#?}");
    assert!(!release.path("bin/woodpile").exists());
}

#[test]
fn a_release_that_is_not_there_is_named() {
    let release = Release::new();
    fs::remove_file(release.path("latest/download").join(archive())).unwrap();
    let refused = release.install().code(1);
    assert!(refused.stderr.contains("latest/download/woodpile-"), "{refused:#?}");
    assert!(refused.stderr.contains("cannot be downloaded"), "{refused:#?}");
}

#[test]
fn the_buildpack_puts_the_program_into_the_path_of_a_dyno() {
    let release = Release::new();
    let (slug, settings) = (release.path("slug"), release.path("settings"));
    fs::create_dir_all(&slug).unwrap();
    fs::create_dir_all(&settings).unwrap();
    fs::write(settings.join("WOODPILE_RELEASES"), release.url()).unwrap();
    finish(Command::new(root().join("bin/detect")).arg(&slug)).succeeds().prints("Woodpile\n");
    let mut compile = Command::new(root().join("bin/compile"));
    compile.arg(&slug).arg(release.path("cache")).arg(&settings);
    let compiled = finish(&mut compile).succeeds();
    assert!(compiled.stdout.contains(".woodpile/bin/woodpile"), "{compiled:#?}");
    // As a dyno starts a process of the Procfile: its home is the slug, and what is in .profile.d was read.
    let line = "for f in .profile.d/*.sh; do . $f; done; woodpile run -- echo from the dyno";
    let mut dyno = Command::new("sh");
    dyno.args(["-c", line]).current_dir(&slug).env_clear();
    dyno.env("HOME", &slug).env("PATH", "/usr/bin:/bin").env("DYNO", "web.1");
    let ran = finish(&mut dyno).succeeds();
    assert_eq!(ran.stdout, "from the dyno\n");
}

#[test]
fn the_button_asks_for_what_a_server_needs() {
    let text = fs::read_to_string(root().join("app.json")).unwrap();
    let app: serde_json::Value = serde_json::from_str(&text).unwrap();
    for setting in ["MONGODB_URI", "WOODPILE_PASSWORD", "WOODPILE_TOKEN"] {
        assert!(app["env"][setting]["description"].is_string(), "{setting}");
    }
    assert_eq!(fs::read_to_string(root().join("Procfile")).unwrap(), "web: woodpile serve\n");
}
