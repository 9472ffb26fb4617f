//! `woodpile logs`: prints records, newest last.

mod explain;
mod follow;
mod history;
mod select;

use crate::cli::LogsArgs;
use crate::exit::{NO_MATCH, say};
use crate::filter::Filter;
use crate::moment;
use crate::output::Printer;
use crate::settings::Settings;
use crate::style::Painter;
use crate::{clock, interrupt, merge};
use jiff::Zoned;
use jiff::tz::TimeZone;
use std::io::{self, IsTerminal};
use std::process::ExitCode;
use woodpile_store::{Prune, Store, StoreError};

/// How many records are printed when nobody says.
const DEFAULT_LIMIT: usize = 100;

/// What was asked for.
#[derive(Debug)]
struct Plan {
    filter: Filter,
    prune: Prune,
    limit: Option<usize>,
    before: usize,
    after: usize,
    newest_first: bool,
}

/// Prints what matches; exit code 1 if nothing does.
pub(crate) fn execute(args: &LogsArgs, settings: &Settings) -> anyhow::Result<ExitCode> {
    let zone = if args.utc { TimeZone::UTC } else { TimeZone::system() };
    let plan = Plan::of(args, &clock::now().to_zoned(zone.clone()))?;
    let store = settings.open_to_read()?;
    let store = store.as_ref();
    interrupt::ends_the_program()?;
    if args.explain {
        explain::print(&plan, store)?;
        return Ok(ExitCode::SUCCESS);
    }
    let printer = Printer {
        format: args.output,
        painter: Painter { color: settings.color() },
        terminal: io::stdout().is_terminal(),
        utc: args.utc,
        zone,
    };
    if args.follow {
        return follow::print(&plan, store, &printer);
    }
    let collections = merge::collections(store, &plan.filter, &plan.prune)?;
    let matches = history::print(&plan, store, &collections, &printer, &mut |_| {})?;
    if matches == 0 {
        say_why_nothing_matched(args, &plan.filter, store)?;
        return Ok(ExitCode::from(NO_MATCH));
    }
    Ok(ExitCode::SUCCESS)
}

impl Plan {
    fn of(args: &LogsArgs, now: &Zoned) -> anyhow::Result<Self> {
        let filter = Filter::of(&args.query)?;
        let filter = filter.at_least(args.level.as_deref())?.within(&args.collection);
        let prune = moment::range(&args.range, now)?;
        let default = prune.since.is_none().then_some(DEFAULT_LIMIT);
        Ok(Self {
            filter,
            prune,
            limit: args.limit.or(default),
            before: args.before.or(args.context).unwrap_or(0),
            after: args.after.or(args.context).unwrap_or(0),
            newest_first: args.reverse,
        })
    }
}

/// Says what a search without a match may have overlooked.
fn say_why_nothing_matched(
    args: &LogsArgs,
    filter: &Filter,
    store: &dyn Store,
) -> Result<(), StoreError> {
    if args.collection.error {
        // Many look here for the app's exceptions.
        say(
            "nothing found in error-log, where the server under the app writes; an app's exceptions are \
             usually in its own log: woodpile logs -l error",
        );
    } else if let Some(word) = filter.field_like_word() {
        say(&format!(
            "nothing found; {word} was looked for as text: a query is words and collection:NAME, and \
             levels and times are asked for with -l, --since and --until"
        ));
    } else {
        say("nothing found");
    }
    let there: Vec<_> = store.collections()?.into_iter().map(|stats| stats.name).collect();
    for name in filter.collections().into_iter().flatten().filter(|name| !there.contains(name)) {
        let others = if there.is_empty() { "none".to_owned() } else { there.join(", ") };
        say(&format!("there is no collection {name}; there are: {others}"));
    }
    Ok(())
}
