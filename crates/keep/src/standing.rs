use crate::backlog::Backlog;
use crate::collection::Collections;
use crate::counters::{Tallies, add, get};
use crate::portion::Portion;
use crate::{Counters, DropReason, Drops, Level, ReadRules, Retry, Rules};
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use woodpile_store::{Appended, Store, StoreError};

/// How things stand with the store and with the records: what all threads know that keep them, whoever sends.
#[derive(Debug)]
pub(crate) struct Standing {
    /// When a store that failed is tried again.
    pub(crate) retry: Retry,
    /// Reads what the store's owner wants of records.
    pub(crate) read_rules: Option<ReadRules>,
    /// Those that records were sent to.
    pub(crate) collections: Collections,
    pub(crate) tallies: Tallies,
    /// What was stored and could be packed.
    pub(crate) backlog: Backlog,
    /// The spool has no room: whatever is full then, is its doing.
    pub(crate) spool_full: AtomicBool,
    /// What the store said last, while it is away.
    trouble: Mutex<Option<StoreError>>,
    /// How full the store is.
    level: Mutex<Level>,
    /// The store, while it is connected; the courier owns it.
    store: Mutex<Option<Weak<dyn Store>>>,
    /// The store's rules, once they were read.
    rules: Mutex<Option<Arc<dyn Rules>>>,
    dropped: [AtomicU64; DropReason::ALL.len()],
}

impl Standing {
    pub(crate) fn new(retry: Retry, read_rules: Option<ReadRules>, backlog: Backlog) -> Self {
        Self {
            retry,
            read_rules,
            collections: Collections::default(),
            tallies: Tallies::default(),
            backlog,
            spool_full: AtomicBool::new(false),
            trouble: Mutex::new(None),
            level: Mutex::default(),
            store: Mutex::new(None),
            rules: Mutex::new(None),
            dropped: Default::default(),
        }
    }

    /// Counts records that are lost.
    pub(crate) fn count(&self, reason: DropReason, records: u64) {
        add(&self.dropped[reason.index()], records);
    }

    /// Counts records that the store has now.
    pub(crate) fn stored(&self, portion: &Portion, appended: Appended) {
        add(&self.tallies.stored, portion.count());
        add(&self.tallies.duplicates, appended.duplicates);
        add(&self.tallies.conflicts, appended.conflicts);
        self.backlog.grow(portion.bytes() as u64);
    }

    pub(crate) fn set_trouble(&self, error: Option<StoreError>) {
        *lock(&self.trouble) = error;
    }

    pub(crate) fn trouble(&self) -> Option<StoreError> {
        lock(&self.trouble).clone()
    }

    /// Lets the packing thread know how full the store is.
    pub(crate) fn set_level(&self, level: Level) {
        *lock(&self.level) = level;
    }

    pub(crate) fn level(&self) -> Level {
        *lock(&self.level)
    }

    pub(crate) fn set_rules(&self, rules: &Arc<dyn Rules>) {
        *lock(&self.rules) = Some(Arc::clone(rules));
    }

    pub(crate) fn rules(&self) -> Option<Arc<dyn Rules>> {
        lock(&self.rules).clone()
    }

    /// Lets others use the store, too.
    pub(crate) fn connected(&self, store: &Arc<dyn Store>) {
        *lock(&self.store) = Some(Arc::downgrade(store));
    }

    pub(crate) fn store(&self) -> Option<Arc<dyn Store>> {
        lock(&self.store).as_ref()?.upgrade()
    }

    /// What became of so many records that were sent, of which some were refused at once.
    pub(crate) fn counters(&self, sent: u64, refused: u64) -> Counters {
        let tallies = &self.tallies;
        let mut counters = Counters {
            sent,
            recovered: get(&tallies.recovered),
            stored: get(&tallies.stored),
            spooled: get(&tallies.spooled),
            waiting: 0,
            duplicates: get(&tallies.duplicates),
            conflicts: get(&tallies.conflicts),
            masked: get(&tallies.masked),
            refused,
            dropped: Drops::new(std::array::from_fn(|index| get(&self.dropped[index]))),
        };
        let gone = counters.stored + counters.spooled + counters.dropped.total() + refused;
        counters.waiting = (counters.sent + counters.recovered).saturating_sub(gone);
        counters
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
