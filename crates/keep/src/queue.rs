use crate::{DropReason, Settings};
use crossbeam_queue::ArrayQueue;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, OnceLock, PoisonError};
use std::thread::Thread;
use std::time::Duration;
use woodpile_record::Record;

/// What a record in the queue costs beside its own bytes: its slot, and its allocation's header.
pub(crate) const RECORD_OVERHEAD: usize = 64;
/// The collector is woken when this part of the queue has filled.
const WAKE_AT_PART: usize = 4;
/// How many records are taken before their room is given to those who send.
const RELEASE_EVERY: usize = 64;
/// How many buffers are kept for records to come: as many as one call of the store takes.
const SPARE_BUFFERS: usize = 16 * 1024;
/// The largest buffer that is kept; together they take 16 MiB at most.
const SPARE_BYTES: usize = 1024;
/// A sender that waits for room looks again at least this often.
const ROOM_CHECK: Duration = Duration::from_millis(100);

/// The collector waits without polling: whoever sends a record wakes it.
pub(crate) const ASLEEP: u8 = 1;
/// No record is taken any more.
pub(crate) const CLOSED: u8 = 2;
/// What is in memory is given up.
pub(crate) const ABANDONED: u8 = 4;
/// The collector has ended.
pub(crate) const ENDED: u8 = 8;

/// A record and its collection's number.
#[derive(Debug)]
pub(crate) struct Queued {
    pub(crate) collection: u32,
    pub(crate) record: Record,
}

impl Queued {
    fn cost(&self) -> usize {
        self.record.as_document().as_bytes().len() + RECORD_OVERHEAD
    }
}

/// A record that found no room.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) item: Queued,
    pub(crate) reason: DropReason,
}

/// Keeps what many threads write away from what they only read.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Padded<T>(T);

/// The bounded queue between those who send and the collector, and what they tell each other.
#[derive(Debug)]
pub(crate) struct Queue {
    slots: ArrayQueue<Queued>,
    bytes: Padded<AtomicUsize>,
    state: Padded<AtomicU8>,
    /// A record that must not linger is in the queue.
    pub(crate) urgent: AtomicBool,
    max_bytes: usize,
    wake_at: usize,
    collector: OnceLock<Thread>,
    /// The buffers of records that were taken, for those who encode the next.
    spare: ArrayQueue<Vec<u8>>,
    blocked: AtomicUsize,
    turn: Mutex<()>,
    room: Condvar,
}

impl Queue {
    pub(crate) fn new(settings: &Settings) -> Self {
        let records = settings.queue_records.max(1);
        let part = (settings.queue_bytes / WAKE_AT_PART)
            .min(records.saturating_mul(RECORD_OVERHEAD) / WAKE_AT_PART);
        Self {
            slots: ArrayQueue::new(records),
            bytes: Padded::default(),
            state: Padded::default(),
            urgent: AtomicBool::new(false),
            max_bytes: settings.queue_bytes,
            wake_at: part.min(settings.batch_bytes / WAKE_AT_PART).max(1),
            collector: OnceLock::new(),
            spare: ArrayQueue::new(SPARE_BUFFERS),
            blocked: AtomicUsize::new(0),
            turn: Mutex::new(()),
            room: Condvar::new(),
        }
    }

    /// A buffer to encode a record in.
    pub(crate) fn buffer(&self) -> Vec<u8> {
        self.spare.pop().unwrap_or_default()
    }

    /// Keeps a buffer for the next record. To free it here, on the collector's thread, would make the senders
    /// wait for the allocator's locks.
    pub(crate) fn give_back(&self, buffer: Vec<u8>) {
        if buffer.capacity() <= SPARE_BYTES {
            // What finds no room is freed.
            let _ = self.spare.push(buffer);
        }
    }

    /// So many bytes are worth a call of the store.
    pub(crate) fn wake_at(&self) -> usize {
        self.wake_at
    }

    /// Adds a record, or gives it back. Says whether the collector has to be looked after: it sleeps, has
    /// ended, or enough has gathered.
    ///
    /// The bytes are counted before the state is read, and a collector that goes to sleep does the same the
    /// other way round, both sequentially consistent: one of the two sees the other.
    pub(crate) fn offer(&self, item: Queued) -> Result<bool, Refused> {
        if self.is(CLOSED) {
            return Err(Refused { item, reason: DropReason::Closed });
        }
        let cost = item.cost();
        let before = self.bytes.0.fetch_add(cost, Ordering::SeqCst);
        let after = before.saturating_add(cost);
        if after > self.max_bytes {
            self.bytes.0.fetch_sub(cost, Ordering::SeqCst);
            let too_large = cost > self.max_bytes;
            let reason = if too_large { DropReason::TooLarge } else { DropReason::QueueBytes };
            return Err(Refused { item, reason });
        }
        if let Err(item) = self.slots.push(item) {
            self.bytes.0.fetch_sub(cost, Ordering::SeqCst);
            return Err(Refused { item, reason: DropReason::QueueRecords });
        }
        let crossed = before < self.wake_at && after >= self.wake_at;
        Ok(crossed || self.state.0.load(Ordering::SeqCst) & (ASLEEP | ENDED) != 0)
    }

    /// Adds a record when there is room, or gives it back when there will be none.
    pub(crate) fn offer_and_wait(&self, refused: Refused) -> Result<bool, Refused> {
        self.blocked.fetch_add(1, Ordering::SeqCst);
        let outcome = self.wait_for_room(refused);
        self.blocked.fetch_sub(1, Ordering::SeqCst);
        outcome
    }

    fn wait_for_room(&self, mut refused: Refused) -> Result<bool, Refused> {
        let mut turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match self.offer(refused.item) {
                Err(again) if is_full(again.reason) => refused = again,
                outcome => return outcome,
            }
            self.wake();
            let waited = self.room.wait_timeout(turn, ROOM_CHECK);
            turn = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Takes the oldest record.
    pub(crate) fn pop(&self) -> Option<Queued> {
        let item = self.slots.pop()?;
        self.bytes.0.fetch_sub(item.cost(), Ordering::SeqCst);
        Some(item)
    }

    /// Hands the records that are in the queue now to `accept`, oldest first, until it wants no more.
    pub(crate) fn take(&self, mut accept: impl FnMut(Queued) -> bool) {
        let mut released = 0;
        for taken in 1..=self.slots.len() {
            let Some(item) = self.slots.pop() else { break };
            released += item.cost();
            let more = accept(item);
            if !more || taken % RELEASE_EVERY == 0 {
                self.bytes.0.fetch_sub(std::mem::take(&mut released), Ordering::SeqCst);
            }
            if !more {
                break;
            }
        }
        self.bytes.0.fetch_sub(released, Ordering::SeqCst);
        self.tell_room();
    }

    fn tell_room(&self) {
        if self.blocked.load(Ordering::SeqCst) > 0 {
            let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
            self.room.notify_all();
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether so much waits that it should not stay in memory.
    pub(crate) fn is_half_full(&self) -> bool {
        self.slots.len() >= self.slots.capacity() / 2
            || self.bytes.0.load(Ordering::Relaxed) >= self.max_bytes / 2
    }

    pub(crate) fn is(&self, state: u8) -> bool {
        self.state.0.load(Ordering::SeqCst) & state != 0
    }

    pub(crate) fn set(&self, state: u8) {
        self.state.0.fetch_or(state, Ordering::SeqCst);
        if state & (CLOSED | ENDED) != 0 {
            self.tell_room();
        }
    }

    /// Names the thread to wake.
    pub(crate) fn woken_by(&self, collector: Thread) {
        let _ = self.collector.set(collector);
    }

    pub(crate) fn wake(&self) {
        if let Some(collector) = self.collector.get() {
            collector.unpark();
        }
    }

    /// Waits until woken or `timeout` has passed; without a record in the queue and `soundly`, the next
    /// record wakes.
    pub(crate) fn rest(&self, timeout: Duration, soundly: bool) {
        if !soundly {
            return std::thread::park_timeout(timeout);
        }
        self.state.0.fetch_or(ASLEEP, Ordering::SeqCst);
        if self.bytes.0.load(Ordering::SeqCst) == 0 {
            std::thread::park_timeout(timeout);
        }
        self.state.0.fetch_and(!ASLEEP, Ordering::SeqCst);
    }

    /// Wakes a collector that sleeps, once.
    pub(crate) fn rouse(&self) {
        self.state.0.fetch_and(!ASLEEP, Ordering::SeqCst);
        self.wake();
    }
}

/// Whether waiting or making room would help.
pub(crate) fn is_full(reason: DropReason) -> bool {
    matches!(reason, DropReason::QueueRecords | DropReason::QueueBytes)
}
