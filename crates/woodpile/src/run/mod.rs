//! `woodpile run`: a command's output passed through, and kept.

use crate::cli::RunArgs;
use crate::settings::Settings;
use std::process::ExitCode;

/// Runs the command; its exit code is ours.
pub(crate) fn execute(args: &RunArgs, settings: &Settings) -> anyhow::Result<ExitCode> {
    anyhow::bail!("being written: {args:?} {settings:?}")
}
