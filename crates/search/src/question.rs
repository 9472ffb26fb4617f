use crate::error::SearchError;
use crate::machine::Machines;
use std::fmt;
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
    watch: Option<Watch>,
}

impl Question {
    /// Everything that matches, oldest first. What the filter says of times bounds what is read.
    pub fn new(matcher: Matcher, prune: Prune, order: Order) -> Self {
        let times = matcher.times();
        let since = prune.since.into_iter().chain(times.since).max();
        let until = prune.until.into_iter().chain(times.until).min();
        let prune = Prune { since, until };
        let machines = Arc::default();
        Self { matcher, prune, order, limit: None, machines, watch: None }
    }

    /// Stops early, as not more than so many are wanted.
    #[must_use]
    pub fn with_limit(self, limit: Option<usize>) -> Self {
        Self { limit, ..self }
    }

    /// Asks again and again, while it is searched, whether to go on: the search ends with the error that this gives, as
    /// [`SearchError::Stopped`] when whoever asked left, or [`SearchError::TooLong`] when its time is over.
    #[must_use]
    pub fn while_going_on(
        self,
        go_on: impl Fn() -> Result<(), SearchError> + Send + Sync + 'static,
    ) -> Self {
        Self { watch: Some(Watch(Arc::new(go_on))), ..self }
    }

    /// Whether to go on.
    pub(crate) fn check(&self) -> Result<(), SearchError> {
        self.watch.as_ref().map_or(Ok(()), |watch| (watch.0)())
    }
}

/// Tells whether to go on.
#[derive(Clone)]
struct Watch(Arc<dyn Fn() -> Result<(), SearchError> + Send + Sync>);

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").finish_non_exhaustive()
    }
}
