use crate::collection::Collection;
use crate::courier::is_own_thread;
use crate::queue::{ENDED, Queued, Refused, is_full};
use crate::shared::Shared;
use crate::{Dropped, WhenFull};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use woodpile_record::{Record, Severity};

/// Takes the records of one collection, from any thread; cheap to clone.
#[derive(Debug, Clone)]
pub struct Sender {
    shared: Arc<Shared>,
    collection: Arc<Collection>,
    number: u32,
}

impl Sender {
    pub(crate) fn new(shared: &Arc<Shared>, collection: &str) -> Self {
        let (number, collection) = shared.standing.collections.intern(collection);
        Self { shared: Arc::clone(shared), collection, number }
    }

    /// The collection's name.
    pub fn collection(&self) -> &str {
        &self.collection.name
    }

    /// A buffer to encode the next record in: one that another record no longer needs, if there is one.
    pub fn buffer(&self) -> Vec<u8> {
        self.shared.queue.buffer()
    }

    /// Hands a record over. Never waits but under [`WhenFull::Block`], and makes no system call but,
    /// now and then, to wake the keeper.
    ///
    /// # Errors
    /// Says why the record was dropped; it is counted, too.
    pub fn send(&self, record: Record) -> Result<(), Dropped> {
        self.send_at(record, None)
    }

    /// The same for a record of a known severity: see `Settings::flush_at`.
    ///
    /// # Errors
    /// Says why the record was dropped; it is counted, too.
    pub fn send_at(&self, record: Record, severity: Option<Severity>) -> Result<(), Dropped> {
        let offered = self.shared.queue.offer(Queued { collection: self.number, record });
        match offered {
            Ok(false) => {}
            Ok(true) => self.rouse(),
            Err(refused) => self.overflow(refused)?,
        }
        if self.shared.settings.flush_at.is_some_and(|least| severity >= Some(least)) {
            self.hurry();
        }
        Ok(())
    }

    #[cold]
    fn rouse(&self) {
        if self.shared.queue.is(ENDED) {
            self.shared.discard();
        } else {
            self.shared.queue.rouse();
        }
    }

    #[cold]
    fn hurry(&self) {
        self.shared.queue.urgent.store(true, Ordering::Release);
        self.shared.queue.wake();
    }

    #[cold]
    fn overflow(&self, refused: Refused) -> Result<(), Dropped> {
        let offered = match self.shared.settings.when_full {
            _ if !is_full(refused.reason) => Err(refused),
            WhenFull::DropOldest => self.shared.offer_instead(refused),
            // The keeper's own thread would wait for itself.
            WhenFull::Block if !is_own_thread() => self.shared.queue.offer_and_wait(refused),
            WhenFull::Block | WhenFull::DropNewest => Err(refused),
        };
        match offered {
            Ok(false) => Ok(()),
            Ok(true) => {
                self.rouse();
                Ok(())
            }
            Err(Refused { reason, .. }) => {
                Err(Dropped { reason: self.shared.refuse(&self.collection, reason) })
            }
        }
    }
}
