use crate::auth::Scope;
use std::sync::Arc;

/// Who sends or asks: a token with its name, or nobody in particular on this machine.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Source {
    /// The token's name.
    pub(crate) name: Arc<str>,
    pub(crate) scope: Scope,
    /// Where its records go, unless the request or the record says otherwise.
    pub(crate) collection: Option<Arc<str>>,
    /// What its records are tagged with.
    pub(crate) tags: Vec<Arc<str>>,
}

impl Source {
    pub(crate) fn new(name: &str, scope: Scope) -> Self {
        Self { name: name.into(), scope, collection: None, tags: Vec::new() }
    }

    /// Whoever asks directly on this machine while there is no secret.
    pub(crate) fn local() -> Self {
        Self::new("local", Scope::Admin)
    }
}
