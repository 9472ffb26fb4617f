//! The command: its environment, why it could not start, and what its end means as an exit code.

use crate::exit::say;
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, ExitCode, ExitStatus};

/// Exit codes as shells give them
/// (<https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_08_02>).
const NOT_EXECUTABLE: u8 = 126;
const NOT_FOUND: u8 = 127;
/// A command that a signal ended has this plus the signal's number.
pub(crate) const AFTER_SIGNAL: i32 = 128;

/// Set for every program whose output is kept, where unset: a piped Python would print late, and
/// gunicorn would hide its access log.
const DEFAULTS: [(&str, &str); 2] =
    [("PYTHONUNBUFFERED", "1"), ("GUNICORN_CMD_ARGS", "--access-logfile=-")];
/// Tells `log4mongo` to write JSON to standard output, so that nothing is kept twice.
const CAPTURED: &str = "WOODPILE_CAPTURED";

/// The command with its environment; standard input is ours.
pub(crate) fn of(words: &[OsString]) -> Command {
    let mut words = words.iter();
    let mut command = Command::new(words.next().map_or(OsStr::new(""), OsString::as_os_str));
    command.args(words);
    set_defaults(&mut command);
    command
}

/// Sets what a program needs whose output is kept.
pub(crate) fn set_defaults(command: &mut Command) {
    for (name, value) in DEFAULTS {
        if std::env::var_os(name).is_none() {
            command.env(name, value);
        }
    }
    command.env(CAPTURED, "1");
}

/// Whether another woodpile keeps our output.
pub(crate) fn is_captured() -> bool {
    std::env::var_os(CAPTURED).is_some_and(|value| !value.is_empty())
}

/// Says why the command did not start; the exit code is a shell's.
pub(crate) fn refuse(program: &OsStr, error: &io::Error) -> ExitCode {
    let name = program.to_string_lossy();
    let is_file = Path::new(program).is_file();
    let (code, reason) = match error.kind() {
        io::ErrorKind::NotFound if is_file => {
            (NOT_FOUND, "the program that its first line names is not there".to_owned())
        }
        io::ErrorKind::NotFound if name.contains('/') => {
            (NOT_FOUND, "there is no such file".into())
        }
        io::ErrorKind::NotFound => (NOT_FOUND, "there is no such command in PATH".into()),
        io::ErrorKind::PermissionDenied => {
            (NOT_EXECUTABLE, format!("it may not be executed; try chmod +x {name}"))
        }
        _ => (NOT_EXECUTABLE, error.to_string()),
    };
    say(&format!("error: cannot run {name}: {reason}"));
    ExitCode::from(code)
}

/// The exit code that stands for how a process ended.
pub(crate) fn code_of(status: ExitStatus) -> u8 {
    let code = status.code().or(status.signal().map(|signal| AFTER_SIGNAL + signal));
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(u8::MAX)
}
