use crate::Levels;
use crate::collection::Collection;
use crate::env::Destination;
use std::fmt;
#[cfg(feature = "sqlite")]
use std::path::PathBuf;
use std::time::Duration;
use woodpile_keep::Notices;

/// How long a guard waits for the store by default: a platform that stops a process gives it 10 s and more.
const DEADLINE: Duration = Duration::from_secs(5);

/// What a builder was told.
pub(crate) struct Settings {
    pub(crate) target: Target,
    pub(crate) collection: Collection,
    pub(crate) app: Option<String>,
    pub(crate) keep: woodpile_keep::Settings,
    pub(crate) outages: Outages,
    pub(crate) deadline: Duration,
    pub(crate) levels: Levels,
    pub(crate) log_panics: bool,
    #[cfg(feature = "signals")]
    pub(crate) flush_on_signals: bool,
    pub(crate) notices: Option<Notices>,
}

/// Where records should go.
#[derive(Debug)]
pub(crate) enum Target {
    /// Nobody said.
    Default,
    /// To the store that the program names.
    Named(String),
    /// To where the environment says.
    Decided(Destination),
}

/// Where records wait that the store cannot take.
#[derive(Debug)]
pub(crate) enum Outages {
    /// In the queue, and nowhere else.
    InMemory,
    /// In this file, too, with the most bytes that it may hold.
    #[cfg(feature = "sqlite")]
    Spool(PathBuf, u64),
    /// In a file of the user's state folder, too, if the store is a database and the file can be had.
    DefaultSpool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            target: Target::Default,
            collection: Collection::APPLICATION,
            app: None,
            keep: woodpile_keep::Settings::default(),
            outages: Outages::InMemory,
            deadline: DEADLINE,
            levels: Levels::INFO,
            log_panics: false,
            #[cfg(feature = "signals")]
            flush_on_signals: false,
            notices: None,
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("target", &self.target)
            .field("keep", &self.keep)
            .finish_non_exhaustive()
    }
}
