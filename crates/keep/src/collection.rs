use crate::{DropReason, report::Loss};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

/// The collections that have a sender, by a number that fits beside each record in the queue.
#[derive(Debug, Default)]
pub(crate) struct Collections(RwLock<Vec<Arc<Collection>>>);

impl Collections {
    /// The collection of this name and its number.
    pub(crate) fn intern(&self, name: &str) -> (u32, Arc<Collection>) {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let known = find(&all, name);
        drop(all);
        known.unwrap_or_else(|| self.add(name))
    }

    fn add(&self, name: &str) -> (u32, Arc<Collection>) {
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        find(&all, name).unwrap_or_else(|| {
            let collection = Arc::new(Collection::new(name));
            all.push(Arc::clone(&collection));
            (number(all.len() - 1), collection)
        })
    }

    pub(crate) fn get(&self, number: u32) -> Option<Arc<Collection>> {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        all.get(usize::try_from(number).ok()?).cloned()
    }

    pub(crate) fn all(&self) -> Vec<Arc<Collection>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn find(all: &[Arc<Collection>], name: &str) -> Option<(u32, Arc<Collection>)> {
    let index = all.iter().position(|known| &*known.name == name)?;
    Some((number(index), Arc::clone(&all[index])))
}

fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

/// A collection's name, and what it lost since that was last reported.
#[derive(Debug)]
pub(crate) struct Collection {
    pub(crate) name: Arc<str>,
    lost: [Lost; DropReason::ALL.len()],
}

/// Counted by any thread, without a lock: a sender must never wait for another.
#[derive(Debug, Default)]
struct Lost {
    records: AtomicU64,
    /// Milliseconds since 1970; 0 while there is none.
    first: AtomicI64,
    last: AtomicI64,
}

impl Collection {
    fn new(name: &str) -> Self {
        Self { name: name.into(), lost: Default::default() }
    }

    /// Counts records that were lost at `millis`.
    pub(crate) fn lose(&self, reason: DropReason, records: u64, millis: i64) {
        let tally = &self.lost[reason.index()];
        // Only the first of a row finds 0, so that a failure to exchange is what is wanted.
        let _ = tally.first.compare_exchange(0, millis, Ordering::Relaxed, Ordering::Relaxed);
        tally.last.fetch_max(millis, Ordering::Relaxed);
        tally.records.fetch_add(records, Ordering::Relaxed);
    }

    /// What was lost and is not yet reported.
    pub(crate) fn losses(&self) -> impl Iterator<Item = Loss> + '_ {
        DropReason::ALL.into_iter().filter_map(|reason| {
            let tally = &self.lost[reason.index()];
            let records = tally.records.load(Ordering::Relaxed);
            let last = tally.last.load(Ordering::Relaxed);
            let first = match tally.first.load(Ordering::Relaxed) {
                0 => last,
                first => first,
            };
            (records > 0).then_some(Loss { reason, records, first, last })
        })
    }

    /// Takes a loss off: it is reported.
    pub(crate) fn reported(&self, loss: &Loss) {
        let tally = &self.lost[loss.reason.index()];
        tally.first.store(0, Ordering::Relaxed);
        tally.records.fetch_sub(loss.records, Ordering::Relaxed);
    }
}
