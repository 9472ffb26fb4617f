use crate::backoff::Backoff;
use crate::shared::Shared;
use crate::{Notice, clock};
use std::sync::Arc;
use std::time::Instant;
use woodpile_store::StoreError;

/// What is known of the store, from how it answered.
#[derive(Debug)]
pub(crate) struct Health {
    shared: Arc<Shared>,
    /// Set while it is away.
    away: Option<Away>,
    backoff: Backoff,
    /// Whether the next job will find a connection.
    pub(crate) connected: bool,
}

#[derive(Debug)]
struct Away {
    error: StoreError,
    /// The error says only that there is no answer yet.
    late: bool,
    retry_at: Instant,
}

impl Health {
    pub(crate) fn new(shared: &Arc<Shared>) -> Self {
        Self {
            shared: Arc::clone(shared),
            away: None,
            backoff: Backoff::new(shared.settings.retry),
            connected: false,
        }
    }

    pub(crate) fn is_away(&self) -> bool {
        self.away.is_some()
    }

    /// When it is tried again, while it is away.
    pub(crate) fn retry_at(&self) -> Option<Instant> {
        self.away.as_ref().map(|away| away.retry_at)
    }

    /// Whether it may be asked now.
    pub(crate) fn may_try(&self, now: Instant) -> bool {
        self.retry_at().is_none_or(|retry_at| now >= retry_at)
    }

    /// Somebody waits: it is tried at once.
    pub(crate) fn hurry(&mut self, now: Instant) {
        if let Some(away) = &mut self.away {
            away.retry_at = now;
        }
    }

    /// It answered. The news, if it was away.
    pub(crate) fn answered(&mut self) -> Option<Notice> {
        self.backoff.reset();
        self.away.take()?;
        self.shared.set_trouble(None);
        let counters = self.shared.counters();
        Some(Notice::Back { waiting: counters.waiting + counters.spooled })
    }

    /// It failed. The news, unless this is how it failed before.
    pub(crate) fn failed(
        &mut self,
        error: StoreError,
        now: Instant,
        spool: bool,
    ) -> Option<Notice> {
        let retry_at = clock::after(now, self.backoff.next(&error));
        let away = Away { error: error.clone(), late: false, retry_at };
        let before = self.replace(away);
        let same = before.is_some_and(|before| !before.late && same_kind(&before.error, &error));
        (!same).then_some(Notice::Lost { error, spool })
    }

    /// It gives no answer. News only if it was well: later it may say why, which tells people more.
    pub(crate) fn late(&mut self, error: StoreError, now: Instant, spool: bool) -> Option<Notice> {
        if self.is_away() {
            return None;
        }
        self.replace(Away { error: error.clone(), late: true, retry_at: now });
        Some(Notice::Lost { error, spool })
    }

    fn replace(&mut self, away: Away) -> Option<Away> {
        self.shared.set_trouble(Some(away.error.clone()));
        self.away.replace(away)
    }
}

fn same_kind(left: &StoreError, right: &StoreError) -> bool {
    std::mem::discriminant(left) == std::mem::discriminant(right)
}
