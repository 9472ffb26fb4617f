//! `woodpile pack` and `woodpile unpack`: hot records into blocks, and back.

mod lease;
mod outcome;
mod progress;
mod unpack;

pub(crate) use lease::Lease;
pub(crate) use unpack::execute as execute_unpack;

use crate::cli::PackArgs;
use crate::exit::{FAILED, INTERRUPTED, say, usage};
use crate::settings::Settings;
use crate::stats::grouped;
use crate::{clock, interrupt};
use outcome::Sizes;
use std::io::{self, Write};
use std::process::ExitCode;
use woodpile_keep::{PLAIN_FOR, PackError, Plan, Retention, foresee, pack};
use woodpile_store::{CollectionStats, Location, Store, StoreError};

/// Packs what the user named, or all that Woodpile wrote, and says what it brought.
pub(crate) fn execute(args: &PackArgs, settings: &Settings) -> anyhow::Result<ExitCode> {
    let store = settings.open_to_change()?;
    let chosen = choose(&*store, args.collection.as_deref())?;
    let plan = plan(args.all, &settings.choice().location);
    if args.dry_run {
        let foreseen = chosen
            .iter()
            .map(|stats| Ok(outcome::foresee(stats, foresee(&*store, stats, plan)?, args.all)));
        return print(&foreseen.collect::<Result<Vec<_>, StoreError>>()?);
    }
    let lease = Lease { stopped: interrupt::raises_a_flag()? };
    let before = Sizes::of(&chosen);
    let mut is_whole = true;
    for stats in &chosen {
        let name = &stats.name;
        match retain(&*store, stats, &lease) {
            Err(PackError::Stopped) => return Ok(interrupted()),
            retained => is_whole &= told(&retained?),
        }
        let packed = lease.take(name, |watch| pack(&*store, name, plan, watch));
        match packed {
            Err(PackError::Stopped) => return Ok(interrupted()),
            packed => is_whole &= told(&packed?.left),
        }
    }
    store.tidy()?;
    print(&before.compare(&store.collections()?, args.all))?;
    Ok(if is_whole { ExitCode::SUCCESS } else { ExitCode::from(FAILED) })
}

/// Removes what rules keep no longer, if Woodpile wrote the collection; gives what was left alone.
fn retain(
    store: &dyn Store,
    stats: &CollectionStats,
    lease: &Lease,
) -> Result<Vec<PackError>, PackError> {
    if !store.is_packed_unasked(&stats.name)? {
        return Ok(Vec::new());
    }
    let rules = (woodpile_rules::READ.0)(store, None)?;
    let now = clock::now().as_millisecond();
    let gone = lease.take(&stats.name, |watch| {
        woodpile_keep::retain(store, stats, &*rules, now, (&mut Retention::default(), watch))
    })?;
    if gone.records > 0 {
        say(&format!("{}: {}", stats.name, removed_by_rules(gone.records)));
    }
    Ok(gone.left)
}

fn removed_by_rules(records: u64) -> String {
    let were = if records == 1 { "record was" } else { "records were" };
    format!("{} {were} removed, which the rules keep no longer", grouped(records))
}

/// Says what was left alone; true if nothing was.
pub(crate) fn told(left: &[PackError]) -> bool {
    for error in left {
        say(&format!("error: {error}; it is left as it is"));
    }
    left.is_empty()
}

pub(crate) fn interrupted() -> ExitCode {
    say("interrupted: what is done stays done, and nothing is lost");
    ExitCode::from(INTERRUPTED)
}

fn print(lines: &[String]) -> anyhow::Result<ExitCode> {
    let mut out = io::stdout().lock();
    for line in lines {
        writeln!(out, "{line}")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// With `--all` everything; else documents in a database stay plain for a while, for others to read.
fn plan(all: bool, location: &Location) -> Plan {
    match location {
        _ if all => Plan::ALL,
        Location::Mongo(_) => {
            let age = i64::try_from(PLAIN_FOR.as_millis()).unwrap_or(i64::MAX);
            Plan::older_than(clock::now().as_millisecond().saturating_sub(age))
        }
        _ => Plan::older_than(i64::MAX),
    }
}

/// What the user named, or all that Woodpile wrote.
fn choose(store: &dyn Store, named: Option<&str>) -> anyhow::Result<Vec<CollectionStats>> {
    let mut all = store.collections()?;
    if let Some(named) = named {
        all.retain(|stats| stats.name == named);
        return if all.is_empty() { Err(unknown(named)) } else { Ok(all) };
    }
    let mut chosen = Vec::new();
    for stats in all {
        if store.is_packed_unasked(&stats.name)? {
            chosen.push(stats);
        } else {
            say(&left_alone(&stats.name));
        }
    }
    Ok(chosen)
}

/// What is said of a collection that is packed only if it is named.
pub(crate) fn left_alone(name: &str) -> String {
    format!(
        "{name} is left unpacked, for others made it or it is capped: `woodpile pack {name}` packs what \
         others made"
    )
}

fn unknown(collection: &str) -> anyhow::Error {
    usage(format!(
        "there is no collection {collection}: `woodpile stats` lists those that there are"
    ))
}
