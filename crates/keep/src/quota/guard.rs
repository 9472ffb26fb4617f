use super::limits::{MEASURED_FOR, PART_OF_ROOM};
use super::{Level, Usage};
use crate::{Notice, clock};
use std::time::Instant;
use woodpile_store::{Store, StoreError};

/// Watches how full a store is for one who writes to it, and refuses records where its owner wants that.
///
/// It measures now and then, the more often the less room is left, so that little is written beyond the quota.
#[derive(Debug, Default)]
pub struct Guard {
    seen: Option<Seen>,
    /// The level that the owner was told of last.
    told: Level,
    news: Option<Notice>,
}

/// What was measured last.
#[derive(Debug)]
struct Seen {
    /// `None` without a quota.
    usage: Option<Usage>,
    at: Instant,
    /// Bytes written since.
    written: u64,
}

impl Seen {
    fn is_outdated(&self) -> bool {
        let crowds = |usage: Usage| self.written >= usage.room() / PART_OF_ROOM;
        self.at.elapsed() >= MEASURED_FOR || self.usage.is_some_and(crowds)
    }
}

impl Guard {
    /// Lets so many bytes of records pass, or says why not.
    ///
    /// # Errors
    /// [`StoreError::Full`] where the quota is used up.
    pub fn admit(&mut self, store: &dyn Store, bytes: u64) -> Result<(), StoreError> {
        if self.seen.as_ref().is_none_or(Seen::is_outdated) {
            self.look(store);
        }
        if let Some(usage) = self.usage().filter(|usage| usage.refuses()) {
            return Err(usage.refusal(store.location()));
        }
        if let Some(seen) = &mut self.seen {
            seen.written = seen.written.saturating_add(bytes);
        }
        Ok(())
    }

    /// A store that cannot say how full it is may take records all the same.
    fn look(&mut self, store: &dyn Store) {
        let usage = Usage::of(store).unwrap_or_else(|_| self.usage());
        self.seen = Some(Seen { usage, at: clock::now(), written: 0 });
        let level = self.level();
        if let Some(usage) = usage.filter(|_| level > self.told) {
            self.news = Some(Notice::QuotaUsed { usage });
        }
        self.told = level;
    }

    fn usage(&self) -> Option<Usage> {
        self.seen.as_ref().and_then(|seen| seen.usage)
    }

    /// How full the store was when it was measured last.
    pub fn level(&self) -> Level {
        self.usage().map(Usage::level).unwrap_or_default()
    }

    /// What the owner is to be told, once for each level.
    pub fn news(&mut self) -> Option<Notice> {
        self.news.take()
    }
}
