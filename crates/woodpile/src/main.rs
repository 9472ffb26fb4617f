//! The command line: what did the operator want?
//!
//! [`cli`] is what was typed, [`settings`] what it means with the environment and `woodpile.toml`; each
//! command is a module with one `execute`. Errors become exit codes in [`exit`] alone.

mod cli;
mod exit;
mod run;
mod settings;
mod start;

use clap::Parser;
use cli::{Cli, Command};
use settings::Settings;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return exit::refuse(&error),
    };
    exit::report(execute(cli))
}

fn execute(cli: Cli) -> anyhow::Result<ExitCode> {
    let settings = Settings::gather(cli.global)?;
    match cli.command {
        Command::Run(args) => run::execute(&args, &settings),
        Command::Start(args) => start::execute(&args, &settings),
        _ => Ok(ExitCode::SUCCESS),
    }
}
