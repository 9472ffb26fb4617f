use crate::error::SearchError;
use crate::machine::Machines;
use crate::watch::Watch;
use std::sync::Arc;
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
    watch: Watch,
}

impl Question {
    /// Everything that matches, oldest first. What the filter says of times bounds what is read.
    pub fn new(matcher: Matcher, prune: Prune, order: Order) -> Self {
        let times = matcher.times();
        let since = prune.since.into_iter().chain(times.since).max();
        let until = prune.until.into_iter().chain(times.until).min();
        let prune = Prune { since, until };
        let machines = Arc::default();
        Self { matcher, prune, order, limit: None, machines, watch: Watch::default() }
    }

    /// Stops early, as not more than so many are wanted.
    #[must_use]
    pub fn with_limit(self, limit: Option<usize>) -> Self {
        Self { limit, ..self }
    }

    /// Stops when this says so.
    #[must_use]
    pub fn watched_by(self, watch: Watch) -> Self {
        Self { watch, ..self }
    }

    /// Whether to go on.
    pub(crate) fn check(&self) -> Result<(), SearchError> {
        self.watch.check()
    }
}
