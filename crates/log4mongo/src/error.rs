use crate::LevelsError;
use std::fmt;
use std::path::PathBuf;
use woodpile_store::{LocationError, StoreError};

/// Why logging could not begin. Every message names what was wrong, where, and holds no secret.
#[derive(Debug)]
#[non_exhaustive]
pub enum InitError {
    /// What should name the store does not.
    Location(LocationError),
    /// The store cannot be used.
    Store(StoreError),
    /// The spool cannot be used.
    Spool(StoreError),
    /// A settings file cannot be read.
    File {
        /// Which one.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// `RUST_LOG` does not say levels.
    Levels(LevelsError),
    /// A thread or a signal handler could not be had from the system.
    System(std::io::Error),
    /// The process has a logger or a subscriber already.
    Installed,
}

impl fmt::Display for InitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Location(error) => write!(f, "{error}"),
            Self::Store(error) => write!(f, "{error}"),
            Self::Spool(error) => write!(f, "the spool for outages: {error}"),
            Self::File { path, reason } => write!(f, "{}: {reason}", path.display()),
            Self::Levels(error) => write!(f, "RUST_LOG: {error}"),
            Self::System(error) => write!(f, "logging could not start: {error}"),
            Self::Installed => f.write_str(
                "this process logs elsewhere already: call init once, or add Log4Mongo::layer to the subscriber that is there",
            ),
        }
    }
}

impl std::error::Error for InitError {}
