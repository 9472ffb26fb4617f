//! `woodpile help`: the command line, one of its commands, or the query language.

use crate::cli::Cli;
use crate::exit::usage;
use clap::CommandFactory;
use std::io::{self, Write};
use std::process::ExitCode;

/// What the query language is asked for by.
const QUERY: &str = "query";

/// Prints what is known of the topic.
pub(crate) fn execute(topic: Option<&str>) -> anyhow::Result<ExitCode> {
    let mut command = Cli::command();
    command.build();
    let text = match topic {
        Some(QUERY) => woodpile_query::REFERENCE.to_owned(),
        Some(name) => match command.find_subcommand_mut(name) {
            Some(command) => command.render_long_help().to_string(),
            None => {
                return Err(usage(format!(
                    "there is no help on {name}: it is no command; `woodpile help` names all, and \
                     `woodpile help query` tells the query language"
                )));
            }
        },
        None => command.render_long_help().to_string(),
    };
    io::stdout().write_all(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
