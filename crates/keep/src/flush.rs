use crate::notice::log_records;
use std::fmt;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use woodpile_store::StoreError;

/// Where everything sent before a flush rests now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flushed {
    /// In the store.
    Stored,
    /// Some of it in a spool whose disk lasts: the store gets it when it is back.
    Spooled,
}

/// Why a flush did not make everything durable.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FlushError {
    /// The deadline passed first.
    Deadline {
        /// How long the flush waited.
        waited: Duration,
        /// Records still in memory.
        waiting: u64,
        /// Records in a spool whose disk does not last.
        spooled: u64,
        /// What the store said last, if it is away.
        cause: Option<StoreError>,
    },
    /// The keeper's thread has ended.
    Stopped,
}

impl fmt::Display for FlushError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Deadline { waited, waiting, spooled, cause } = self else {
            return write!(f, "log records can no longer be stored: logging has ended");
        };
        let records = waiting + spooled;
        write!(f, "after {waited:.1?}, not yet stored: {}", log_records(records))?;
        if *spooled > 0 {
            write!(f, ", {spooled} of them on a disk that does not last")?;
        }
        match cause {
            Some(cause) => write!(f, "; {cause}"),
            None => write!(f, "; the store is too slow"),
        }
    }
}

impl std::error::Error for FlushError {}

/// A flush that waits: answered when everything before it is durable.
#[derive(Debug)]
pub(crate) struct Ticket {
    pub(crate) reply: SyncSender<Flushed>,
}

/// The flushes that the collector has not yet seen; none once it has ended.
#[derive(Debug)]
pub(crate) struct Tickets(Mutex<Option<Vec<Ticket>>>);

impl Default for Tickets {
    fn default() -> Self {
        Self(Mutex::new(Some(Vec::new())))
    }
}

impl Tickets {
    fn lock(&self) -> MutexGuard<'_, Option<Vec<Ticket>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks for an answer.
    pub(crate) fn add(&self) -> Result<Receiver<Flushed>, FlushError> {
        let (reply, answer) = sync_channel(1);
        self.lock().as_mut().ok_or(FlushError::Stopped)?.push(Ticket { reply });
        Ok(answer)
    }

    pub(crate) fn take(&self) -> Vec<Ticket> {
        self.lock().as_mut().map(std::mem::take).unwrap_or_default()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.lock().as_ref().is_none_or(Vec::is_empty)
    }

    /// Nobody answers any more.
    pub(crate) fn end(&self) {
        *self.lock() = None;
    }
}
