//! From what a builder was told to running threads.

use crate::channel::{Form, Printer};
use crate::env::Destination;
use crate::handle::Output;
use crate::settings::{Outages, Settings, Target};
use crate::surroundings::variable;
use crate::{InitError, Log4Mongo, Notice, say, spool};
use jiff::tz::TimeZone;
use std::path::Path;
use woodpile_keep::{Connect, Keeper, Notices, PLAIN_FOR};
use woodpile_store::{DEFAULT_FILE, Location, OpenOptions, lasting};

/// Starts what the settings ask for, and says where records go.
pub(crate) fn start(settings: Settings) -> Result<Log4Mongo, InitError> {
    let destination = resolve(settings.target)?;
    if destination != Destination::Captured {
        say(&destination);
    }
    let output = match destination {
        Destination::Captured => Output::printer(Printer::to_stdout(Form::Json)),
        Destination::Terminal { .. } => {
            Output::printer(Printer::to_stdout(Form::Text(TimeZone::system())))
        }
        Destination::Store { location, .. } => {
            let notices =
                settings.notices.unwrap_or_else(|| Box::new(|notice: &Notice| say(notice)));
            Output::store(keeper(location, settings.outages, notices, settings.keep)?)
        }
    };
    let Settings { collection, app, deadline, .. } = settings;
    let log = Log4Mongo::new(output, collection, app, deadline).ok_or(InitError::Installed)?;
    if settings.log_panics {
        crate::panics::report_to(log.clone());
    }
    #[cfg(feature = "signals")]
    if settings.flush_on_signals {
        crate::signals::flush_on_signals(log.clone())?;
    }
    Ok(log)
}

fn resolve(target: Target) -> Result<Destination, InitError> {
    let (location, why) = match target {
        Target::Decided(destination) => return Ok(destination),
        Target::Named(text) => (text.parse().map_err(InitError::Location)?, "the program says so"),
        Target::Default => (Location::File(DEFAULT_FILE.into()), "the program names no other"),
    };
    Ok(Destination::Store { location, why: why.to_owned() })
}

fn keeper(
    location: Location,
    outages: Outages,
    notices: Notices,
    mut settings: woodpile_keep::Settings,
) -> Result<Keeper, InitError> {
    if let Location::File(path) = &location {
        warn_if_lost("the store", path);
    }
    if let (Location::Mongo(_), Some(pack_after)) = (&location, &mut settings.pack_after) {
        *pack_after = PLAIN_FOR;
    }
    let spool = spool::open(outages, &location)?;
    if let Some((path, _)) = &spool {
        settings.spool_lasts = !warn_if_lost("the spool", path);
    }
    settings.rules = Some(woodpile_rules::READ);
    let spool = spool.map(|(_, spool)| spool);
    Keeper::start(connect(location)?, spool, notices, settings).map_err(InitError::System)
}

/// Opens the store now, so that a wrong name or file is told at once, and again whenever the keeper asks. A database
/// that is away is no error yet.
fn connect(location: Location) -> Result<Connect, InitError> {
    let mut first = match woodpile_store::open(&location, &OpenOptions::WRITE) {
        Ok(store) => Some(store),
        Err(error) if error.is_temporary() => None,
        Err(error) => return Err(InitError::Store(error)),
    };
    Ok(Box::new(move || match first.take() {
        Some(store) => Ok(store),
        None => woodpile_store::open(&location, &OpenOptions::WRITE),
    }))
}

/// Says so if the file will not outlive the next restart.
fn warn_if_lost(what: &str, path: &Path) -> bool {
    let why = lasting::why_lost(path, variable);
    if let Some(why) = why {
        say(&format_args!("{what} {} will be lost: {why}", path.display()));
    }
    why.is_some()
}
