use std::fmt;
use std::sync::Arc;

/// What a test does at each step.
type Hook = Arc<dyn Fn(&str) + Send + Sync>;

/// Told of each step that packing has taken, so that a test can stop the process there.
#[derive(Clone, Default)]
pub(in super::super) struct Steps(Option<Hook>);

impl Steps {
    pub(in super::super) fn told_to(hook: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(hook)))
    }

    pub(super) fn taken(&self, step: &str) {
        if let Some(hook) = &self.0 {
            hook(step);
        }
    }
}

impl fmt::Debug for Steps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Steps").finish_non_exhaustive()
    }
}
