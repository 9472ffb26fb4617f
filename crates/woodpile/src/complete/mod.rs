//! What shells and `man` want to know of the command line.

mod query;

use crate::cli::Cli;
use crate::exit::usage;
use clap::CommandFactory;
use clap_complete::env::Shells;
use clap_complete::{ArgValueCompleter, CompleteEnv, Shell};
use clap_mangen::Man;
use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

/// The variable by which a shell asks for completions.
const ASKED: &str = "COMPLETE";
const PROGRAM: &str = "woodpile";

/// Prints what makes a shell ask this program for completions: some are of the store.
pub(crate) fn completions(shell: Shell) -> anyhow::Result<ExitCode> {
    let name = shell.to_string();
    let shells = Shells::builtins();
    let Some(shell) = shells.completer(&name) else {
        return Err(usage(format!("there are no completions for {name}")));
    };
    let mut script = Vec::new();
    shell.write_registration(ASKED, PROGRAM, PROGRAM, PROGRAM, &mut script)?;
    io::stdout().write_all(&script)?;
    Ok(ExitCode::SUCCESS)
}

/// Answers a shell, if it is one that asks.
pub(crate) fn answer(args: &[OsString]) -> Result<bool, clap::Error> {
    CompleteEnv::with_factory(Cli::command).var(ASKED).try_complete(args, None)
}

/// Completes a query.
pub(crate) fn query() -> ArgValueCompleter {
    ArgValueCompleter::new(query::candidates)
}

/// Prints the manual page: the whole command line on one.
pub(crate) fn manual() -> anyhow::Result<ExitCode> {
    let mut command = Cli::command();
    command.build();
    let mut page = Vec::new();
    Man::new(command.clone()).render(&mut page)?;
    for subcommand in command.get_subcommands() {
        let name = format!("woodpile {}", subcommand.get_name());
        writeln!(page, ".SH {}", name.to_uppercase())?;
        let man = Man::new(subcommand.clone().bin_name(name));
        man.render_description_section(&mut page)?;
        man.render_options_section(&mut page)?;
    }
    io::stdout().write_all(&page)?;
    Ok(ExitCode::SUCCESS)
}
