//! `woodpile token`: who may send to a server, and read from it.

use crate::clock;
use crate::collection_name;
use crate::exit::{say, usage};
use crate::settings::Settings;
use crate::stats::local;
use crate::table::Table;
use clap::{Args, Subcommand};
use jiff::Timestamp;
use std::io::{self, Write};
use std::process::ExitCode;
use woodpile_server::auth::{Listed, Rate, Scope, Token, TokenError, tokens};

#[derive(Debug, Args)]
pub(crate) struct TokenArgs {
    #[command(subcommand)]
    command: TokenCommand,
}

#[derive(Debug, Subcommand)]
enum TokenCommand {
    /// Make a token: the last line on standard output is the token, which is shown only now
    ///
    /// From the first token on, servers of this store ask everybody for one.
    Create(CreateArgs),
    /// Print the tokens, each with what it is for and when it was used last
    List,
    /// Let nobody in by a token any more
    Revoke {
        /// Its name, as `token list` prints it
        #[arg(value_name = "NAME")]
        name: String,
    },
}

#[derive(Debug, Args)]
struct CreateArgs {
    /// Who has it, such as the app's name
    #[arg(value_name = "NAME")]
    name: String,
    /// What it is for: ingest (to send), read, or admin (everything)
    #[arg(long, value_name = "SCOPE", default_value = "ingest")]
    scope: Scope,
    /// Where its records go, unless they or the request name a collection
    #[arg(long, value_name = "NAME", value_parser = collection_name::parse)]
    collection: Option<String>,
    /// What its records are tagged with; may be given several times
    #[arg(long = "tag", value_name = "T")]
    tags: Vec<String>,
    /// The most records a second, such as 500/s
    #[arg(long, value_name = "N/s")]
    rate: Option<Rate>,
}

pub(crate) fn execute(args: &TokenArgs, settings: &Settings) -> anyhow::Result<ExitCode> {
    match &args.command {
        TokenCommand::Create(args) => create(args, settings),
        TokenCommand::List => list(settings),
        TokenCommand::Revoke { name } => {
            let store = settings.open_to_change()?;
            tokens::revoke(&*store, name).map_err(unchanged)?;
            say(&format!("revoked: {name}; servers let nobody in by it after a few seconds"));
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn create(args: &CreateArgs, settings: &Settings) -> anyhow::Result<ExitCode> {
    let CreateArgs { name, scope, collection, tags, rate } = args;
    let token = Token {
        name: name.clone(),
        scope: *scope,
        collection: collection.clone(),
        tags: tags.clone(),
        rate: *rate,
    };
    let store = settings.open_to_write()?;
    let secret = tokens::create(&*store, &token, clock::now()).map_err(unchanged)?;
    say(&format!("the token {name} ({scope}), which is shown only now:"));
    writeln!(io::stdout(), "{}", secret.reveal())?;
    Ok(ExitCode::SUCCESS)
}

fn list(settings: &Settings) -> anyhow::Result<ExitCode> {
    let store = settings.open_to_read()?;
    let listed = tokens::list(&*store)?;
    if listed.is_empty() {
        say("no tokens: `woodpile token create NAME` makes one");
        return Ok(ExitCode::SUCCESS);
    }
    let mut table =
        Table::new(["name", "scope", "collection", "tags", "rate", "created", "last use"]);
    for listed in listed {
        table.row(cells(listed));
    }
    let mut text = String::new();
    table.take(&mut text);
    io::stdout().write_all(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

fn cells(listed: Listed) -> Vec<String> {
    let Listed { token: Token { name, scope, collection, tags, rate }, created, last_use } = listed;
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    let time = |time: Timestamp| local(time.as_millisecond());
    vec![
        name,
        scope.to_string(),
        or_dash(collection),
        or_dash((!tags.is_empty()).then(|| tags.join(","))),
        or_dash(rate.map(|rate| rate.to_string())),
        or_dash(created.map(time)),
        or_dash(last_use.map(time)),
    ]
}

fn unchanged(error: TokenError) -> anyhow::Error {
    match error {
        TokenError::Store(error) => error.into(),
        TokenError::Random(_) => error.into(),
        error => usage(error.to_string()),
    }
}
