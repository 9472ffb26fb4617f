//! The one place where errors become messages and exit codes.

use crate::dash::misread_word;
use std::ffi::OsString;
use std::fmt;
use std::io::{self, Write};
use std::process::ExitCode;
use woodpile_search::SearchError;

/// Nothing matched.
pub(crate) const NO_MATCH: u8 = 1;
/// The command line, the configuration or the query is wrong.
const USAGE: u8 = 2;
/// The store, the network or the disk failed.
pub(crate) const FAILED: u8 = 3;
/// Ctrl-C.
pub(crate) const INTERRUPTED: u8 = 130;

/// What the user typed or configured is wrong; the text says what, where, and what to do.
#[derive(Debug)]
pub(crate) struct UsageError(pub(crate) String);

impl fmt::Display for UsageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for UsageError {}

/// An error in what the user typed, as every command raises it.
pub(crate) fn usage(message: impl Into<String>) -> anyhow::Error {
    UsageError(message.into()).into()
}

/// Prints the error, if it is one for the user's eyes, and picks the exit code.
pub(crate) fn report(outcome: anyhow::Result<ExitCode>) -> ExitCode {
    let error = match outcome {
        Ok(code) => return code,
        Err(error) => error,
    };
    if is_broken_pipe(&error) {
        return ExitCode::SUCCESS;
    }
    tell(&error);
    ExitCode::from(code_of(&error))
}

fn code_of(error: &anyhow::Error) -> u8 {
    if error.is::<UsageError>() || error.downcast_ref().is_some_and(asks_too_much) {
        USAGE
    } else {
        FAILED
    }
}

/// Whether another query would have an answer.
fn asks_too_much(error: &SearchError) -> bool {
    matches!(
        error,
        SearchError::Matcher(_)
            | SearchError::Rows(_)
            | SearchError::TooMuchHot { .. }
            | SearchError::TooLong { .. }
    )
}

/// Whoever read our output has seen enough, as `head` does: no failure of ours.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}

/// Prints the error with its causes.
pub(crate) fn tell(error: &anyhow::Error) {
    say(&format!("error: {error:#}"));
}

/// Prints a line on standard error. When nobody reads it there is nobody to tell.
pub(crate) fn say(message: &str) {
    let _ = writeln!(io::stderr(), "{message}");
}

/// What clap found wrong, or the help that was asked for.
pub(crate) fn refuse(error: &clap::Error, args: &[OsString]) -> ExitCode {
    if let Some(word) = misread_word(error, args) {
        say(&format!(
            "error: {word} begins with `-`: a word to look for that does goes after `--`, as in: \
             woodpile logs -- {word}"
        ));
        return ExitCode::from(USAGE);
    }
    let _ = error.print();
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(USAGE))
}
