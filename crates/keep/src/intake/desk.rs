use super::Refused;
use super::delivery::Parcel;
use super::group::Group;
use super::lobby::Lobby;
use crate::courier::{Connect, Job, mark_own_thread};
use crate::health::Meanwhile;
use crate::link::Link;
use crate::spooling::Spooling;
use crate::{Notices, clock};
use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};
use woodpile_store::{Identity, Spool};

const THREAD_NAME: &str = "woodpile-intake";
/// How long a delivery waits at most for a backlog of hot records to be packed.
const HOLD_MOST: Duration = Duration::from_secs(1);
/// The shortest rest, so that a deadline that nothing can be done about costs no more than this.
const REST_MIN: Duration = Duration::from_millis(1);
/// The longest rest of a desk that has nothing to do.
const REST_MAX: Duration = Duration::from_hours(1);

/// Sees what is delivered and decides where it goes: to the store, to the spool, or back.
pub(super) struct Desk {
    pub(super) lobby: Arc<Lobby>,
    pub(super) link: Link,
    pub(super) spooling: Option<Spooling>,
    /// Deliveries that wait for their turn, each kind in its order.
    pub(super) fresh: VecDeque<Parcel>,
    pub(super) brought: VecDeque<Parcel>,
    /// What is being stored: the first one, or what it fell apart into.
    pub(super) groups: VecDeque<Group>,
    /// The courier is busy with the first piece of the first group.
    pub(super) flying: bool,
    /// It is the spool's turn, if it holds something.
    pub(super) spool_next: bool,
}

impl Desk {
    /// Starts the threads. The receiver is disconnected when the desk has ended.
    pub(super) fn start(
        lobby: &Arc<Lobby>,
        connect: Connect,
        spool: Option<Box<dyn Spool>>,
        notices: Arc<Notices>,
    ) -> io::Result<Receiver<()>> {
        let (alive, ended) = sync_channel(0);
        let (ready, link) = sync_channel::<Link>(1);
        let inner = Arc::clone(lobby);
        let takes_all = spool.is_some() && lobby.settings.spool_lasts;
        let meanwhile = if takes_all { Meanwhile::InSpool } else { Meanwhile::Refused };
        let run = move || {
            mark_own_thread();
            let _last = Last { lobby: Arc::clone(&inner), _alive: alive };
            let Ok(link) = link.recv() else { return };
            let spooling = spool.map(|spool| Spooling::new(spool, &inner.standing));
            Self::new(inner, link, spooling).run();
        };
        let desk = std::thread::Builder::new().name(THREAD_NAME.into()).spawn(run)?;
        lobby.served_by(desk.thread().clone());
        let manner = (lobby.settings.patience, meanwhile);
        let woken = desk.thread().clone();
        let started = Link::start(&lobby.standing, connect, woken, notices, manner)?;
        // The desk waits for exactly this.
        let _ = ready.send(started);
        Ok(ended)
    }

    fn new(lobby: Arc<Lobby>, link: Link, spooling: Option<Spooling>) -> Self {
        Self {
            lobby,
            link,
            spooling,
            fresh: VecDeque::new(),
            brought: VecDeque::new(),
            groups: VecDeque::new(),
            flying: false,
            spool_next: true,
        }
    }

    fn run(mut self) {
        if let Some(spooling) = &mut self.spooling {
            spooling.open();
        }
        self.link.send(Job::Connect, clock::now());
        loop {
            let now = self.work();
            if self.lobby.is_abandoned() || self.is_finished() {
                return self.end();
            }
            self.rest(now);
        }
    }

    /// Does all that can be done now, and says what time that was.
    fn work(&mut self) -> Instant {
        loop {
            let now = clock::now();
            if self.lobby.is_abandoned() || !self.step(now) {
                return now;
            }
        }
    }

    /// Does what can be done now; true if that made more possible.
    fn step(&mut self, now: Instant) -> bool {
        let landed = self.land(now);
        self.receive();
        self.link.watch(now);
        self.put_aside(now);
        let departed = self.launch(now);
        self.tell_of_spool();
        landed || departed
    }

    fn receive(&mut self) {
        for parcel in self.lobby.take() {
            match parcel.identity {
                Identity::Fresh => self.fresh.push_back(parcel),
                Identity::Brought => self.brought.push_back(parcel),
            }
        }
    }

    /// The deliveries of one kind that are next: those of which the first came before the others' first.
    pub(super) fn next_lane(&mut self) -> &mut VecDeque<Parcel> {
        let first = |lane: &VecDeque<Parcel>| lane.front().map(|parcel| parcel.arrived);
        match (first(&self.fresh), first(&self.brought)) {
            (Some(fresh), Some(brought)) if brought < fresh => &mut self.brought,
            (None, Some(_)) => &mut self.brought,
            _ => &mut self.fresh,
        }
    }

    /// When the oldest of those came that wait.
    pub(super) fn oldest(&self) -> Option<Instant> {
        let lanes = [&self.fresh, &self.brought];
        lanes.into_iter().filter_map(|lane| lane.front()).map(|parcel| parcel.arrived).min()
    }

    /// Until when deliveries are held back, so that packing can catch up.
    pub(super) fn held_until(&self) -> Option<Instant> {
        let oldest = self.oldest().filter(|_| self.lobby.standing.backlog.is_too_much());
        oldest.map(|arrived| clock::after(arrived, HOLD_MOST))
    }

    fn is_finished(&self) -> bool {
        let owes_nothing = self.oldest().is_none() && !self.groups.iter().any(Group::is_owed);
        // In this order: what came before it was closed has been taken then.
        owes_nothing && self.lobby.is_empty_for_good()
    }

    /// Waits until there may be something to do.
    fn rest(&self, now: Instant) {
        // What could have been done by now is done: what is past needs something else to happen first.
        let due = self.deadlines().into_iter().flatten().filter(|due| *due > now).min();
        let wait = due.map_or(REST_MAX, |due| (due - now).min(REST_MAX));
        std::thread::park_timeout(wait.max(REST_MIN));
    }

    /// When something is to be done without anything happening before.
    fn deadlines(&self) -> [Option<Instant>; 5] {
        [
            self.link.late_at(),
            self.link.retry_at(),
            self.held_until(),
            self.oldest().map(|arrived| self.lobby.turn_by(arrived)),
            self.spooling.as_ref().and_then(Spooling::retry_at),
        ]
    }

    fn tell_of_spool(&mut self) {
        if let Some(notice) = self.spooling.as_mut().and_then(Spooling::notice) {
            self.link.tell(&notice);
        }
    }

    fn end(mut self) {
        self.receive();
        let parcels: Vec<_> = self.fresh.drain(..).chain(self.brought.drain(..)).collect();
        self.refuse(Group::of(parcels), Refused::Closed);
        for group in std::mem::take(&mut self.groups) {
            self.refuse(group, Refused::Closed);
        }
        self.link.end();
    }
}

/// Leaves things in order however the desk ends: nobody may wait for it.
struct Last {
    lobby: Arc<Lobby>,
    _alive: SyncSender<()>,
}

impl Drop for Last {
    fn drop(&mut self) {
        self.lobby.close();
        // Whoever is in there is answered by being dropped.
        self.lobby.take();
    }
}
