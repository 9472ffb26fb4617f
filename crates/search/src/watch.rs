use crate::error::SearchError;
use std::fmt;
use std::sync::Arc;

/// Who asks, and may stop asking: while a search works, it looks here again and again.
#[derive(Clone, Default)]
pub struct Watch(Option<Arc<dyn Fn() -> Result<(), SearchError> + Send + Sync>>);

impl Watch {
    /// Ends the search with the error that this gives, as [`SearchError::Stopped`] when whoever asked left, or
    /// [`SearchError::TooLong`] when its time is over.
    pub fn new(go_on: impl Fn() -> Result<(), SearchError> + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(go_on)))
    }

    /// Whether to go on.
    pub(crate) fn check(&self) -> Result<(), SearchError> {
        self.0.as_ref().map_or(Ok(()), |go_on| go_on())
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").finish_non_exhaustive()
    }
}
