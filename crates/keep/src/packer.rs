//! Packs what a keeper's collections have gathered, on a thread of its own and after everything else; makes room in a
//! store that is filling up.

use crate::counters::get;
use crate::pack::{HOT_LEAST, PackError, Plan, Watch, pack};
use crate::standing::Standing;
use crate::{Level, Notice, Notices, Retention, clock, retain, thin};
use std::collections::HashMap;
use std::io;
use std::mem::Discriminant;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::Thread;
use std::time::{Duration, Instant};
use woodpile_store::{CollectionStats, Store};

const THREAD_NAME: &str = "woodpile-pack";
/// What could not be made smaller, where it is no collection of its own.
const THE_STORE: &str = "the store";
/// How long after its start a keeper first looks for hot records, perhaps of an earlier run.
const FIRST_LOOK: Duration = Duration::from_secs(2);
/// How often it is looked whether enough has gathered; no call of the store is made if it has not.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// How often records are packed even if they are too few for a block of their own.
const PACK_FEW_EVERY: Duration = Duration::from_hours(1);
/// How often, at most, it is looked for records that rules keep no longer; at least it is when few are packed.
const RETAIN_EVERY: Duration = Duration::from_mins(30);
/// How often it is tried to make room in a store that has none.
const MAKE_ROOM_EVERY: Duration = Duration::from_secs(30);
/// How long packing pauses at a time while the queue is half full.
const PAUSE: Duration = Duration::from_millis(50);
/// How much less of a processor packing gets than the program's own threads.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

/// Those who write: packing makes way for them.
pub(crate) trait Writers: Send + Sync {
    /// Whether so much waits to be written that packing pauses.
    fn press(&self) -> bool;

    /// Whether nothing more will be written: packing ends, too.
    fn have_ended(&self) -> bool;
}

/// The packing thread; it ends when the writers have.
#[derive(Debug)]
pub(crate) struct Packer {
    thread: Thread,
    ended: Receiver<()>,
}

impl Packer {
    pub(crate) fn start(
        standing: &Arc<Standing>,
        writers: Arc<dyn Writers>,
        notices: &Arc<Notices>,
        hot_for: Duration,
    ) -> io::Result<Self> {
        let (alive, ended) = sync_channel(0);
        let packing = Packing {
            standing: Arc::clone(standing),
            writers,
            notices: Arc::clone(notices),
            hot_for,
            seen: 0,
            packed_few: clock::now(),
            level: Level::Room,
            made_room: clock::now(),
            retention: Retention::default(),
            retained: None,
            told: HashMap::new(),
        };
        let run = move || {
            yield_to_others();
            packing.run();
            drop(alive);
        };
        let handle = std::thread::Builder::new().name(THREAD_NAME.into()).spawn(run)?;
        let thread: Thread = handle.thread().clone();
        standing.backlog.packed_by(thread.clone());
        Ok(Self { thread, ended })
    }

    /// Waits a while for the thread to end, now that the writers have: it may be in the middle of a block, which is then
    /// thrown away.
    pub(crate) fn end(self, wait: Duration) {
        self.thread.unpark();
        // It says nothing but that it has ended.
        let _ = self.ended.recv_timeout(wait);
    }
}

impl Drop for Packer {
    fn drop(&mut self) {
        self.thread.unpark();
    }
}

/// Gives the thread a low priority. Only Linux gives threads one of their own.
fn yield_to_others() {
    #[cfg(target_os = "linux")]
    // Without a lower priority packing works all the same.
    let _ = rustix::process::nice(NICENESS);
}

/// What the thread knows.
struct Packing {
    standing: Arc<Standing>,
    writers: Arc<dyn Writers>,
    notices: Arc<Notices>,
    hot_for: Duration,
    /// How many records were stored when it was last looked.
    seen: u64,
    packed_few: Instant,
    /// How full the store was when it was last looked.
    level: Level,
    made_room: Instant,
    /// What is known of the records that rules keep for a while.
    retention: Retention,
    /// When it was last looked for those that are not kept any longer.
    retained: Option<Instant>,
    /// What went wrong with a collection last: it is told once.
    told: HashMap<Arc<str>, Discriminant<PackError>>,
}

impl Packing {
    fn run(mut self) {
        let mut wait = FIRST_LOOK;
        let mut first = true;
        while self.rests(wait) {
            wait = LOOK_EVERY;
            let few = self.packed_few.elapsed() >= PACK_FEW_EVERY;
            if (first || few || self.is_fuller() || self.has_enough_come()) && self.look(few) {
                first = false;
            }
        }
    }

    /// Waits until it is time to look, or much has come; false at the end.
    fn rests(&self, wait: Duration) -> bool {
        if !self.has_ended() {
            std::thread::park_timeout(wait);
        }
        !self.has_ended()
    }

    /// Whether the store filled up since it was last looked, or has no room still.
    fn is_fuller(&self) -> bool {
        let level = self.standing.level();
        let is_due = self.made_room.elapsed() >= MAKE_ROOM_EVERY;
        level > self.level || (level == Level::Full && is_due)
    }

    fn has_enough_come(&self) -> bool {
        get(&self.standing.tallies.stored) - self.seen >= HOT_LEAST
    }

    /// Packs each collection that needs it; false if the store is away.
    fn look(&mut self, few: bool) -> bool {
        let Some(store) = self.standing.store() else { return false };
        self.seen = get(&self.standing.tallies.stored);
        if few {
            self.packed_few = clock::now();
        }
        let fuller = self.is_fuller();
        let plan = self.plan(few, fuller);
        let least = if few || fuller { 1 } else { HOT_LEAST };
        // What is wrong with a store that does not say what it has is told by those who write to it.
        let Ok(all) = store.collections() else { return false };
        let named = |name: &str| all.iter().find(|stats| stats.name == name);
        let mut own = self.standing.collections.all();
        own.retain(|collection| {
            let hot_records = named(&collection.name).map_or(0, |stats| stats.hot_records);
            hot_records > 0 && store.is_packed_unasked(&collection.name).unwrap_or(false)
        });
        let hot = own.iter().filter_map(|collection| named(&collection.name));
        let hot_bytes = hot.map(|stats| stats.hot_bytes).sum();
        self.standing.backlog.measured(plan.takes_young().then_some(hot_bytes));
        for collection in own {
            if named(&collection.name).is_some_and(|stats| stats.hot_records >= least) {
                self.tend(&*store, &collection.name, plan);
            }
        }
        if self.retained.is_none_or(|at| at.elapsed() >= RETAIN_EVERY) {
            self.retain(&*store, &all);
        }
        if fuller {
            self.make_room(&*store);
        }
        self.level = self.standing.level();
        true
    }

    /// While the quota has room records stay hot for a while; then they become blocks as they come, and each time
    /// that the store is fuller all of it is made as small as it gets.
    fn plan(&mut self, few: bool, fuller: bool) -> Plan {
        let is_near = self.standing.level() >= Level::Near;
        if is_near && self.level < Level::Near && !self.hot_for.is_zero() {
            self.notify(&Notice::PackedEarly);
        }
        let hot_since = if is_near || self.hot_for.is_zero() {
            i64::MAX
        } else {
            let age = i64::try_from(self.hot_for.as_millis()).unwrap_or(i64::MAX);
            clock::event_time().millis().saturating_sub(age)
        };
        match (fuller, few) {
            (true, _) => Plan::ALL,
            (_, true) => Plan::older_than(hot_since),
            _ => Plan::worth_a_block(hot_since),
        }
    }

    /// Gives back what packing freed, and removes records where the owner chose that.
    fn make_room(&mut self, store: &dyn Store) {
        self.made_room = clock::now();
        // A store that cannot be tidied is no smaller, and no worse.
        let _ = store.tidy();
        match catch_unwind(AssertUnwindSafe(|| thin(store, self))) {
            Ok(Ok(gone)) => {
                for thinned in gone {
                    self.notify(&Notice::Thinned(thinned));
                }
            }
            Ok(Err(PackError::Stopped | PackError::Busy { .. })) => {}
            Ok(Err(error)) => self.tell(&Arc::from(THE_STORE), error),
            Err(_) => self.tell(&Arc::from(THE_STORE), PackError::Panicked),
        }
    }

    /// Removes what rules keep no longer, from whatever Woodpile wrote.
    fn retain(&mut self, store: &dyn Store, all: &[CollectionStats]) {
        self.retained = Some(clock::now());
        let Some(rules) = self.standing.rules() else { return };
        let mut retention = std::mem::take(&mut self.retention);
        for stats in all {
            if self.has_ended() || !store.is_packed_unasked(&stats.name).unwrap_or(false) {
                continue;
            }
            let now = clock::event_time().millis();
            let memory = (&mut retention, &mut *self as &mut dyn Watch);
            let retain = AssertUnwindSafe(|| retain(store, stats, &*rules, now, memory));
            let name = Arc::from(stats.name.as_str());
            match catch_unwind(retain) {
                Ok(Ok(_) | Err(PackError::Stopped | PackError::Busy { .. })) => {}
                Ok(Err(error)) => self.tell(&name, error),
                Err(_) => self.tell(&name, PackError::Panicked),
            }
        }
        self.retention = retention;
    }

    fn tend(&mut self, store: &dyn Store, collection: &Arc<str>, plan: Plan) {
        if self.has_ended() {
            return;
        }
        self.standing.backlog.set_shrinking(true);
        let packed = catch_unwind(AssertUnwindSafe(|| pack(store, collection, plan, self)));
        self.standing.backlog.set_shrinking(false);
        match packed {
            Ok(Ok(_)) => _ = self.told.remove(collection),
            // Whoever has the lease packs it.
            Ok(Err(PackError::Stopped | PackError::Busy { .. })) => {}
            Ok(Err(error)) => self.tell(collection, error),
            Err(_) => self.tell(collection, PackError::Panicked),
        }
    }

    fn tell(&mut self, collection: &Arc<str>, error: PackError) {
        let kind = std::mem::discriminant(&error);
        if self.told.insert(Arc::clone(collection), kind) != Some(kind) {
            self.notify(&Notice::NotPacked { collection: collection.to_string(), error });
        }
    }

    fn notify(&self, notice: &Notice) {
        // A listener that panics must not end the thread.
        let _ = catch_unwind(AssertUnwindSafe(|| (self.notices)(notice)));
    }

    fn has_ended(&self) -> bool {
        self.writers.have_ended()
    }
}

impl Watch for Packing {
    fn progress(&mut self, _: u64, _: u64) {}

    fn packed(&mut self, bytes: u64) {
        self.standing.backlog.shrink(bytes);
    }

    /// Writing goes first: while much waits to be written packing waits, too, but for a backlog that slows those who
    /// write.
    fn goes_on(&mut self) -> bool {
        let waits = || self.writers.press() && !self.standing.backlog.is_urgent();
        while !self.has_ended() && waits() {
            std::thread::sleep(PAUSE);
        }
        !self.has_ended()
    }
}
