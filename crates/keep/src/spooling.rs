use crate::backoff::Backoff;
use crate::counters::{add, sub};
use crate::portion::Portion;
use crate::standing::Standing;
use crate::{Notice, clock};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;
use woodpile_store::{Spool, SpoolKey, StoreError};

/// A spool, how much went in and came out, and whether it works.
#[derive(Debug)]
pub(crate) struct Spooling {
    spool: Box<dyn Spool>,
    standing: Arc<Standing>,
    /// Records that ever went in, those of an earlier run included.
    put: u64,
    removed: u64,
    /// It could not say yet what an earlier run left.
    unread: bool,
    /// Stored, but not removed yet because that failed.
    stored: Option<SpoolKey>,
    trouble: Option<Trouble>,
    backoff: Backoff,
    notice: Option<Notice>,
}

/// The spool failed and is left alone for a while.
#[derive(Debug)]
struct Trouble {
    retry_at: Instant,
    /// It has no room, but can be read.
    full: bool,
}

impl Spooling {
    pub(crate) fn new(spool: Box<dyn Spool>, standing: &Arc<Standing>) -> Self {
        Self {
            spool,
            standing: Arc::clone(standing),
            put: 0,
            removed: 0,
            unread: true,
            stored: None,
            trouble: None,
            backoff: Backoff::new(standing.retry),
            notice: None,
        }
    }

    /// Counts what an earlier run has left.
    pub(crate) fn open(&mut self) {
        match self.spool.waiting() {
            Ok((0, _)) => self.unread = false,
            Ok((records, _)) => {
                self.unread = false;
                self.recover(records);
                self.notice = Some(Notice::Recovering { records });
            }
            Err(error) => self.fail(error),
        }
    }

    fn recover(&mut self, records: u64) {
        self.put += records;
        add(&self.standing.tallies.recovered, records);
        add(&self.standing.tallies.spooled, records);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.put == self.removed && self.stored.is_none() && !self.unread
    }

    /// How many records ever went in.
    pub(crate) fn put_so_far(&self) -> u64 {
        self.put
    }

    /// How many records ever came out.
    pub(crate) fn removed_so_far(&self) -> u64 {
        self.removed
    }

    /// When it is tried again, if it failed.
    pub(crate) fn retry_at(&self) -> Option<Instant> {
        self.trouble.as_ref().map(|trouble| trouble.retry_at)
    }

    /// Whether records may be put in now.
    pub(crate) fn takes(&self, now: Instant) -> bool {
        self.retry_at().is_none_or(|retry_at| now >= retry_at)
    }

    /// Whether records must come out before newer ones are stored: there are some, and it can be read.
    pub(crate) fn comes_first(&self, now: Instant) -> bool {
        let readable =
            self.trouble.as_ref().is_none_or(|trouble| trouble.full || now >= trouble.retry_at);
        !self.is_empty() && readable
    }

    /// Puts records in; says whether it took them.
    pub(crate) fn put(&mut self, portion: &Portion) -> bool {
        self.put_all(&[portion])
    }

    /// The same for several portions: it takes all or nothing.
    pub(crate) fn put_all(&mut self, portions: &[&Portion]) -> bool {
        let batches: Vec<_> = portions.iter().flat_map(|portion| portion.batches()).collect();
        if let Err(error) = self.spool.put(&batches) {
            self.fail(error);
            return false;
        }
        let records = portions.iter().map(|portion| portion.count()).sum();
        self.put += records;
        add(&self.standing.tallies.spooled, records);
        self.works();
        true
    }

    /// The oldest records, if it has some and can be read.
    pub(crate) fn oldest(&mut self) -> Option<(SpoolKey, Portion)> {
        match self.read() {
            Ok(Some(oldest)) => Some(oldest),
            Ok(None) => {
                self.emptied();
                None
            }
            Err(error) => {
                self.fail(error);
                None
            }
        }
    }

    fn read(&mut self) -> Result<Option<(SpoolKey, Portion)>, StoreError> {
        if let Some(key) = self.stored {
            self.spool.remove(key)?;
            self.stored = None;
        }
        Ok(self.spool.oldest()?.map(|(key, followed)| (key, Portion::from(followed))))
    }

    /// Nothing is left: what did not come out here, another process with the same spool has stored.
    fn emptied(&mut self) {
        let elsewhere = self.put - self.removed;
        self.taken_out(elsewhere);
        add(&self.standing.tallies.stored, elsewhere);
        self.unread = false;
        self.works();
    }

    /// Counts records that the store has or has refused.
    pub(crate) fn taken_out(&mut self, records: u64) {
        let known = self.put - self.removed;
        self.recover(records.saturating_sub(known));
        self.removed += records;
        sub(&self.standing.tallies.spooled, records);
    }

    /// Removes records that are dealt with. If that fails, it is tried again before more is read.
    pub(crate) fn remove(&mut self, key: SpoolKey) {
        match self.spool.remove(key) {
            Ok(()) => self.works(),
            Err(error) => {
                self.stored = Some(key);
                self.fail(error);
            }
        }
    }

    fn works(&mut self) {
        self.trouble = None;
        self.backoff.reset();
        self.standing.spool_full.store(false, Ordering::Relaxed);
    }

    fn fail(&mut self, error: StoreError) {
        let full = matches!(error, StoreError::Full { .. });
        let retry_at = clock::after(clock::now(), self.backoff.next(&error));
        let before = self.trouble.replace(Trouble { retry_at, full });
        self.standing.spool_full.store(full, Ordering::Relaxed);
        if before.is_none_or(|before| before.full != full) {
            self.notice = Some(if full {
                Notice::SpoolFull { error }
            } else {
                Notice::SpoolFailed { error }
            });
        }
    }

    /// What is to be told.
    pub(crate) fn notice(&mut self) -> Option<Notice> {
        self.notice.take()
    }
}
