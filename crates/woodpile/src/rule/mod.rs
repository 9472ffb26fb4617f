//! `woodpile rule`: what the owner wants dropped, masked and kept for a while.

pub(crate) mod outcome;

use crate::collection_name;
use crate::exit::{say, usage};
use crate::settings::Settings;
use clap::{Args, Subcommand};
use std::io::{self, Write};
use std::process::ExitCode;
use woodpile_query::{Filter, Part, Pattern};
use woodpile_rules::{BookError, Rule, RuleError, add, list, remove};

#[derive(Debug, Args)]
#[command(after_long_help = woodpile_rules::REFERENCE)]
pub(crate) struct RuleArgs {
    #[command(subcommand)]
    command: RuleCommand,
}

#[derive(Debug, Subcommand)]
enum RuleCommand {
    /// Follow a new rule from now on
    Add {
        #[command(subcommand)]
        rule: NewRule,
    },
    /// Print the rules, each with its number
    List,
    /// No longer follow a rule
    Remove {
        /// Its number, as `rule list` prints it
        #[arg(value_name = "N")]
        number: i64,
    },
}

#[derive(Debug, Subcommand)]
enum NewRule {
    /// Never store what matches, as noise; it is counted
    Drop {
        /// Which records, as `woodpile help query` tells. Words that begin with `-` go after `--`
        #[arg(value_name = "QUERY", required = true)]
        query: Vec<String>,
    },
    /// Store `[masked]` in the place of secrets
    Mask {
        /// Fields, such as user.email, with commas between them, or a regular expression, such as '/password=(\S+)/'
        #[arg(value_name = "WHAT", required = true)]
        what: Vec<String>,
    },
    /// Remove what matches when it is older than a time, or more than a number or a size
    Keep {
        /// Only in this collection
        #[arg(long, value_name = "NAME", value_parser = collection_name::parse)]
        collection: Option<String>,
        /// Which records, and how much of them: level:debug for 7d, '*' for 100000 records, '*' for 200MB
        #[arg(value_name = "QUERY for LIMIT", required = true)]
        words: Vec<String>,
    },
}

pub(crate) fn execute(args: &RuleArgs, settings: &Settings) -> anyhow::Result<ExitCode> {
    match &args.command {
        RuleCommand::Add { rule } => {
            add_rule(&rule.parse().map_err(|error| refused(&error))?, settings)
        }
        RuleCommand::List => print(settings),
        RuleCommand::Remove { number } => remove_rule(*number, settings),
    }
}

impl NewRule {
    fn parse(&self) -> Result<Rule, RuleError> {
        match self {
            Self::Drop { query } => Rule::drop(&query.join(" ")),
            Self::Mask { what } => Rule::mask(&what.join(" ")),
            Self::Keep { collection, words } => keep(collection.as_deref(), &words.join(" ")),
        }
    }
}

/// A collection alone needs no query.
fn keep(collection: Option<&str>, words: &str) -> Result<Rule, RuleError> {
    let is_bare = collection.is_some() && words.split_whitespace().next() == Some("for");
    let all = if is_bare { "* " } else { "" };
    let rule = Rule::parse(&format!("keep {all}{words}"))?;
    Ok(match (rule, collection) {
        (Rule::Keep(filter, limit), Some(name)) => {
            let name = Pattern::new([Part::Text(name.to_owned())]);
            Rule::Keep(Filter::and([Filter::Collection(name), filter]), limit)
        }
        (rule, _) => rule,
    })
}

fn refused(error: &RuleError) -> anyhow::Error {
    usage(format!("{error}\n`woodpile rule --help` tells of rules"))
}

fn add_rule(rule: &Rule, settings: &Settings) -> anyhow::Result<ExitCode> {
    let store = settings.open_to_write()?;
    let number = add(&*store, rule).map_err(unchanged)?;
    writeln!(io::stdout(), "{number}  {rule}")?;
    if let Rule::Drop(_) = rule {
        say("what is stored already stays: `woodpile forget QUERY` removes it");
    }
    Ok(ExitCode::SUCCESS)
}

fn print(settings: &Settings) -> anyhow::Result<ExitCode> {
    let store = settings.open_to_read()?;
    let rules = list(&*store)?;
    if rules.is_empty() {
        say("no rules: `woodpile rule --help` tells of them");
    }
    let mut out = io::stdout().lock();
    for rule in rules {
        writeln!(out, "{}  {}", rule.number, rule.rule)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn remove_rule(number: i64, settings: &Settings) -> anyhow::Result<ExitCode> {
    let store = settings.open_to_write()?;
    let rule = remove(&*store, number).map_err(unchanged)?;
    say(&format!("removed: {number}  {rule}"));
    Ok(ExitCode::SUCCESS)
}

fn unchanged(error: BookError) -> anyhow::Error {
    match error {
        BookError::Unknown { .. } | BookError::TooMany => usage(error.to_string()),
        error => error.into(),
    }
}
