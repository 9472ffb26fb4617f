//! `woodpile forget`: removes records for good.

use crate::collection_name;
use crate::exit::{FAILED, NO_MATCH, say, usage};
use crate::pack::{Lease, interrupted, told};
use crate::settings::Settings;
use crate::stats::{grouped, local};
use crate::{clock, interrupt};
use clap::Args;
use jiff::tz::TimeZone;
use std::io::{self, Write};
use std::process::ExitCode;
use woodpile_keep::{PackError, forget};
use woodpile_query::{Matcher, Origin, parse};
use woodpile_record::{RawDocument, event_time};
use woodpile_store::{Order, Prune, Store, StoreError};

#[derive(Debug, Args)]
pub(crate) struct ForgetArgs {
    /// Which records, as `woodpile help query` tells. Words that begin with `-` go after `--`
    #[arg(value_name = "QUERY", required = true)]
    query: Vec<String>,
    /// Only in this collection; in a MongoDB, one that others made is touched only if it is named
    #[arg(long, value_name = "NAME", value_parser = collection_name::parse)]
    collection: Option<String>,
    /// Remove them, not only count them
    #[arg(long)]
    yes: bool,
}

pub(crate) fn execute(args: &ForgetArgs, settings: &Settings) -> anyhow::Result<ExitCode> {
    let matcher = matcher(&args.query.join(" "))?;
    if args.yes {
        let store = settings.open_to_change()?;
        return Wanted::new(args, &matcher, &*store)?.remove();
    }
    let store = settings.open_to_read()?;
    Wanted::new(args, &matcher, &*store)?.count()
}

fn matcher(text: &str) -> anyhow::Result<Matcher> {
    if text.trim().is_empty() {
        return Err(usage("which records? expected a query, or \"*\" for all"));
    }
    let query = parse(text).map_err(|errors| usage(errors.to_string()))?;
    if let Some(pipe) = query.pipes.first() {
        let end = format!("forget takes no pipes: expected the query to end before | {pipe}");
        return Err(usage(end));
    }
    let now = clock::now().to_zoned(TimeZone::system());
    Matcher::new(&query.filter, &now).map_err(|error| usage(error.to_string()))
}

/// What is to be forgotten.
struct Wanted<'a> {
    store: &'a dyn Store,
    matcher: &'a Matcher,
    collections: Vec<String>,
    prune: Prune,
}

/// What of a collection matches.
#[derive(Debug, Clone, Copy)]
struct Found {
    records: u64,
    first: i64,
    last: i64,
}

impl<'a> Wanted<'a> {
    fn new(args: &ForgetArgs, matcher: &'a Matcher, store: &'a dyn Store) -> anyhow::Result<Self> {
        let mut collections = Vec::new();
        for stats in store.collections()? {
            let name = stats.name;
            match &args.collection {
                Some(named) if *named != name => {}
                _ if !matcher.may_match_in(&name) => {}
                None if !store.is_packed_unasked(&name)? => say(&left_alone(&name)),
                _ => collections.push(name),
            }
        }
        let times = matcher.times();
        let prune = Prune { since: times.since, until: times.until };
        Ok(Self { store, matcher, collections, prune })
    }

    fn matches(&self, collection: &str, record: &RawDocument) -> bool {
        self.matcher.matches(record, Origin { collection })
    }

    /// Says how many records match, and leaves them.
    fn count(&self) -> anyhow::Result<ExitCode> {
        let mut out = io::stdout().lock();
        let mut total = 0;
        for name in &self.collections {
            let Some(Found { records, first, last }) = self.find(name)? else { continue };
            total += records;
            let (records, first, last) = (counted(records), local(first), local(last));
            writeln!(out, "{name}: {records}, from {first} to {last}")?;
        }
        if total == 0 {
            say("nothing matches");
            return Ok(ExitCode::from(NO_MATCH));
        }
        say(&format!("{} would be removed for good: `--yes` removes them", counted(total)));
        Ok(ExitCode::SUCCESS)
    }

    fn find(&self, collection: &str) -> Result<Option<Found>, StoreError> {
        let mut rows = self.store.read(collection, &self.prune, Order::OldestFirst)?;
        let mut found: Option<Found> = None;
        while let Some(batch) = rows.next()? {
            for record in batch.iter().filter(|record| self.matches(collection, record)) {
                let time = event_time(record);
                let found = found.get_or_insert(Found { records: 0, first: time, last: time });
                found.records += 1;
                found.last = time;
            }
        }
        Ok(found)
    }

    /// Removes what matches.
    fn remove(&self) -> anyhow::Result<ExitCode> {
        let lease = Lease { stopped: interrupt::raises_a_flag()? };
        let (mut total, mut is_whole) = (0, true);
        for name in &self.collections {
            let goes = |record: &RawDocument| self.matches(name, record);
            let gone =
                lease.take(name, |watch| forget(self.store, name, &self.prune, &goes, watch));
            let gone = match gone {
                Err(PackError::Stopped) => return Ok(interrupted()),
                gone => gone?,
            };
            is_whole &= told(&gone.left);
            total += gone.records;
            if gone.records > 0 {
                writeln!(io::stdout(), "{name}: {} removed", counted(gone.records))?;
            }
        }
        self.store.tidy()?;
        if total == 0 {
            say("nothing matches");
        }
        Ok(match (is_whole, total) {
            (false, _) => ExitCode::from(FAILED),
            (true, 0) => ExitCode::from(NO_MATCH),
            (true, _) => ExitCode::SUCCESS,
        })
    }
}

fn counted(records: u64) -> String {
    format!("{} record{}", grouped(records), if records == 1 { "" } else { "s" })
}

fn left_alone(name: &str) -> String {
    format!(
        "{name} is left alone, for others made it or it is capped: `--collection {name}` names it"
    )
}
