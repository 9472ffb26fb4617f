use crate::backoff::Backoff;
use crate::standing::Standing;
use crate::{Notice, clock};
use std::sync::Arc;
use std::time::Instant;
use woodpile_store::StoreError;

/// Where records are while the store is away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meanwhile {
    InMemory,
    InSpool,
    /// Whoever sends keeps them.
    Refused,
}

/// What is known of the store, from how it answered.
#[derive(Debug)]
pub(crate) struct Health {
    standing: Arc<Standing>,
    meanwhile: Meanwhile,
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
    /// It did not take records: that there is a connection again says little.
    takes_nothing: bool,
    retry_at: Instant,
}

impl Health {
    pub(crate) fn new(standing: &Arc<Standing>, meanwhile: Meanwhile) -> Self {
        Self {
            standing: Arc::clone(standing),
            meanwhile,
            away: None,
            backoff: Backoff::new(standing.retry),
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

    /// It answered, with so many records waiting. The news, if it was away.
    pub(crate) fn answered(&mut self, waiting: impl FnOnce() -> u64) -> Option<Notice> {
        self.backoff.reset();
        self.away.take()?;
        self.standing.set_trouble(None);
        Some(Notice::Back { waiting: waiting() })
    }

    /// There is a connection. The news, if that was all that was missing.
    pub(crate) fn connected(&mut self, waiting: impl FnOnce() -> u64) -> Option<Notice> {
        if self.away.as_ref().is_some_and(|away| away.takes_nothing) {
            return None;
        }
        self.answered(waiting)
    }

    /// It failed, as it was to take records or only to be there. The news, unless this is how it failed before.
    pub(crate) fn failed(
        &mut self,
        error: StoreError,
        now: Instant,
        takes_nothing: bool,
    ) -> Option<Notice> {
        let retry_at = clock::after(now, self.backoff.next(&error));
        let away = Away { error: error.clone(), late: false, takes_nothing, retry_at };
        let before = self.replace(away);
        let same = before.is_some_and(|before| !before.late && same_kind(&before.error, &error));
        (!same).then(|| self.lost(error))
    }

    /// It gives no answer. News only if it was well: later it may say why, which tells people more.
    pub(crate) fn late(&mut self, error: StoreError, now: Instant) -> Option<Notice> {
        if self.is_away() {
            return None;
        }
        let away = Away { error: error.clone(), late: true, takes_nothing: false, retry_at: now };
        self.replace(away);
        Some(self.lost(error))
    }

    fn lost(&self, error: StoreError) -> Notice {
        match self.meanwhile {
            Meanwhile::InMemory => Notice::Lost { error, spool: false },
            Meanwhile::InSpool => Notice::Lost { error, spool: true },
            Meanwhile::Refused => Notice::Refusing { error },
        }
    }

    fn replace(&mut self, away: Away) -> Option<Away> {
        self.standing.set_trouble(Some(away.error.clone()));
        self.away.replace(away)
    }
}

fn same_kind(left: &StoreError, right: &StoreError) -> bool {
    std::mem::discriminant(left) == std::mem::discriminant(right)
}
