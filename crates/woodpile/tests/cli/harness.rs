//! A folder of its own for each test, and the binary run in it.

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// The binary.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_woodpile");

/// A working folder with nothing in it and an environment that says nothing; times are in UTC.
pub(crate) struct Home {
    folder: TempDir,
    variables: Vec<(&'static str, String)>,
}

impl Home {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), variables: vec![("TZ", "UTC".to_owned())] }
    }

    /// A folder whose store has these captures of `tests/data`, each imported.
    pub(crate) fn with(captures: &[&str]) -> Self {
        let home = Self::new();
        for capture in captures {
            home.run(["import", data(capture).to_str().unwrap()]).succeeds();
        }
        home
    }

    /// Sets a variable of the environment.
    pub(crate) fn variable(mut self, name: &'static str, value: &str) -> Self {
        self.variables.push((name, value.to_owned()));
        self
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), content).unwrap();
    }

    /// The binary, with the signals as a login shell leaves them: whoever runs the tests may ignore some, as
    /// `nohup` and background jobs do.
    pub(crate) fn command<I: IntoIterator<Item: AsRef<OsStr>>>(&self, args: I) -> Command {
        let mut command = Command::new("/usr/bin/env");
        command.args(["--default-signal", PROGRAM]);
        command.args(args).current_dir(self.folder.path()).env_clear();
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs the binary to its end.
    #[track_caller]
    pub(crate) fn run<I: IntoIterator<Item: AsRef<OsStr>>>(&self, args: I) -> Outcome {
        Outcome::of(self.command(args).spawn().unwrap())
    }

    /// The same with something on standard input.
    #[track_caller]
    pub(crate) fn run_with_input<I>(&self, args: I, input: impl Into<Vec<u8>>) -> Outcome
    where
        I: IntoIterator<Item: AsRef<OsStr>>,
    {
        let mut child = self.command(args).stdin(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = input.into();
        let writer = std::thread::spawn(move || stdin.write_all(&input));
        let outcome = Outcome::of(child);
        writer.join().unwrap().unwrap();
        outcome
    }

    /// The messages of all records, in the order of an export.
    pub(crate) fn messages(&self) -> Vec<String> {
        let exported = self.run(["export"]).succeeds();
        exported.json_lines().iter().map(|record| text(&record["message"])).collect()
    }
}

/// What came of a run.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Outcome {
    pub(crate) fn of(child: Child) -> Self {
        let output = child.wait_with_output().unwrap();
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    #[track_caller]
    pub(crate) fn code(self, expected: i32) -> Self {
        assert_eq!(self.code, Some(expected), "{self:#?}");
        self
    }

    #[track_caller]
    pub(crate) fn succeeds(self) -> Self {
        self.code(0)
    }

    /// Standard output is exactly this.
    #[track_caller]
    pub(crate) fn prints(self, expected: &str) -> Self {
        assert_eq!(self.stdout, expected, "{self:#?}");
        self
    }

    /// Standard error has this somewhere.
    #[track_caller]
    pub(crate) fn says(self, expected: &str) -> Self {
        assert!(self.stderr.contains(expected), "expected {expected:?} in {self:#?}");
        self
    }

    pub(crate) fn json_lines(&self) -> Vec<serde_json::Value> {
        self.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// A capture in `tests/data`.
pub(crate) fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

pub(crate) fn text(value: &serde_json::Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

/// A number below a million as summaries show it.
pub(crate) fn grouped(number: usize) -> String {
    let (thousands, rest) = (number / 1_000, number % 1_000);
    if thousands > 0 { format!("{thousands},{rest:0>3}") } else { rest.to_string() }
}

/// Sends a signal by its name.
pub(crate) fn signal(child: &Child, name: &str) {
    let status = Command::new("kill").args(["-s", name, &child.id().to_string()]).status();
    assert!(status.unwrap().success());
}
