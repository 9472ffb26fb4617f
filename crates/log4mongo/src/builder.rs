use crate::collection::Collection;
#[cfg(feature = "sqlite")]
use crate::settings::Outages;
use crate::settings::{Settings, Target};
use crate::start::start;
use crate::{Guard, InitError, Level, Levels, Log4Mongo, Notice, WhenFull};
#[cfg(feature = "sqlite")]
use std::path::PathBuf;
use std::time::Duration;

/// Says how a program logs, from [`builder`](crate::builder()) to [`Builder::build`] or [`Builder::init`].
#[derive(Debug)]
#[must_use = "nothing is logged before `build` or `init`"]
pub struct Builder {
    settings: Settings,
}

impl Builder {
    /// Where records are kept: a file's path, or a `mongodb://` or `mongodb+srv://` URL. Without it,
    /// `./woodpile.db`.
    pub fn store(mut self, location: impl Into<String>) -> Self {
        self.settings.target = Target::Named(location.into());
        self
    }

    /// The collection that events go to; without it, `application-log`.
    pub fn collection(mut self, name: impl Into<String>) -> Self {
        self.settings.collection = Collection::named(name.into());
        self
    }

    /// The app's name, told in every record.
    pub fn app(mut self, name: impl Into<String>) -> Self {
        self.settings.app = Some(name.into());
        self
    }

    /// How many records, and how many bytes of them, wait in memory at most.
    pub fn queue(mut self, records: usize, bytes: usize) -> Self {
        self.settings.keep.queue_records = records;
        self.settings.keep.queue_bytes = bytes;
        self
    }

    /// What happens to a record that finds no room in the queue; without it, it is dropped and counted.
    pub fn when_full(mut self, policy: WhenFull) -> Self {
        self.settings.keep.when_full = policy;
        self
    }

    /// A file for what the store cannot take: it holds at most that many bytes, and is stored in order when
    /// the store is back, also by the next run of the program.
    #[cfg(feature = "sqlite")]
    pub fn spool(mut self, path: impl Into<PathBuf>, max_bytes: u64) -> Self {
        self.settings.outages = Outages::Spool(path.into(), max_bytes);
        self
    }

    /// Records of at least this level are not gathered but stored at once.
    pub fn flush_at(mut self, level: impl Into<Level>) -> Self {
        self.settings.keep.flush_at = Some(level.into().severity());
        self
    }

    /// How long records are gathered before they are stored; without it, 100 ms.
    pub fn linger(mut self, linger: Duration) -> Self {
        self.settings.keep.linger = linger;
        self
    }

    /// Whether this program packs the collections it logs to, on a thread of low priority; without it, yes. In a
    /// MongoDB, records stay plain documents for a day before. Elsewhere `woodpile pack` does the same.
    pub fn pack(mut self, yes: bool) -> Self {
        self.settings.keep.pack_after = yes.then_some(Duration::ZERO);
        self
    }

    /// How long the guard, and a flush, wait for the store; without it, 5 s.
    pub fn shutdown_deadline(mut self, deadline: Duration) -> Self {
        self.settings.deadline = deadline;
        self
    }

    /// Which events [`Builder::init`] lets through; without it, those from `INFO` on. A layer or logger that the
    /// program installs itself takes its levels from there.
    pub fn levels(mut self, levels: Levels) -> Self {
        self.settings.levels = levels;
        self
    }

    /// Whether panics that nothing else catches go to the error log, with their backtrace.
    pub fn log_panics(mut self, yes: bool) -> Self {
        self.settings.log_panics = yes;
        self
    }

    /// Flushes on `SIGTERM` and `SIGINT`, and then lets them end the process as if nobody had looked. For programs
    /// that do not catch them: one that shuts down in order drops its guard.
    #[cfg(feature = "signals")]
    pub fn flush_on_signals(mut self, yes: bool) -> Self {
        self.settings.flush_on_signals = yes;
        self
    }

    /// Is told when the store is lost or back and when records are dropped; without it, standard error is.
    /// It is called on a thread of the machinery: what it logs itself is not kept.
    pub fn on_notice(mut self, notices: impl Fn(&Notice) + Send + Sync + 'static) -> Self {
        self.settings.notices = Some(Box::new(notices));
        self
    }

    pub(crate) fn new(settings: Settings) -> Self {
        Self { settings }
    }

    /// Starts: a store that is away does not keep a program from starting.
    ///
    /// # Errors
    /// What names the store does not, the file cannot be used, or the system gives no thread.
    pub fn build(self) -> Result<(Log4Mongo, Guard), InitError> {
        let log = start(self.settings)?;
        Ok((log.clone(), Guard::new(log)))
    }

    /// Starts, and makes this the process' logger, for `tracing` and for `log`.
    ///
    /// # Errors
    /// As [`Builder::build`]; or the process has a logger already.
    #[cfg(any(feature = "log", feature = "tracing"))]
    pub fn init(self) -> Result<Guard, InitError> {
        let levels = self.settings.levels.clone();
        let (log, guard) = self.build()?;
        crate::install::install(&log, &levels)?;
        Ok(guard)
    }
}
