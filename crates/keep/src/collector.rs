mod dispatch;
mod flushes;
mod gather;
mod judge;
mod losses;

use crate::collection::Collection;
use crate::courier::{Connect, Job, mark_own_thread};
use crate::flush::Ticket;
use crate::health::Meanwhile;
use crate::link::Link;
use crate::portion::Portion;
use crate::queue::{ABANDONED, CLOSED, ENDED};
use crate::report::Reporter;
use crate::shared::Shared;
use crate::spooling::Spooling;
use crate::{DropReason, Notices, clock};
use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};
use woodpile_store::{Identity, Spool, SpoolKey};

const THREAD_NAME: &str = "woodpile-keep";
/// After so many looks into an empty queue in a row, the next record wakes the collector instead.
const IDLE_LOOKS: u32 = 10;
/// The shortest rest, so that a deadline that nothing can be done about costs no more than this.
const REST_MIN: Duration = Duration::from_millis(1);
/// The longest rest of a collector that has nothing to do.
const REST_MAX: Duration = Duration::from_hours(1);

/// Takes records from the queue and decides where they go: to the store, to the spool, or nowhere yet.
///
/// Order is kept: `pieces` are older than what the spool holds, that is older than `next`, and `next` is
/// older than the queue. What the courier carries is older than all of them.
pub(crate) struct Collector {
    shared: Arc<Shared>,
    link: Link,
    spooling: Option<Spooling>,
    reporter: Reporter,
    /// What the courier is busy with.
    flight: Option<Flight>,
    /// What has to be stored before anything else: an attempt failed, or was split.
    pieces: VecDeque<Piece>,
    /// Taken from the queue, still being gathered.
    next: Portion,
    /// The collections as the queue numbers them.
    known: Vec<Arc<Collection>>,
    waiting: Vec<Waiting>,
    /// Losses are counted that no record tells of yet.
    losing: bool,
    /// The same of what rules drop: that is as the owner wants it, and told seldom.
    ruling: bool,
    /// Those of them that a notice told of.
    told: Vec<(Arc<str>, DropReason)>,
    last_placed: Instant,
    urgent: bool,
    idle_looks: u32,
}

/// Records under way.
struct Piece {
    portion: Arc<Portion>,
    origin: Origin,
    identity: Identity,
}

/// Where records are until the store has them.
#[derive(Clone, Copy, PartialEq)]
enum Origin {
    Memory,
    Spool(SpoolKey),
}

struct Flight {
    piece: Piece,
    /// The spool has these records too, and answers for them now.
    spooled: bool,
}

/// A flush that waits.
struct Waiting {
    ticket: Ticket,
    /// All records taken up to this number have to be durable.
    taken: u64,
    /// And so many of the spool's, known once nothing of it is in memory.
    spooled: Option<u64>,
}

impl Collector {
    /// Starts the threads. The receiver is disconnected when the collector has ended.
    pub(crate) fn start(
        shared: &Arc<Shared>,
        connect: Connect,
        spool: Option<Box<dyn Spool>>,
        notices: Arc<Notices>,
    ) -> io::Result<Receiver<()>> {
        let (alive, ended) = sync_channel(0);
        let (ready, link) = sync_channel::<Link>(1);
        let inner = Arc::clone(shared);
        let meanwhile = if spool.is_some() { Meanwhile::InSpool } else { Meanwhile::InMemory };
        let run = move || {
            mark_own_thread();
            let _last = Last { shared: Arc::clone(&inner), _alive: alive };
            let Ok(link) = link.recv() else { return };
            let spooling = spool.map(|spool| Spooling::new(spool, &inner.standing));
            Self::new(inner, link, spooling).run();
        };
        let collector = std::thread::Builder::new().name(THREAD_NAME.into()).spawn(run)?;
        shared.queue.woken_by(collector.thread().clone());
        let manner = (shared.settings.patience, meanwhile);
        let woken = collector.thread().clone();
        let started = Link::start(&shared.standing, connect, woken, notices, manner)?;
        // The collector waits for exactly this.
        let _ = ready.send(started);
        Ok(ended)
    }

    fn new(shared: Arc<Shared>, link: Link, spooling: Option<Spooling>) -> Self {
        Self {
            shared,
            link,
            spooling,
            reporter: Reporter::new(),
            flight: None,
            pieces: VecDeque::new(),
            next: Portion::default(),
            known: Vec::new(),
            waiting: Vec::new(),
            losing: false,
            ruling: false,
            told: Vec::new(),
            last_placed: clock::now(),
            urgent: false,
            idle_looks: 0,
        }
    }

    fn run(mut self) {
        if let Some(spooling) = &mut self.spooling {
            spooling.open();
        }
        self.link.send(Job::Connect, clock::now());
        loop {
            let now = self.work();
            // After the work, not before the rest: the last answer is what may end it.
            if self.is_finished() {
                return self.end();
            }
            self.rest(now);
        }
    }

    /// Does all that can be done now, and says what time that was.
    fn work(&mut self) -> Instant {
        loop {
            let now = clock::now();
            if self.shared.queue.is(ABANDONED) || !self.step(now) {
                return now;
            }
        }
    }

    /// Does what can be done now; true if that made more possible.
    fn step(&mut self, now: Instant) -> bool {
        let landed = self.land(now);
        self.receive_flushes(now);
        self.take();
        self.link.watch(now);
        let spooled = self.put_aside(now);
        let departed = self.launch(now);
        self.tell_of_spool();
        self.answer_flushes();
        landed || spooled || departed
    }

    /// How many records are in memory, those in the queue aside.
    fn in_memory(&self) -> u64 {
        let flying = self.flight.iter().filter(|flight| !flight.spooled);
        let under_way = flying.map(|flight| &flight.piece).chain(&self.pieces);
        let pieces: u64 = under_way
            .filter(|piece| piece.origin == Origin::Memory)
            .map(|piece| piece.portion.count())
            .sum();
        pieces + self.next.count()
    }

    fn is_finished(&self) -> bool {
        let queue = &self.shared.queue;
        queue.is(ABANDONED) || (queue.is(CLOSED) && queue.len() == 0 && self.owes_nothing())
    }

    fn owes_nothing(&self) -> bool {
        let nobody_waits = self.waiting.is_empty() && self.shared.tickets.is_empty();
        nobody_waits && self.in_memory() == 0
    }

    /// Waits until there may be something to do.
    fn rest(&mut self, now: Instant) {
        let idle = self.shared.queue.len() == 0 && self.next.is_empty();
        self.idle_looks = if idle { self.idle_looks.saturating_add(1) } else { 0 };
        let soundly = self.idle_looks > IDLE_LOOKS;
        // What could have been done by now is done: what is past needs something else to happen first.
        let due = self.deadlines().into_iter().flatten().filter(|due| *due > now).min();
        let longest = if soundly { REST_MAX } else { self.shared.settings.linger };
        let until = due.map_or(longest, |due| (due - now).min(longest));
        self.shared.queue.rest(until.max(REST_MIN), soundly);
    }

    /// When something is to be done without anything happening before.
    fn deadlines(&self) -> [Option<Instant>; 6] {
        let settings = &self.shared.settings;
        [
            self.link.late_at(),
            self.link.retry_at(),
            Some(clock::after(self.last_placed, settings.linger)),
            self.losing.then(|| clock::after(clock::now(), losses::QUIET)),
            self.ruling.then(|| clock::after(clock::now(), losses::RULED_EVERY)),
            self.spooling.as_ref().and_then(Spooling::retry_at),
        ]
    }

    fn tell_of_spool(&mut self) {
        if let Some(notice) = self.spooling.as_mut().and_then(Spooling::notice) {
            self.link.tell(&notice);
        }
    }

    fn end(self) {
        self.shared.standing.count(DropReason::Closed, self.in_memory());
        self.link.end();
    }
}

/// Leaves things in order however the collector ends: nobody may wait for it.
struct Last {
    shared: Arc<Shared>,
    _alive: SyncSender<()>,
}

impl Drop for Last {
    fn drop(&mut self) {
        self.shared.queue.set(CLOSED | ENDED);
        self.shared.discard();
        self.shared.tickets.end();
    }
}
