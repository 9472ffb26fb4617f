use crate::error::SearchError;
use crate::machine::Machines;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use woodpile_query::Matcher;
use woodpile_store::{Order, Prune};

/// What is asked of a store.
#[derive(Debug, Clone)]
pub struct Question {
    /// Which records.
    pub matcher: Matcher,
    /// Within which times.
    pub prune: Prune,
    /// Which end comes first.
    pub order: Order,
    /// About how many are wanted: no more than these are looked for at once.
    pub limit: Option<usize>,
    pub(crate) machines: Arc<Machines>,
    time_limit: Option<TimeLimit>,
    stop: Option<Arc<AtomicBool>>,
}

/// How long a search may take.
#[derive(Debug, Clone, Copy)]
struct TimeLimit {
    limit: Duration,
    end: Instant,
}

impl Question {
    /// Everything that matches, oldest first. What the filter says of times bounds what is read.
    pub fn new(matcher: Matcher, prune: Prune, order: Order) -> Self {
        let times = matcher.times();
        let since = prune.since.into_iter().chain(times.since).max();
        let until = prune.until.into_iter().chain(times.until).min();
        let prune = Prune { since, until };
        let machines = Arc::default();
        Self { matcher, prune, order, limit: None, machines, time_limit: None, stop: None }
    }

    /// Stops early, as not more than so many are wanted.
    #[must_use]
    pub fn with_limit(self, limit: Option<usize>) -> Self {
        Self { limit, ..self }
    }

    /// Ends with [`SearchError::TooLong`] where the search takes longer than this from now on.
    #[must_use]
    pub fn within(self, limit: Duration) -> Self {
        let end = Instant::now().checked_add(limit);
        Self { time_limit: end.map(|end| TimeLimit { limit, end }), ..self }
    }

    /// Ends with [`SearchError::Stopped`] once this is set: whoever asked has left.
    #[must_use]
    pub fn stopped_by(self, stop: Arc<AtomicBool>) -> Self {
        Self { stop: Some(stop), ..self }
    }

    /// Whether to go on.
    pub(crate) fn check(&self) -> Result<(), SearchError> {
        if self.stop.as_ref().is_some_and(|stop| stop.load(Ordering::Relaxed)) {
            return Err(SearchError::Stopped);
        }
        match self.time_limit {
            Some(TimeLimit { limit, end }) if Instant::now() >= end => {
                Err(SearchError::TooLong { limit })
            }
            _ => Ok(()),
        }
    }
}
