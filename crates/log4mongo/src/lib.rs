//! Keeps a program's logs where they can be found again: in MongoDB, or in one local file.
//!
//! A log call costs about a microsecond and never waits for the store, whether that is up, down, slow or
//! frozen. Records are documents with log4mongo's field names, typed; three collections hold what a web
//! app says: `application-log`, `access-log` and `error-log`.
//!
//! # As heroku-log4mongo does it
//!
//! [`init_from_env`] reads `VERSION` and the store's URL from the environment: see there.
//!
//! ```no_run
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let _guard = log4mongo::init_from_env()?;
//!     tracing::info!(cart = 7, "checked out");
//!     log::warn!("from a library that uses log");
//!     Ok(())
//! }
//! ```
//!
//! # With settings of one's own
//!
//! ```
//! use log4mongo::{Level, WhenFull};
//! use tracing_subscriber::prelude::*;
//!
//! # let folder = tempfile::tempdir()?;
//! # let file = folder.path().join("woodpile.db");
//! # let spool = folder.path().join("spool.db");
//! let (log, guard) = log4mongo::builder()
//!     .store(file.to_str().unwrap()) // or mongodb://…
//!     .app("shop")
//!     .queue(100_000, 64 << 20)
//!     .when_full(WhenFull::DropOldest)
//!     .spool(spool, 256 << 20)
//!     .flush_at(Level::Error)
//!     .build()?;
//! tracing_subscriber::registry().with(log.layer()).init();
//!
//! let _span = tracing::info_span!("order", order = 4711).entered();
//! tracing::info!(items = 3, price = 9.95, "checked out");
//!
//! log.flush()?; // what was logged before is durable now
//! assert_eq!(log.counters().stored, 1);
//! drop(guard); // so is everything, at the end of main
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # A web server's access and error logs
//!
//! [`Log4Mongo::access_log`] and [`Log4Mongo::error_log`] are `tower` layers, for axum and every other
//! service of `http` requests:
//!
//! ```
//! use axum::{Router, routing::get};
//!
//! # let folder = tempfile::tempdir()?;
//! # let file = folder.path().join("woodpile.db");
//! let (log, guard) = log4mongo::builder().store(file.to_str().unwrap()).build()?;
//! let app: Router = Router::new()
//!     .route("/", get(|| async { "Hello, world!" }))
//!     .layer(log.error_log()) // 5xx and panics
//!     .layer(log.access_log()); // one record for a request
//! # drop(app);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What becomes of a record
//!
//! It is encoded by the caller's thread, waits in a bounded queue, and is stored in portions by two
//! threads of this crate's own: no async runtime is needed, and one that is there is left alone. While the
//! store is away it is tried again and again; a [`Builder::spool`] holds what the queue cannot. What is
//! dropped in the end is counted by reason ([`Log4Mongo::counters`]), and the count is kept as a record
//! where the records are missing. Every record has its `_id` from the start: retries never double it.
//!
//! What the machinery itself, the MongoDB driver included, logs is not kept: it would never end.
//!
//! # Features
//!
//! | feature | brings |
//! |---|---|
//! | `sqlite` | stores in a file, and spools |
//! | `mongo` | stores in MongoDB |
//! | `tracing`, `log` | ways in from these crates |
//! | `tower` | access and error logs of HTTP services |
//! | `signals` | [`Builder::flush_on_signals`] |
//!
//! All are on by default.

#![cfg_attr(
    not(all(feature = "log", feature = "tower", feature = "tracing")),
    expect(dead_code, reason = "what one way in needs, another does not")
)]

mod backtrace;
mod builder;
mod channel;
mod clock;
mod collection;
mod env;
mod error;
#[cfg(any(feature = "log", feature = "tower", feature = "tracing"))]
mod fields;
mod guard;
mod handle;
#[cfg(any(feature = "log", feature = "tracing"))]
mod install;
#[cfg(feature = "tracing")]
mod layer;
mod level;
mod levels;
mod local;
#[cfg(feature = "log")]
mod logger;
mod origin;
mod own;
mod panics;
mod server_log;
mod settings;
#[cfg(feature = "signals")]
mod signals;
mod spool;
mod start;
mod surroundings;
mod text;
#[cfg(feature = "tower")]
mod tower;

pub use builder::Builder;
pub use error::InitError;
pub use guard::Guard;
pub use handle::Log4Mongo;
#[cfg(feature = "tracing")]
pub use layer::Layer;
pub use level::Level;
pub use levels::{Levels, LevelsError};
#[cfg(feature = "log")]
pub use logger::Logger;
pub use server_log::ServerLog;
#[cfg(feature = "tower")]
pub use tower::{
    AccessLog, AccessLogFuture, AccessLogLayer, AnswerBody, Cause, ClientAddr, ErrorLog,
    ErrorLogFuture, ErrorLogLayer, LoggedBody, OnPanic, RemoteUser, RequestId,
};
pub use woodpile_keep::{Counters, DropReason, Drops, FlushError, Flushed, Notice, WhenFull};
pub use woodpile_store::{LocationError, StoreError};

/// Begins to say how a program logs.
pub fn builder() -> Builder {
    Builder::new(settings::Settings::default())
}

/// Begins with what the environment says: see [`init_from_env`].
///
/// # Errors
/// The store's URL is none, `RUST_LOG` says no levels, or `.env` or `woodpile.toml` cannot be read.
pub fn from_env() -> Result<Builder, InitError> {
    surroundings::builder()
}

/// Logs as heroku-log4mongo does, as the environment says, for `tracing` and for `log`, panics included. Keep the
/// guard until the end of `main`.
///
/// | `VERSION` | logs go to |
/// |---|---|
/// | `production` | the store; without a URL, `./woodpile.db` |
/// | `development`, `developement`, `test`, `staging`, `local` | standard output, in heroku-log4mongo's shape |
/// | anything else, or nothing | the store if a URL is given, else standard output |
///
/// The store's URL is `WOODPILE_STORE`, `MONGODB_URI`, `MONGOLAB_URI` or `MONGO_URL`, in the environment or
/// in `.env` of the working folder, or `store` in `woodpile.toml`. Under `woodpile run` and `woodpile
/// start`, which set `WOODPILE_CAPTURED`, records are written to standard output as JSON and kept by
/// these. One line on standard error says what was chosen and why.
///
/// While a database is away, what the queue cannot hold waits in a file of at most 1 GiB in
/// `$XDG_STATE_HOME/woodpile` or `~/.local/state/woodpile`, which is stored when the database is back, also by the
/// program's next run; [`from_env`] with [`Builder::spool`] names another. A line on standard error says which file it
/// is, and whether its disk outlives a restart.
///
/// `RUST_LOG` says which levels are kept, as in `info,shop=debug`; without it, those from `INFO` on, and
/// the program's own from `DEBUG` on.
///
/// # Errors
/// What the environment says makes no sense, or the store cannot be used at all. A database that is
/// merely away is no error: the program starts, and records wait.
#[cfg(any(feature = "log", feature = "tracing"))]
pub fn init_from_env() -> Result<Guard, InitError> {
    from_env()?.init()
}

/// Tells the operator, once for each thing; never through the log itself.
#[expect(clippy::print_stderr, reason = "the log cannot tell that it is not kept")]
fn say(what: &dyn std::fmt::Display) {
    eprintln!("log4mongo: {what}");
}
