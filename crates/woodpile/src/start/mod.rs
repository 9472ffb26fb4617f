//! `woodpile start`: a Procfile's processes, their output kept.

use crate::cli::StartArgs;
use crate::settings::Settings;
use std::process::ExitCode;

/// Runs the processes until one of them ends, or we are told to.
pub(crate) fn execute(args: &StartArgs, settings: &Settings) -> anyhow::Result<ExitCode> {
    anyhow::bail!("being written: {args:?} {settings:?}")
}
