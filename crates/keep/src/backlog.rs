use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::Thread;

/// When the backlog reaches this part of that, the packing thread is woken.
const WAKE_AT_PART: u64 = 4;

/// Bytes of hot records that could be packed, and are not: those that the store had when that was last measured, and
/// those that came since. While hot records are to stay as they are, there is none.
#[derive(Debug)]
pub(crate) struct Backlog {
    /// With so many, those who write are slowed.
    most: u64,
    bytes: AtomicU64,
    /// Hot records are packed as they come.
    counts: AtomicBool,
    /// It is becoming smaller right now.
    shrinks: AtomicBool,
    /// Whoever packs.
    packer: OnceLock<Thread>,
    /// Whoever writes, and waits while this is too much.
    writer: OnceLock<Thread>,
}

impl Backlog {
    pub(crate) fn new(most: u64) -> Self {
        Self {
            most,
            bytes: AtomicU64::new(0),
            counts: AtomicBool::new(false),
            shrinks: AtomicBool::new(false),
            packer: OnceLock::new(),
            writer: OnceLock::new(),
        }
    }

    pub(crate) fn packed_by(&self, packer: Thread) {
        let _ = self.packer.set(packer);
    }

    pub(crate) fn written_by(&self, writer: Thread) {
        let _ = self.writer.set(writer);
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// What the store has; `None` while that is to stay as it is.
    pub(crate) fn measured(&self, bytes: Option<u64>) {
        self.counts.store(bytes.is_some(), Ordering::Relaxed);
        self.bytes.store(bytes.unwrap_or(0), Ordering::Relaxed);
    }

    /// More was stored.
    pub(crate) fn grow(&self, bytes: u64) {
        if self.counts.load(Ordering::Relaxed) {
            let before = self.bytes.fetch_add(bytes, Ordering::Relaxed);
            let wake_at = self.most / WAKE_AT_PART;
            if before < wake_at && before + bytes >= wake_at {
                wake(&self.packer);
            }
        }
    }

    /// Some of it was packed.
    pub(crate) fn shrink(&self, bytes: u64) {
        let less = |all: u64| Some(all.saturating_sub(bytes));
        let before = self.bytes.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
        if before.is_ok_and(|before| before >= self.most) {
            wake(&self.writer);
        }
    }

    /// Packing begins or ends.
    pub(crate) fn set_shrinking(&self, shrinks: bool) {
        self.shrinks.store(shrinks, Ordering::Relaxed);
        if !shrinks {
            wake(&self.writer);
        }
    }

    /// Whether those who write are to wait: there is too much, and packing is making it less.
    pub(crate) fn is_too_much(&self) -> bool {
        self.shrinks.load(Ordering::Relaxed) && self.bytes() >= self.most
    }

    /// Whether packing must go on whatever else there is to do.
    pub(crate) fn is_urgent(&self) -> bool {
        self.bytes() >= self.most / 2
    }
}

fn wake(thread: &OnceLock<Thread>) {
    if let Some(thread) = thread.get() {
        thread.unpark();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_who_write_wait_only_while_there_is_too_much_and_it_becomes_less() {
        let backlog = Backlog::new(100);
        backlog.set_shrinking(true);
        backlog.measured(Some(60));
        backlog.grow(39);
        assert!(!backlog.is_too_much() && backlog.is_urgent());
        backlog.grow(1);
        assert!(backlog.is_too_much());
        backlog.set_shrinking(false);
        assert!(!backlog.is_too_much());
        backlog.set_shrinking(true);
        backlog.shrink(1);
        assert!(!backlog.is_too_much());
        backlog.shrink(1_000);
        assert_eq!(backlog.bytes(), 0);
    }

    #[test]
    fn what_is_to_stay_hot_is_no_backlog() {
        let backlog = Backlog::new(100);
        backlog.set_shrinking(true);
        backlog.grow(1_000);
        assert_eq!(backlog.bytes(), 0);
        backlog.measured(Some(1_000));
        backlog.measured(None);
        backlog.grow(1_000);
        assert!(!backlog.is_too_much());
    }
}
