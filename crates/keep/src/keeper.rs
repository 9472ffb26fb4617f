use crate::collector::Collector;
use crate::packer::Packer;
use crate::queue::{ABANDONED, CLOSED};
use crate::shared::Shared;
use crate::{Connect, Counters, FlushError, Flushed, Notices, Sender, Settings, clock};
use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use woodpile_store::Spool;

/// How long a keeper that is dropped tries to make everything durable.
const DROP_DEADLINE: Duration = Duration::from_secs(5);
/// How long closing waits for the threads after everything is durable.
const END_DEADLINE: Duration = Duration::from_secs(1);

/// Owns the threads that take records from senders to the store. Dropping it closes it, with a deadline
/// of five seconds.
#[derive(Debug)]
pub struct Keeper {
    shared: Arc<Shared>,
    /// `None` once closed. In a mutex only so that threads may share the keeper.
    threads: Option<Mutex<Threads>>,
}

#[derive(Debug)]
struct Threads {
    /// Disconnected when the collector has ended.
    ended: Receiver<()>,
    packer: Option<Packer>,
}

impl Keeper {
    /// Starts the threads; returns at once, before the store is connected.
    ///
    /// # Errors
    /// When the system gives no threads.
    pub fn start(
        connect: Connect,
        spool: Option<Box<dyn Spool>>,
        notices: Notices,
        settings: Settings,
    ) -> io::Result<Self> {
        let shared = Arc::new(Shared::new(settings));
        let notices = Arc::new(notices);
        let ended = Collector::start(&shared, connect, spool, Arc::clone(&notices))?;
        let writers = Arc::clone(&shared);
        let pack = |hot_for| Packer::start(&shared.standing, writers, &notices, hot_for);
        let packer = shared.settings.pack_after.map(pack).transpose()?;
        let threads = Threads { ended, packer };
        Ok(Self { shared, threads: Some(Mutex::new(threads)) })
    }

    /// A sender for the collection of this name. It may outlive the keeper: then it drops what it is given.
    pub fn sender(&self, collection: &str) -> Sender {
        Sender::new(&self.shared, collection)
    }

    /// Returns when everything sent before is durable: in the store, or in a spool that lasts. A store
    /// that is away is tried once more at once.
    ///
    /// # Errors
    /// When the deadline passes first; nothing is given up.
    pub fn flush(&self, deadline: Duration) -> Result<Flushed, FlushError> {
        self.wait(&self.shared.tickets.add()?, deadline)
    }

    fn wait(&self, answer: &Receiver<Flushed>, deadline: Duration) -> Result<Flushed, FlushError> {
        self.shared.queue.wake();
        match answer.recv_timeout(deadline) {
            Ok(flushed) => Ok(flushed),
            Err(RecvTimeoutError::Disconnected) => Err(FlushError::Stopped),
            Err(RecvTimeoutError::Timeout) => Err(self.late(deadline)),
        }
    }

    fn late(&self, waited: Duration) -> FlushError {
        let Counters { waiting, spooled, .. } = self.counters();
        let spooled = if self.shared.settings.spool_lasts { 0 } else { spooled };
        FlushError::Deadline { waited, waiting, spooled, cause: self.shared.standing.trouble() }
    }

    /// What became of the records so far.
    pub fn counters(&self) -> Counters {
        self.shared.counters()
    }

    /// Takes no more records, makes what it has durable and ends.
    ///
    /// # Errors
    /// When the deadline passes first: what is in memory then is dropped, what is in the spool stays there.
    pub fn close(mut self, deadline: Duration) -> Result<Counters, FlushError> {
        self.end(deadline)?;
        Ok(self.counters())
    }

    fn end(&mut self, deadline: Duration) -> Result<(), FlushError> {
        let Some(threads) = self.threads.take() else { return Ok(()) };
        let Threads { ended, packer } =
            threads.into_inner().unwrap_or_else(PoisonError::into_inner);
        let started = clock::now();
        // In this order: once closed, the collector may end before it sees the ticket.
        let answer = self.shared.tickets.add()?;
        self.shared.queue.set(CLOSED);
        if let Err(error) = self.wait(&answer, deadline) {
            self.shared.queue.set(ABANDONED);
            self.shared.queue.wake();
            return Err(error);
        }
        let rest = || deadline.saturating_sub(started.elapsed()).min(END_DEADLINE);
        // First, for it holds the store.
        if let Some(packer) = packer {
            packer.end(rest());
        }
        // It says nothing but that it has ended; if it takes longer, everything is durable all the same.
        let _ = ended.recv_timeout(rest());
        Ok(())
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        // Who cares about the outcome calls `close`.
        let _ = self.end(DROP_DEADLINE);
    }
}
