use crate::ServerLog;
use crate::channel::{Channel, Kind, Printer};
use crate::collection::Collection;
use crate::level::Level;
use crate::origin::ProcessOrigin;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use woodpile_keep::{Counters, FlushError, Flushed, Keeper};
use woodpile_record::{Entry, IdSource};

/// Where a program logs to: cheap to clone, for any thread, with or without an async runtime.
#[derive(Debug, Clone)]
pub struct Log4Mongo {
    shared: Arc<Shared>,
    events: Channel,
}

/// What all clones share.
#[derive(Debug)]
struct Shared {
    output: Output,
    #[cfg(feature = "tower")]
    access: Channel,
    error: Channel,
    app: Option<String>,
    deadline: Duration,
    ids: IdSource,
}

/// What is behind the channels.
#[derive(Debug)]
pub(crate) enum Output {
    Store(Mutex<Kept>),
    Printer(Arc<Printer>),
}

/// The keeper, until the guard closes it.
#[derive(Debug)]
pub(crate) enum Kept {
    Open(Arc<Keeper>),
    Closed(Counters),
}

impl Output {
    pub(crate) fn store(keeper: Keeper) -> Self {
        Self::Store(Mutex::new(Kept::Open(Arc::new(keeper))))
    }

    pub(crate) fn printer(printer: Printer) -> Self {
        Self::Printer(Arc::new(printer))
    }

    /// The channel to a collection; `None` once the store is closed.
    fn channel(&self, collection: Collection) -> Option<Channel> {
        match self {
            Self::Store(_) => Some(Channel::Kept(self.keeper()?.sender(collection.name()))),
            Self::Printer(printer) => Some(Channel::Printed(collection, Arc::clone(printer))),
        }
    }

    fn keeper(&self) -> Option<Arc<Keeper>> {
        let Self::Store(kept) = self else { return None };
        match &*kept.lock().unwrap_or_else(PoisonError::into_inner) {
            Kept::Open(keeper) => Some(Arc::clone(keeper)),
            Kept::Closed(_) => None,
        }
    }

    fn counters(&self) -> Counters {
        match self {
            Self::Printer(_) => Counters::default(),
            Self::Store(kept) => match &*kept.lock().unwrap_or_else(PoisonError::into_inner) {
                Kept::Open(keeper) => keeper.counters(),
                Kept::Closed(counters) => *counters,
            },
        }
    }

    fn close(&self, deadline: Duration) -> Result<(), FlushError> {
        let Self::Store(kept) = self else { return Ok(()) };
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        let counters = match &*kept {
            Kept::Open(keeper) => keeper.counters(),
            Kept::Closed(_) => return Ok(()),
        };
        let Kept::Open(keeper) = std::mem::replace(&mut *kept, Kept::Closed(counters)) else {
            return Ok(());
        };
        match Arc::try_unwrap(keeper) {
            Ok(keeper) => *kept = Kept::Closed(keeper.close(deadline)?),
            // Another thread is flushing right now: it closes the keeper when it lets go of it.
            Err(keeper) => {
                keeper.flush(deadline)?;
            }
        }
        Ok(())
    }
}

impl Log4Mongo {
    /// `None` if the output is closed already.
    pub(crate) fn new(
        output: Output,
        events: Collection,
        app: Option<String>,
        deadline: Duration,
    ) -> Option<Self> {
        let events = output.channel(events)?;
        let shared = Shared {
            #[cfg(feature = "tower")]
            access: output.channel(Collection::ACCESS)?,
            error: output.channel(Collection::ERROR)?,
            output,
            app,
            deadline,
            ids: IdSource::new(random_bytes()),
        };
        Some(Self { shared: Arc::new(shared), events })
    }

    /// The same, but events go to the collection of this name: for an audit log beside the others.
    #[must_use]
    pub fn to_collection(&self, name: &str) -> Self {
        let channel = self.shared.output.channel(Collection::named(name.to_owned()));
        // Once the store is closed, any channel drops and counts what it is given.
        let events = channel.unwrap_or_else(|| self.events.clone());
        Self { shared: Arc::clone(&self.shared), events }
    }

    /// A layer for `tracing`'s subscribers. Every event that reaches it becomes a record: put a filter before it.
    ///
    /// ```
    /// use tracing_subscriber::prelude::*;
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let file = folder.path().join("woodpile.db");
    /// let (log, guard) = log4mongo::builder().store(file.to_str().unwrap()).build()?;
    /// let levels = tracing_subscriber::filter::LevelFilter::INFO;
    /// let subscriber = tracing_subscriber::registry().with(log.layer().with_filter(levels));
    /// tracing::subscriber::with_default(subscriber, || {
    ///     let _cart = tracing::info_span!("cart", cart = 7).entered();
    ///     tracing::info!(items = 3, "checked out");
    /// });
    /// log.flush()?;
    /// assert_eq!(log.counters().stored, 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(feature = "tracing")]
    pub fn layer(&self) -> crate::Layer {
        crate::Layer::new(self.clone())
    }

    /// A logger for the `log` crate's macros.
    #[cfg(feature = "log")]
    pub fn logger(&self) -> crate::Logger {
        crate::Logger::new(self.clone())
    }

    /// A layer that writes an access record for every request: what the request said, typed, under `http`,
    /// and as the message the combined log format's line. It is written when the answer's body has been
    /// sent, or given up. The request gets a [`RequestId`](crate::RequestId), told in the answer's
    /// `X-Request-Id`.
    ///
    /// It goes around [`Log4Mongo::error_log`], so that both tell the same request id, and a panic is seen
    /// as the 500 that it becomes.
    #[cfg(feature = "tower")]
    pub fn access_log(&self) -> crate::AccessLogLayer {
        crate::AccessLogLayer::new(self.clone())
    }

    /// A layer that writes an error record for every answer from 500 up, with the [`Cause`](crate::Cause)
    /// that it carries, and for every panic, with its backtrace.
    #[cfg(feature = "tower")]
    pub fn error_log(&self) -> crate::ErrorLogLayer {
        crate::ErrorLogLayer::new(self.clone())
    }

    /// For what the server says of itself: starting, listening, shutting down.
    pub fn server(&self) -> ServerLog<'_> {
        ServerLog::new(self)
    }

    /// Returns when everything logged before is durable. Blocks for up to the guard's deadline: an async program
    /// calls it where blocking is allowed.
    ///
    /// # Errors
    /// Says how much is not durable yet, and what the store said; nothing is given up.
    pub fn flush(&self) -> Result<Flushed, FlushError> {
        self.flush_within(self.shared.deadline)
    }

    /// The same with a deadline of its own.
    ///
    /// # Errors
    /// As [`Log4Mongo::flush`].
    pub fn flush_within(&self, deadline: Duration) -> Result<Flushed, FlushError> {
        match (&self.shared.output, self.shared.output.keeper()) {
            (Output::Printer(_), _) => Ok(Flushed::Stored),
            (Output::Store(_), Some(keeper)) => keeper.flush(deadline),
            (Output::Store(_), None) => Err(FlushError::Stopped),
        }
    }

    /// What became of the records so far; all 0 where they are printed.
    pub fn counters(&self) -> Counters {
        self.shared.output.counters()
    }

    /// How many records are lost for good, for whatever reason.
    pub fn lost(&self) -> u64 {
        match &self.shared.output {
            Output::Printer(printer) => printer.lost(),
            output @ Output::Store(_) => output.counters().dropped.total(),
        }
    }

    /// Writes a record; what every record has in common is filled in here.
    pub(crate) fn write<'a>(&'a self, kind: Kind, mut entry: Entry<'a>, level: Level) {
        let now = entry.time.unwrap_or_else(crate::clock::now);
        ProcessOrigin::get().fill(&mut entry);
        entry.level = Some(level.name().into());
        entry.app = self.shared.app.as_deref().map(Into::into);
        let id = self.shared.ids.next(now.seconds_u32());
        self.channel(kind).put(&entry, id, now, level);
    }

    fn channel(&self, kind: Kind) -> &Channel {
        match kind {
            Kind::Event => &self.events,
            #[cfg(feature = "tower")]
            Kind::Access => &self.shared.access,
            Kind::Error => &self.shared.error,
        }
    }

    /// An id for something that is no record.
    #[cfg(feature = "tower")]
    pub(crate) fn new_id(&self) -> woodpile_record::ObjectId {
        self.shared.ids.next(crate::clock::now().seconds_u32())
    }

    pub(crate) fn close(&self) -> Result<(), FlushError> {
        self.shared.output.close(self.shared.deadline)
    }
}

/// Tells this process apart from others that log in the same second.
fn random_bytes() -> [u8; 5] {
    let random = RandomState::new().hash_one(std::process::id()).to_be_bytes();
    let [_, _, _, process @ ..] = random;
    process
}
