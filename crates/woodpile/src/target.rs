//! The store of a program that keeps logs while it runs: opened now, found again after an outage, with a spool.

use crate::exit::{say, usage};
use crate::settings::{Settings, variable};
use std::sync::Arc;
use std::time::Duration;
use woodpile_keep::{Connect, PLAIN_FOR};
use woodpile_store::{DefaultSpool, Location, OpenOptions, Store, lasting, open_default_spool};

/// What whoever keeps logs is handed.
pub(crate) struct Target {
    /// Gives the store whenever it is asked for.
    pub(crate) connect: Connect,
    /// The store, where it could be opened; a database may be away all the same.
    pub(crate) store: Option<Arc<dyn Store>>,
    /// Where records wait while a database is away.
    pub(crate) spool: Option<DefaultSpool>,
    /// Whether what is in the spool outlives a restart of the machine.
    pub(crate) spool_lasts: bool,
    /// How long records stay hot at least: those of a database are others' to read, too.
    pub(crate) pack_after: Duration,
}

impl Target {
    /// Opens the store, so that a wrong name or file is told at once, after saying which it is. A database that is away
    /// is no error.
    pub(crate) fn prepare(settings: &Settings) -> anyhow::Result<Self> {
        let choice = settings.choice();
        say(&choice.to_string());
        let location = &choice.location;
        let store = open_now(location)?;
        warn_if_lost(location);
        let spool = open_spool(location);
        let is_lost = |spool: &DefaultSpool| lasting::why_lost(&spool.path, variable).is_some();
        let is_shared = matches!(location, Location::Mongo(_));
        Ok(Self {
            connect: connect(store.clone(), location.clone()),
            store,
            spool_lasts: !spool.as_ref().is_some_and(is_lost),
            spool,
            pack_after: if is_shared { PLAIN_FOR } else { Duration::ZERO },
        })
    }
}

fn open_now(location: &Location) -> anyhow::Result<Option<Arc<dyn Store>>> {
    if let Location::Server(_) = location {
        return Err(usage(format!(
            "{location}: this release does not send to a server; name a file or mongodb://…"
        )));
    }
    match woodpile_store::open(location, &OpenOptions::WRITE) {
        Ok(store) => Ok(Some(store)),
        Err(error) if error.is_temporary() => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The store that is open, and another one each time after that.
fn connect(mut first: Option<Arc<dyn Store>>, location: Location) -> Connect {
    Box::new(move || match first.take() {
        Some(store) => Ok(store),
        None => woodpile_store::open(&location, &OpenOptions::WRITE),
    })
}

/// The spool, if there can be one: it is done without all the same.
fn open_spool(location: &Location) -> Option<DefaultSpool> {
    open_default_spool(location, variable).unwrap_or_else(|error| {
        say(&format!("woodpile: no spool for outages of the store: {error}"));
        None
    })
}

fn warn_if_lost(location: &Location) {
    if let Location::File(path) = location
        && let Some(reason) = lasting::why_lost(path, variable)
    {
        say(&format!("the store {} will be lost: {reason}", path.display()));
    }
}
