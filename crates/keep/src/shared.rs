use crate::backlog::Backlog;
use crate::collection::Collection;
use crate::counters::get;
use crate::flush::Tickets;
use crate::packer::Writers;
use crate::queue::{ASLEEP, CLOSED, Queue, Queued, Refused, is_full};
use crate::standing::Standing;
use crate::{Counters, DropReason, Settings, clock};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// What senders, the keeper and its threads have in common.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) settings: Settings,
    pub(crate) standing: Arc<Standing>,
    pub(crate) queue: Queue,
    pub(crate) tickets: Tickets,
    /// Some collection lost records that are not yet reported.
    pub(crate) losing: AtomicBool,
    /// Records dropped before the collector took them.
    refused: AtomicU64,
}

impl Shared {
    pub(crate) fn new(settings: Settings) -> Self {
        // Whoever logs is never slowed by packing.
        let backlog = Backlog::new(u64::MAX);
        Self {
            queue: Queue::new(&settings),
            standing: Arc::new(Standing::new(settings.retry, settings.rules, backlog)),
            settings,
            tickets: Tickets::default(),
            losing: AtomicBool::new(false),
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
        let spool_full = is_full(reason) && self.standing.spool_full.load(Ordering::Relaxed);
        if spool_full { DropReason::SpoolFull } else { reason }
    }

    /// Counts a lost record, and remembers to report it; once closed, nobody is left to report to.
    pub(crate) fn lose(&self, collection: &Collection, reason: DropReason) {
        self.lose_many(collection, reason, 1);
    }

    pub(crate) fn lose_many(&self, collection: &Collection, reason: DropReason, records: u64) {
        self.standing.count(reason, records);
        if reason != DropReason::Closed {
            collection.lose(reason, records, clock::event_time().millis());
            self.losing.store(true, Ordering::Release);
            // A record that is too large for an empty queue finds the collector asleep.
            if self.queue.is(ASLEEP) {
                self.queue.rouse();
            }
        }
    }

    /// Makes room by dropping the oldest record.
    pub(crate) fn drop_oldest(&self, reason: DropReason) {
        if let Some(Queued { collection, .. }) = self.queue.pop()
            && let Some(collection) = self.standing.collections.get(collection)
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

    pub(crate) fn counters(&self) -> Counters {
        let queued = u64::try_from(self.queue.len()).unwrap_or(u64::MAX);
        let sent = get(&self.standing.tallies.taken) + queued + get(&self.refused);
        self.standing.counters(sent, 0)
    }
}

impl Writers for Shared {
    fn press(&self) -> bool {
        self.queue.is_half_full()
    }

    fn have_ended(&self) -> bool {
        self.queue.is(CLOSED)
    }
}

/// How often a sender drops the oldest record to make room for its own before it gives up: other senders
/// may take the room first, or hold it for a moment.
const DISPLACE_ATTEMPTS: usize = 1_000;
