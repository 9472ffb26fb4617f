use crate::portion::Portion;
use crate::standing::Standing;
use crate::{Guard, Level, Notice, Rulings};
use std::any::Any;
use std::cell::Cell;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel};
use std::sync::{Arc, OnceLock};
use std::thread::Thread;
use std::time::Duration;
use woodpile_store::{Appended, Identity, Store, StoreError};

/// Connects to the store: called on the keeper's own thread, at its start and again after a failure that
/// another connection may mend; one that was only away for a moment is used again.
pub type Connect = Box<dyn FnMut() -> Result<Arc<dyn Store>, StoreError> + Send>;

const THREAD_NAME: &str = "woodpile-store";

thread_local! {
    static OWN_THREAD: Cell<bool> = const { Cell::new(false) };
}

/// Whether this is one of the keeper's own threads, which must never wait for room in the queue.
pub(crate) fn is_own_thread() -> bool {
    OWN_THREAD.get()
}

pub(crate) fn mark_own_thread() {
    OWN_THREAD.set(true);
}

/// What the store is asked to do.
#[derive(Debug)]
pub(crate) enum Job {
    /// Nothing but to be there.
    Connect,
    /// To keep records.
    Append(Arc<Portion>, Identity),
}

/// What the store did.
#[derive(Debug)]
pub(crate) enum Done {
    Appended(Appended),
    /// Nothing: the rules changed, and the records have to be judged by them first.
    Unjudged,
}

/// What came of a job.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) result: Result<Done, StoreError>,
    /// Whether there is a connection that the next job will use.
    pub(crate) connected: bool,
    /// What is to be told of the store's quota and rules.
    pub(crate) news: Vec<Notice>,
}

/// Carries one job after another to the store, on a thread of its own: the store may hang.
#[derive(Debug)]
pub(crate) struct Courier {
    jobs: Sender<Job>,
    outcomes: Receiver<Outcome>,
    location: Arc<OnceLock<String>>,
}

impl Courier {
    /// `woken` is woken after each job.
    pub(crate) fn start(
        standing: &Arc<Standing>,
        connect: Connect,
        woken: Thread,
    ) -> io::Result<Self> {
        let (jobs, inbox) = channel();
        let (outbox, outcomes) = channel();
        let location = Arc::new(OnceLock::new());
        let mut errand = Errand {
            standing: Arc::clone(standing),
            connect,
            store: None,
            guard: Guard::default(),
            rulings: standing.read_rules.map(Rulings::new),
            location: Arc::clone(&location),
        };
        std::thread::Builder::new().name(THREAD_NAME.into()).spawn(move || {
            mark_own_thread();
            for job in inbox {
                let outcome = errand.run(job);
                if outbox.send(outcome).is_err() {
                    break;
                }
                woken.unpark();
            }
            // The store is closed before who waits for it hears that this thread has ended.
            drop(errand);
        })?;
        Ok(Self { jobs, outcomes, location })
    }

    /// Sends the courier off; it must have come back before. False if it is gone for good.
    pub(crate) fn send(&self, job: Job) -> bool {
        self.jobs.send(job).is_ok()
    }

    /// The outcome of the last job, if it is there.
    pub(crate) fn outcome(&self) -> Option<Outcome> {
        match self.outcomes.try_recv() {
            Ok(outcome) => Some(outcome),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => {
                let error = self.failed("its thread has ended".into());
                Some(Outcome { result: Err(error), connected: false, news: Vec::new() })
            }
        }
    }

    /// An error for a job that takes too long.
    pub(crate) fn no_answer(&self, after: Duration) -> StoreError {
        let location = self.location();
        StoreError::Unavailable { location, reason: format!("no answer for {after:.1?}") }
    }

    fn failed(&self, reason: String) -> StoreError {
        StoreError::Failed { location: self.location(), reason }
    }

    fn location(&self) -> String {
        known_or_not(&self.location)
    }

    /// Lets the courier close the store, and waits for that a while.
    pub(crate) fn dismiss(self, wait: Duration) {
        drop(self.jobs);
        while !matches!(
            self.outcomes.recv_timeout(wait),
            Err(RecvTimeoutError::Disconnected | RecvTimeoutError::Timeout)
        ) {}
    }
}

fn known_or_not(location: &OnceLock<String>) -> String {
    location.get().map_or_else(|| "the store".into(), Clone::clone)
}

/// The courier's side: the connection, and how to make it.
struct Errand {
    standing: Arc<Standing>,
    connect: Connect,
    store: Option<Arc<dyn Store>>,
    guard: Guard,
    rulings: Option<Rulings>,
    location: Arc<OnceLock<String>>,
}

impl Errand {
    fn run(&mut self, job: Job) -> Outcome {
        let result = catch_unwind(AssertUnwindSafe(|| self.perform(job))).unwrap_or_else(|panic| {
            let reason = format!("it panicked: {}", panic_text(&*panic));
            Err(StoreError::Failed { location: known_or_not(&self.location), reason })
        });
        if result.as_ref().is_err_and(wants_new_connection) {
            self.store = None;
        }
        self.standing.set_level(self.level(&result));
        let mut news: Vec<_> = self.guard.news().into_iter().collect();
        news.extend(self.rulings.iter_mut().flat_map(Rulings::news));
        Outcome { result, connected: self.store.is_some(), news }
    }

    /// A store that has no room knows better than what was measured.
    fn level(&self, result: &Result<Done, StoreError>) -> Level {
        if matches!(result, Err(StoreError::Full { .. })) {
            Level::Full
        } else {
            self.guard.level()
        }
    }

    fn perform(&mut self, job: Job) -> Result<Done, StoreError> {
        let store = self.store()?;
        let rules = match &mut self.rulings {
            Some(rulings) => rulings.current(&*store)?,
            None => None,
        };
        if let Some(rules) = &rules {
            self.standing.set_rules(rules);
        }
        match job {
            Job::Connect => Ok(Done::Appended(Appended::default())),
            Job::Append(portion, _) if rules.is_some_and(|it| !portion.is_judged_by(&it)) => {
                Ok(Done::Unjudged)
            }
            Job::Append(portion, identity) => {
                let batches = portion.batches();
                let bytes = batches.iter().map(|(_, batch)| batch.as_bytes().len() as u64).sum();
                self.guard.admit(&*store, bytes)?;
                store.append(&batches, identity).map(Done::Appended)
            }
        }
    }

    fn store(&mut self) -> Result<Arc<dyn Store>, StoreError> {
        if let Some(store) = &self.store {
            return Ok(Arc::clone(store));
        }
        let store = (self.connect)()?;
        // The first name stays: it is the same store each time.
        let _ = self.location.set(store.location());
        self.standing.connected(&store);
        self.store = Some(Arc::clone(&store));
        Ok(store)
    }
}

/// Whether what a store said may have to do with this connection rather than with the moment or a record.
fn wants_new_connection(error: &StoreError) -> bool {
    !error.is_temporary() && !matches!(error, StoreError::Rejected { .. })
}

fn panic_text(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("for no stated reason")
}
