//! Where records wait during an outage, beyond the queue.

use crate::InitError;
use crate::settings::Outages;
use std::path::PathBuf;
use woodpile_store::{Location, Spool};

/// The spool's file, and the spool.
pub(crate) type Opened = Option<(PathBuf, Box<dyn Spool>)>;

#[cfg(feature = "sqlite")]
pub(crate) fn open(outages: Outages, location: &Location) -> Result<Opened, InitError> {
    match outages {
        Outages::InMemory => Ok(None),
        Outages::Spool(path, most) => {
            let spool = woodpile_store::SqliteSpool::open(&path, most).map_err(InitError::Spool)?;
            Ok(Some((path, Box::new(spool))))
        }
        Outages::DefaultSpool => Ok(open_default(location)),
    }
}

/// Without it a program logs all the same: nobody asked for it.
#[cfg(feature = "sqlite")]
fn open_default(location: &Location) -> Opened {
    use crate::{say, surroundings::variable};
    use woodpile_store::{DEFAULT_SPOOL_BYTES, DefaultSpool, open_default_spool};

    let opened = open_default_spool(location, variable).unwrap_or_else(|error| {
        say(&format_args!("no spool for outages of the store: {error}"));
        None
    });
    let DefaultSpool { path, spool } = opened?;
    let mebibytes = DEFAULT_SPOOL_BYTES >> 20;
    say(&format_args!("in outages records wait in {}, at most {mebibytes} MiB", path.display()));
    Some((path, spool))
}

/// Spools are files of SQLite.
#[cfg(not(feature = "sqlite"))]
#[expect(clippy::unnecessary_wraps, reason = "with SQLite it may fail")]
pub(crate) fn open(_: Outages, _: &Location) -> Result<Opened, InitError> {
    Ok(None)
}
