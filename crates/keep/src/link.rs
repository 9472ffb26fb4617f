use crate::courier::{Connect, Courier, Done, Job, Outcome};
use crate::health::{Health, Meanwhile};
use crate::standing::Standing;
use crate::{Notice, Notices, clock};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::Thread;
use std::time::{Duration, Instant};
use woodpile_store::{Appended, StoreError};

/// How long an idle store may take to close.
const CLOSE_STORE: Duration = Duration::from_millis(500);

/// The way to the store: one job at a time, what is known of the store from how it answered, and who is told when
/// that changes.
pub(crate) struct Link {
    courier: Courier,
    health: Health,
    notices: Arc<Notices>,
    /// How long a job may take before the store counts as away; the job itself goes on.
    patience: Duration,
    flight: Option<Flight>,
}

/// A job that the courier is busy with.
#[derive(Debug, Clone, Copy)]
struct Flight {
    started: Instant,
    /// It is to store something, not only to connect.
    appends: bool,
    /// It takes so long that the store counts as away.
    late: bool,
}

/// How a job ended.
#[derive(Debug)]
pub(crate) enum Landing {
    /// The records are stored, if there were any.
    Stored(Appended),
    /// The rules changed, and the records have to be judged by them first.
    Unjudged,
    /// The store is well, but will not take these records as they are.
    Rejected(StoreError),
    /// The store is away.
    Failed,
}

impl Link {
    /// `woken` is woken after each job.
    pub(crate) fn start(
        standing: &Arc<Standing>,
        connect: Connect,
        woken: Thread,
        notices: Arc<Notices>,
        (patience, meanwhile): (Duration, Meanwhile),
    ) -> io::Result<Self> {
        let courier = Courier::start(standing, connect, woken)?;
        let health = Health::new(standing, meanwhile);
        Ok(Self { courier, health, notices, patience, flight: None })
    }

    /// Whether a job can be sent now.
    pub(crate) fn is_ready(&self, now: Instant) -> bool {
        self.flight.is_none() && self.health.may_try(now)
    }

    pub(crate) fn is_connected(&self) -> bool {
        self.health.connected
    }

    /// Whether the store is away: it failed, or takes too long.
    pub(crate) fn is_away(&self) -> bool {
        self.health.is_away()
    }

    /// Whether the store is busy for too long with what it has to do.
    pub(crate) fn is_late(&self) -> bool {
        self.flight.is_some_and(|flight| flight.late)
    }

    /// When the store is tried again, while it is away.
    pub(crate) fn retry_at(&self) -> Option<Instant> {
        self.health.retry_at()
    }

    /// When the store counts as away unless it has answered.
    pub(crate) fn late_at(&self) -> Option<Instant> {
        self.flight.map(|flight| clock::after(flight.started, self.patience))
    }

    /// Somebody waits: a store that is away is tried at once.
    pub(crate) fn hurry(&mut self, now: Instant) {
        self.health.hurry(now);
    }

    pub(crate) fn send(&mut self, job: Job, now: Instant) {
        let appends = matches!(job, Job::Append(..));
        self.courier.send(job);
        self.flight = Some(Flight { started: now, appends, late: false });
    }

    /// How the last job ended, if it did. `waiting` says how many records are not stored, for those who are told.
    pub(crate) fn land(&mut self, now: Instant, waiting: impl FnOnce() -> u64) -> Option<Landing> {
        let flight = self.flight?;
        let Outcome { result, connected, news } = self.courier.outcome()?;
        self.flight = None;
        self.health.connected = connected;
        for news in &news {
            self.tell(news);
        }
        Some(match result {
            Ok(done) => {
                if flight.appends {
                    self.hear_answer(waiting);
                } else if let Some(notice) = self.health.connected(waiting) {
                    self.tell(&notice);
                }
                match done {
                    Done::Appended(appended) => Landing::Stored(appended),
                    Done::Unjudged => Landing::Unjudged,
                }
            }
            Err(error @ StoreError::Rejected { .. }) if flight.appends => {
                self.hear_answer(waiting);
                Landing::Rejected(error)
            }
            Err(error) => {
                if let Some(notice) = self.health.failed(error, now, flight.appends) {
                    self.tell(&notice);
                }
                Landing::Failed
            }
        })
    }

    fn hear_answer(&mut self, waiting: impl FnOnce() -> u64) {
        if let Some(notice) = self.health.answered(waiting) {
            self.tell(&notice);
        }
    }

    /// A job that takes too long makes the store count as away.
    pub(crate) fn watch(&mut self, now: Instant) {
        let Some(flight) = &mut self.flight else { return };
        if flight.late || now < clock::after(flight.started, self.patience) {
            return;
        }
        flight.late = true;
        let error = self.courier.no_answer(self.patience);
        if let Some(notice) = self.health.late(error, now) {
            self.tell(&notice);
        }
    }

    pub(crate) fn tell(&self, notice: &Notice) {
        // A listener that panics, such as by printing to a closed pipe, must not end the logging.
        let _ = catch_unwind(AssertUnwindSafe(|| (self.notices)(notice)));
    }

    /// Lets the courier close the store, if it is not busy with it.
    pub(crate) fn end(self) {
        if self.flight.is_none() {
            self.courier.dismiss(CLOSE_STORE);
        }
    }
}
