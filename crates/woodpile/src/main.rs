//! The command line: what did the operator want?
//!
//! [`cli`] is what was typed, [`settings`] what it means with the environment and `woodpile.toml`; each
//! command is a module with one `execute`. Errors become exit codes in [`exit`] alone.

mod byte_size;
mod check;
mod cli;
mod clock;
mod collection_name;
mod complete;
mod dash;
mod exit;
mod export;
mod exported;
mod forget;
mod help;
mod import;
mod interrupt;
mod logs;
mod long_line;
mod output;
mod pack;
mod pager;
mod query;
mod quota;
mod results;
mod rule;
mod run;
mod screen;
mod serve;
mod settings;
mod start;
mod stats;
mod style;
mod table;
mod target;
mod token;

use clap::Parser;
use cli::{Cli, Command};
use settings::Settings;
use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<_> = std::env::args_os().collect();
    match complete::answer(&args) {
        Ok(false) => {}
        Ok(true) => return ExitCode::SUCCESS,
        Err(error) => return exit::refuse(&error, &args),
    }
    let cli = match Cli::try_parse_from(&args) {
        Ok(cli) => cli,
        Err(error) => return exit::refuse(&error, &args),
    };
    exit::report(execute(&cli))
}

fn execute(cli: &Cli) -> anyhow::Result<ExitCode> {
    let settings = Settings::gather(&cli.global)?;
    match &cli.command {
        Command::Serve(args) => serve::execute(args, &settings),
        Command::Run(args) => run::execute(args, &settings),
        Command::Start(args) => start::execute(args, &settings),
        Command::Logs(args) => logs::execute(args, &settings),
        Command::Stats(args) => stats::execute(args, &settings),
        Command::Import(args) => import::execute(args, &settings),
        Command::Export(args) => export::execute(args, &settings),
        Command::Pack(args) => pack::execute(args, &settings),
        Command::Unpack(args) => pack::execute_unpack(args, &settings),
        Command::Quota(args) => quota::execute(args, &settings),
        Command::Rule(args) => rule::execute(args, &settings),
        Command::Forget(args) => forget::execute(args, &settings),
        Command::Token(args) => token::execute(args, &settings),
        Command::Check(args) => check::execute(args, &settings),
        Command::Completions { shell } => complete::completions(*shell),
        Command::Man => complete::manual(),
        Command::Help { topic } => help::execute(topic.as_deref()),
    }
}
