use crate::collection::{Collection, Collections};
use crate::counters::{Tallies, add, get};
use crate::flush::Tickets;
use crate::queue::{ASLEEP, Queue, Queued, Refused, is_full};
use crate::{Counters, DropReason, Drops, Level, Rules, Settings, clock};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use woodpile_store::{Store, StoreError};

/// What senders, the keeper and its threads have in common.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) settings: Settings,
    pub(crate) queue: Queue,
    pub(crate) collections: Collections,
    pub(crate) tickets: Tickets,
    pub(crate) tallies: Tallies,
    /// Some collection lost records that are not yet reported.
    pub(crate) losing: AtomicBool,
    /// The spool has no room: a full queue is then its doing.
    pub(crate) spool_full: AtomicBool,
    /// What the store said last, while it is away.
    pub(crate) trouble: Mutex<Option<StoreError>>,
    /// How full the store is.
    level: Mutex<Level>,
    /// The store, while it is connected; the courier owns it.
    store: Mutex<Option<Weak<dyn Store>>>,
    /// The store's rules, once they were read.
    rules: Mutex<Option<Arc<dyn Rules>>>,
    dropped: [AtomicU64; DropReason::ALL.len()],
    /// Records dropped before the collector took them.
    refused: AtomicU64,
}

impl Shared {
    pub(crate) fn new(settings: Settings) -> Self {
        Self {
            queue: Queue::new(&settings),
            settings,
            collections: Collections::default(),
            tickets: Tickets::default(),
            tallies: Tallies::default(),
            losing: AtomicBool::new(false),
            spool_full: AtomicBool::new(false),
            trouble: Mutex::new(None),
            level: Mutex::default(),
            store: Mutex::new(None),
            rules: Mutex::new(None),
            dropped: Default::default(),
            refused: AtomicU64::new(0),
        }
    }

    /// Counts a record that never came out of the queue.
    pub(crate) fn refuse(&self, collection: &Collection, reason: DropReason) -> DropReason {
        let reason = self.why_full(reason);
        self.refused.fetch_add(1, Ordering::Relaxed);
        self.lose(collection, reason);
        reason
    }

    fn why_full(&self, reason: DropReason) -> DropReason {
        let spool_full = is_full(reason) && self.spool_full.load(Ordering::Relaxed);
        if spool_full { DropReason::SpoolFull } else { reason }
    }

    /// Counts a lost record, and remembers to report it; once closed, nobody is left to report to.
    pub(crate) fn lose(&self, collection: &Collection, reason: DropReason) {
        self.lose_many(collection, reason, 1);
    }

    pub(crate) fn lose_many(&self, collection: &Collection, reason: DropReason, records: u64) {
        self.count(reason, records);
        if reason != DropReason::Closed {
            collection.lose(reason, records, clock::event_time().millis());
            self.losing.store(true, Ordering::Release);
            // A record that is too large for an empty queue finds the collector asleep.
            if self.queue.is(ASLEEP) {
                self.queue.rouse();
            }
        }
    }

    /// Counts lost records, without a report.
    pub(crate) fn count(&self, reason: DropReason, records: u64) {
        add(&self.dropped[reason.index()], records);
    }

    /// Makes room by dropping the oldest record.
    pub(crate) fn drop_oldest(&self, reason: DropReason) {
        if let Some(Queued { collection, .. }) = self.queue.pop()
            && let Some(collection) = self.collections.get(collection)
        {
            self.refuse(&collection, reason);
        }
    }

    /// Drops what is in the queue: nobody takes it any more.
    pub(crate) fn discard(&self) {
        while self.queue.len() > 0 {
            self.drop_oldest(DropReason::Closed);
        }
    }

    /// Tries again after making room, as often as it takes other senders to use that room up.
    pub(crate) fn offer_instead(&self, mut refused: Refused) -> Result<bool, Refused> {
        for _ in 0..DISPLACE_ATTEMPTS {
            self.drop_oldest(refused.reason);
            match self.queue.offer(refused.item) {
                Err(again) if is_full(again.reason) => refused = again,
                outcome => return outcome,
            }
        }
        Err(refused)
    }

    pub(crate) fn set_trouble(&self, error: Option<StoreError>) {
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = error;
    }

    /// Lets the packing thread know how full the store is.
    pub(crate) fn set_level(&self, level: Level) {
        *self.level.lock().unwrap_or_else(PoisonError::into_inner) = level;
    }

    pub(crate) fn level(&self) -> Level {
        *self.level.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set_rules(&self, rules: &Arc<dyn Rules>) {
        *self.rules.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(rules));
    }

    pub(crate) fn rules(&self) -> Option<Arc<dyn Rules>> {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Lets the packing thread use the store, too.
    pub(crate) fn connected(&self, store: &Arc<dyn Store>) {
        let mut known = self.store.lock().unwrap_or_else(PoisonError::into_inner);
        *known = Some(Arc::downgrade(store));
    }

    pub(crate) fn store(&self) -> Option<Arc<dyn Store>> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner).as_ref()?.upgrade()
    }

    pub(crate) fn trouble(&self) -> Option<StoreError> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn counters(&self) -> Counters {
        let tallies = &self.tallies;
        let queued = u64::try_from(self.queue.len()).unwrap_or(u64::MAX);
        let mut counters = Counters {
            sent: get(&tallies.taken) + queued + get(&self.refused),
            recovered: get(&tallies.recovered),
            stored: get(&tallies.stored),
            spooled: get(&tallies.spooled),
            waiting: 0,
            duplicates: get(&tallies.duplicates),
            conflicts: get(&tallies.conflicts),
            masked: get(&tallies.masked),
            dropped: Drops::new(std::array::from_fn(|index| get(&self.dropped[index]))),
        };
        let gone = counters.stored + counters.spooled + counters.dropped.total();
        counters.waiting = (counters.sent + counters.recovered).saturating_sub(gone);
        counters
    }
}

/// How often a sender drops the oldest record to make room for its own before it gives up: other senders
/// may take the room first, or hold it for a moment.
const DISPLACE_ATTEMPTS: usize = 1_000;
