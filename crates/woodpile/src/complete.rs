//! What shells and `man` want to know of the command line.

use crate::cli::Cli;
use clap::CommandFactory;
use clap_complete::Shell;
use clap_mangen::Man;
use std::io::{self, Write};
use std::process::ExitCode;

/// Prints a shell's completions.
pub(crate) fn completions(shell: Shell) -> anyhow::Result<ExitCode> {
    // Into memory first: clap would panic where nobody reads.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "woodpile", &mut script);
    io::stdout().write_all(&script)?;
    Ok(ExitCode::SUCCESS)
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
