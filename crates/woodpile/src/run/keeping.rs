//! What stands between a command's output and the store.

use super::capture::{Capture, Origin};
use super::{disk, spool};
use crate::clock;
use crate::exit::{say, usage};
use crate::settings::Settings;
use anyhow::Context;
use std::path::{Path, PathBuf};
use std::time::Duration;
use woodpile_keep::{Connect, Counters, Keeper};
use woodpile_record::IdSource;
use woodpile_store::{Location, OpenOptions};

/// How long, after the command has ended, what it printed last may take to be durable.
const FLUSH_DEADLINE: Duration = Duration::from_secs(10);

/// Keeps what is captured.
#[derive(Debug)]
pub(crate) struct Keeping {
    keeper: Keeper,
    ids: IdSource,
    spool: Option<PathBuf>,
}

impl Keeping {
    /// Starts keeping. Says which store it is; a database that is away is no error, for the command must
    /// not wait for it.
    pub(crate) fn start(settings: &Settings) -> anyhow::Result<Self> {
        let choice = settings.choice();
        say(&choice.to_string());
        let connect = connect(&choice.location)?;
        let lost = disk::why_lost();
        if let (Location::File(path), Some(reason)) = (&choice.location, lost) {
            say(&format!("the store {} will be lost: {reason}", path.display()));
        }
        let (path, spool) = spool::open(&choice.location)?.unzip();
        let keep = woodpile_keep::Settings { spool_lasts: lost.is_none(), ..Default::default() };
        let notices =
            Box::new(|notice: &woodpile_keep::Notice| say(&format!("woodpile: {notice}")));
        let keeper = Keeper::start(connect, spool, notices, keep)
            .context("cannot start the threads that keep logs")?;
        Ok(Self { keeper, ids: clock::id_source(), spool: path })
    }

    /// For one stream of a process.
    pub(crate) fn capture(&self, origin: &Origin, collection: Option<&str>) -> Capture<'_> {
        Capture::new(&self.keeper, &self.ids, origin.clone(), collection)
    }

    /// Makes everything durable, within a deadline, and says what is not.
    pub(crate) fn finish(self) {
        match self.keeper.close(FLUSH_DEADLINE) {
            Ok(counters) => tell(&counters, self.spool.as_deref()),
            Err(error) => say(&format!("woodpile: {error}")),
        }
    }
}

/// Opens the store now, so that a wrong name or file is told before the command starts, and again whenever
/// the keeper asks.
fn connect(location: &Location) -> anyhow::Result<Connect> {
    if let Location::Server(_) = location {
        return Err(usage(format!(
            "{location}: this release does not send to a server; name a file or mongodb://…"
        )));
    }
    let mut first = match woodpile_store::open(location, &OpenOptions::WRITE) {
        Ok(store) => Some(store),
        Err(error) if error.is_temporary() => None,
        Err(error) => return Err(error.into()),
    };
    let location = location.clone();
    Ok(Box::new(move || match first.take() {
        Some(store) => Ok(store),
        None => woodpile_store::open(&location, &OpenOptions::WRITE),
    }))
}

/// Says what is not in the store.
fn tell(counters: &Counters, spool: Option<&Path>) {
    if let (1.., Some(path)) = (counters.spooled, spool) {
        say(&format!(
            "woodpile: {} log records wait in {} until the store is back; the next `woodpile run` or \
             `start` with this store takes them there",
            counters.spooled,
            path.display()
        ));
    }
    for (reason, count) in counters.dropped.iter().filter(|(_, count)| *count > 0) {
        say(&format!("woodpile: {count} log records are lost: {reason}"));
    }
}
