//! Acknowledged ingest for servers: whoever delivers records is told when they are durable, or that they are not kept.

mod delivery;
mod desk;
mod dispatch;
mod group;
mod lobby;
mod settings;
mod traffic;

pub use delivery::{Delivery, Receipt, Refused};
pub use settings::IntakeSettings;
pub use traffic::{Refusals, Traffic};

use crate::packer::{Packer, Writers};
use crate::{Connect, Counters, FlushError, Notices, clock};
use delivery::{Answer, Parcel};
use desk::Desk;
use lobby::Lobby;
use std::fmt;
use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use woodpile_store::{Spool, Store};

/// How long closing waits for the packing thread and the store after everything is answered.
const END_DEADLINE: Duration = Duration::from_secs(1);

/// Takes deliveries of records from any thread, and answers each when it is durable or refused. Cheap to clone; when the
/// last clone is dropped, what is under way is still answered.
///
/// Deliveries that come while the store is busy with others are committed together. While the store is away they go to the
/// spool, if what is in it lasts, and are refused otherwise: nothing that was refused stays behind. What the spool holds
/// is stored in its order, a portion before each commit of what is delivered meanwhile.
#[derive(Clone)]
pub struct Intake(Arc<Inner>);

struct Inner {
    lobby: Arc<Lobby>,
    threads: Mutex<Threads>,
}

struct Threads {
    /// Disconnected when the desk has ended.
    ended: Receiver<()>,
    packer: Option<Packer>,
}

impl Intake {
    /// Starts the threads; returns at once, before the store is connected.
    ///
    /// # Errors
    /// When the system gives no threads.
    pub fn start(
        connect: Connect,
        spool: Option<Box<dyn Spool>>,
        notices: Notices,
        settings: IntakeSettings,
    ) -> io::Result<Self> {
        let hot_for = settings.pack_after;
        let lobby = Arc::new(Lobby::new(settings));
        let notices = Arc::new(notices);
        let ended = Desk::start(&lobby, connect, spool, Arc::clone(&notices))?;
        let writers = Arc::clone(&lobby) as Arc<dyn Writers>;
        let pack = |hot_for| Packer::start(&lobby.standing, writers, &notices, hot_for);
        let packer = hot_for.map(pack).transpose()?;
        let threads = Mutex::new(Threads { ended, packer });
        Ok(Self(Arc::new(Inner { lobby, threads })))
    }

    /// Hands records over; never blocks. `answer` is called exactly once, here or on a thread of the intake's, and must not
    /// block: with a receipt when the records are durable, or with the reason why nothing of them is kept.
    pub fn deliver(
        &self,
        delivery: Delivery,
        answer: impl FnOnce(Result<Receipt, Refused>) + Send + 'static,
    ) {
        let parcel = Parcel::new(delivery, clock::now(), Answer::new(answer));
        self.0.lobby.admit(parcel);
    }

    /// The store, while it is connected.
    pub fn store(&self) -> Option<Arc<dyn Store>> {
        self.0.lobby.standing.store()
    }

    /// Whether deliveries are stored as they come: the store is connected, and not away.
    pub fn is_ready(&self) -> bool {
        self.0.lobby.standing.trouble().is_none() && self.store().is_some()
    }

    /// What came in so far, and what became of it.
    pub fn traffic(&self) -> Traffic {
        self.0.lobby.traffic()
    }

    /// Takes no more deliveries, answers those that are under way, and ends.
    ///
    /// # Errors
    /// When the deadline passes first: what was not answered by then is refused.
    pub fn close(&self, deadline: Duration) -> Result<Counters, FlushError> {
        let started = clock::now();
        let lobby = &self.0.lobby;
        lobby.close();
        let mut threads = self.0.threads.lock().unwrap_or_else(PoisonError::into_inner);
        let late = threads.ended.recv_timeout(deadline) == Err(RecvTimeoutError::Timeout);
        let before = lobby.traffic().records;
        if late {
            lobby.abandon();
            // It waits for nothing now.
            let _ = threads.ended.recv_timeout(END_DEADLINE);
        }
        let rest = deadline.saturating_sub(started.elapsed()).min(END_DEADLINE);
        if let Some(packer) = threads.packer.take() {
            packer.end(rest);
        }
        if late && before.waiting > 0 {
            let cause = lobby.standing.trouble();
            let waiting = before.waiting;
            return Err(FlushError::Deadline { waited: deadline, waiting, spooled: 0, cause });
        }
        Ok(lobby.traffic().records)
    }
}

impl fmt::Debug for Intake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Intake").field("traffic", &self.traffic()).finish_non_exhaustive()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.lobby.close();
    }
}
