//! What was typed. What it means is the business of [`crate::settings`] and of each command.

use crate::forget::ForgetArgs;
use crate::rule::RuleArgs;
use crate::serve::ServeArgs;
use crate::token::TokenArgs;
use crate::{collection_name, complete, quota};
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use std::ffi::OsString;
use std::path::PathBuf;

/// Keeps every log line your app ever wrote, in one file or in your MongoDB, and finds any of them.
#[derive(Debug, Parser)]
#[command(name = "woodpile", version, max_term_width = 100, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: GlobalArgs,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Debug, Args)]
pub(crate) struct GlobalArgs {
    /// Where the records rest: a file path, or mongodb://… [default: what the environment, .env or
    /// woodpile.toml name, else ./woodpile.db]
    #[arg(long, global = true, value_name = "URL", help_heading = "For every command")]
    pub(crate) store: Option<String>,
    /// When to use colours [default: auto]
    #[arg(long, global = true, value_name = "WHEN", help_heading = "For every command")]
    pub(crate) color: Option<ColorChoice>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    /// Even into a pipe
    Always,
    /// Not at all
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Take in what programs send, and answer who searches: over HTTP, and more ways
    ///
    /// It says where it listens, and how to send and read a first record. Only this machine is served until
    /// there is a token (`woodpile token create`), `WOODPILE_TOKEN` for those who send, or
    /// `WOODPILE_PASSWORD` for everything. SIGTERM and Ctrl-C end it: what is under way is finished.
    Serve(ServeArgs),
    /// Run a command, pass its output through unchanged and keep it
    ///
    /// Its exit code is ours, and signals are forwarded. Each line becomes a record of application-log,
    /// access-log or error-log, whichever its format belongs to; `app` is the command's name or what
    /// `WOODPILE_APP` says. While a MongoDB is away, records wait in a spool in the user's state folder.
    Run(RunArgs),
    /// Run a Procfile's processes, as foreman does, and keep their output
    ///
    /// The end of one process ends all, and gives the exit code. `app` of a record is the kind of process,
    /// such as `web`; its tag is the process, such as `web.1`.
    Start(StartArgs),
    /// Print records, newest last
    Logs(LogsArgs),
    /// Say how many records there are, and what room they take; or count them by a query
    Stats(StatsArgs),
    /// Read log files of any known format into the store
    Import(ImportArgs),
    /// Write records as extended JSON, one a line, for `import` to read back unchanged
    Export(ExportArgs),
    /// Pack records into blocks, which take a small part of the room
    ///
    /// Nothing changes for those who read. `run`, `start` and programs that use log4mongo pack what they
    /// write by themselves. In a MongoDB, records that are younger than a day stay plain documents.
    Pack(PackArgs),
    /// Make packed records plain ones again
    Unpack(UnpackArgs),
    /// Say how much room the store may take, and what happens when it is used up
    ///
    /// Room is counted as a bill counts it: a file's bytes; in MongoDB the documents, uncompressed, and the
    /// indexes. At 80 and at 95 % of the quota whoever writes is warned, and everything is packed at once.
    Quota(QuotaArgs),
    /// Say which records are dropped, masked, or kept for a while
    Rule(RuleArgs),
    /// Remove records for good: what should never have been logged
    ///
    /// Without --yes they are only counted. What is packed is packed anew without them; all else stays as it is, byte
    /// for byte.
    Forget(ForgetArgs),
    /// Say who may send to `woodpile serve`, and read from it
    Token(TokenArgs),
    /// Look for damage in the store
    Check(CheckArgs),
    /// Print the completions for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the manual page
    Man,
    /// Tell of a command, or of the query language: `help query`
    Help {
        /// `query`, or a command
        topic: Option<String>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// Keep everything in this collection, whatever its format
    #[arg(long, value_name = "NAME", value_parser = collection_name::parse)]
    pub(crate) collection: Option<String>,
    /// The command and its arguments
    #[arg(
        required = true,
        trailing_var_arg = true,
        allow_hyphen_values = true,
        value_name = "CMD"
    )]
    pub(crate) command: Vec<OsString>,
}

#[derive(Debug, Args)]
pub(crate) struct StartArgs {
    /// The Procfile
    #[arg(short = 'f', long = "procfile", value_name = "FILE", default_value = "Procfile")]
    pub(crate) procfile: PathBuf,
    /// Files with environment variables, separated by commas [default: .env, where there is one]
    #[arg(short = 'e', long = "env", value_name = "FILE", value_delimiter = ',')]
    pub(crate) env: Vec<PathBuf>,
    /// How many of each process, such as web=1,worker=2 [default: all=1]
    #[arg(short = 'm', long = "formation", value_name = "FORMATION")]
    pub(crate) formation: Option<String>,
    /// The first process's port; each further kind of process gets 100 more [default: 5000]
    #[arg(short = 'p', long = "port", value_name = "PORT")]
    pub(crate) port: Option<u16>,
}

/// Which collection, in the words of the three logs.
#[derive(Debug, Args)]
#[group(multiple = false)]
pub(crate) struct CollectionArgs {
    /// Only application-log
    #[arg(short = 'a', long)]
    pub(crate) application: bool,
    /// Only error-log
    #[arg(short = 'e', long)]
    pub(crate) error: bool,
    /// Only this collection
    #[arg(long, value_name = "NAME", value_parser = collection_name::parse)]
    pub(crate) collection: Option<String>,
}

impl CollectionArgs {
    /// The collection that is named.
    pub(crate) fn name(&self) -> Option<&str> {
        match self {
            Self { application: true, .. } => Some("application-log"),
            Self { error: true, .. } => Some("error-log"),
            Self { collection, .. } => collection.as_deref(),
        }
    }
}

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(crate) struct LogsArgs {
    /// What to look for, as `woodpile help query` tells. Words that begin with `-` go after `--`
    #[arg(value_name = "QUERY", add = complete::query())]
    pub(crate) query: Vec<String>,
    #[command(flatten)]
    pub(crate) collection: CollectionArgs,
    #[command(flatten)]
    pub(crate) range: RangeArgs,
    /// At most this many of the newest records [default: 100, without --since]
    #[arg(short = 'n', long = "limit", value_name = "N")]
    pub(crate) limit: Option<usize>,
    /// Go on with what arrives, until Ctrl-C
    #[arg(short, long, conflicts_with_all = ["until", "reverse", "after", "before", "context"])]
    pub(crate) follow: bool,
    /// Only this level and what is more severe, such as warn
    #[arg(short, long, value_name = "LEVEL")]
    pub(crate) level: Option<String>,
    /// Also print the N records after each match
    #[arg(short = 'A', long = "after-context", value_name = "N")]
    pub(crate) after: Option<usize>,
    /// Also print the N records before each match
    #[arg(short = 'B', long = "before-context", value_name = "N")]
    pub(crate) before: Option<usize>,
    /// Also print the N records around each match
    #[arg(short = 'C', long = "context", value_name = "N", conflicts_with_all = ["after", "before"])]
    pub(crate) context: Option<usize>,
    /// How to print a record
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    pub(crate) output: OutputFormat,
    /// Newest first
    #[arg(long)]
    pub(crate) reverse: bool,
    /// Times in UTC, not in local time
    #[arg(long)]
    pub(crate) utc: bool,
    /// Print how the records are looked for and what was looked at, and no record
    #[arg(long)]
    pub(crate) explain: bool,
}

/// Between which times; both are as the user typed them.
#[derive(Debug, Args)]
pub(crate) struct RangeArgs {
    /// Nothing older: 1h, -3h, 30m, today, yesterday, friday, 2026-11-22, "2026-11-22 07:30", RFC 3339
    #[arg(long, value_name = "T", allow_hyphen_values = true)]
    pub(crate) since: Option<String>,
    /// Nothing from this time on, written as for --since
    #[arg(long, value_name = "T", allow_hyphen_values = true)]
    pub(crate) until: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OutputFormat {
    /// For people
    Text,
    /// Extended JSON, one record a line
    Json,
    /// key=value
    Logfmt,
    /// Comma-separated values, with a header
    Csv,
    /// The messages alone, as they came
    Raw,
}

#[derive(Debug, Args)]
pub(crate) struct StatsArgs {
    /// Of which records, and what of them, as `woodpile help query` tells
    #[arg(value_name = "QUERY", add = complete::query())]
    pub(crate) query: Vec<String>,
    /// JSON for programs: one object, or one a row of a query's result
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// The files, or `-` for standard input; gzip, zstd and xz are read as they are
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// The lines' format
    #[arg(long, default_value = "auto")]
    pub(crate) format: String,
    /// Keep everything in this collection, whatever its format; lines of mongoexport stay as they are
    #[arg(long, value_name = "NAME", value_parser = collection_name::parse)]
    pub(crate) collection: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// What to look for, as `woodpile help query` tells. Words that begin with `-` go after `--`
    #[arg(value_name = "QUERY", add = complete::query())]
    pub(crate) query: Vec<String>,
    #[command(flatten)]
    pub(crate) range: RangeArgs,
}

#[derive(Debug, Args)]
pub(crate) struct PackArgs {
    /// Only this collection [default: all that Woodpile wrote]
    #[arg(value_name = "COLLECTION", value_parser = collection_name::parse)]
    pub(crate) collection: Option<String>,
    /// Every record, however young, and as small as it gets: small blocks become large ones
    #[arg(long)]
    pub(crate) all: bool,
    /// Only say what would be packed
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Args)]
pub(crate) struct UnpackArgs {
    /// The collection
    #[arg(value_name = "COLLECTION", value_parser = collection_name::parse)]
    pub(crate) collection: String,
}

#[derive(Debug, Args)]
pub(crate) struct QuotaArgs {
    /// The most bytes, such as 240MB, 1.5GB or 480MiB, or `none` [default: only say what it is]
    #[arg(value_name = "SIZE", value_parser = quota::parse_size)]
    pub(crate) size: Option<quota::Size>,
    /// What happens to new records when the quota is used up [default: refuse]
    #[arg(long, value_name = "WHAT", requires = "size")]
    pub(crate) full: Option<FullChoice>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FullChoice {
    /// They are refused, and wait where they are until there is room
    Refuse,
    /// The oldest and least severe records are removed to make room
    Thin,
}

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Read every record
    #[arg(long)]
    pub(crate) deep: bool,
}
