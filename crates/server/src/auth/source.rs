use crate::auth::{Rate, Scope, Token};
use std::sync::Arc;
use woodpile_decode::Origin;

/// Who sends or asks: a token with its name, or nobody in particular on this machine.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Source {
    /// The token's name.
    pub(crate) name: Arc<str>,
    pub(crate) scope: Scope,
    /// Where its records go, unless the request or the record says otherwise.
    pub(crate) collection: Option<String>,
    /// What its records are tagged with.
    pub(crate) tags: Vec<String>,
    /// How many records it may bring.
    pub(crate) rate: Option<Rate>,
    /// Whether it is in the store, where its last use is noted.
    pub(crate) is_stored: bool,
}

impl Source {
    pub(crate) fn new(name: &str, scope: Scope) -> Self {
        let name = name.into();
        Self { name, scope, collection: None, tags: Vec::new(), rate: None, is_stored: false }
    }

    /// Whoever asks directly on this machine while there is no secret.
    pub(crate) fn local() -> Self {
        Self::new("local", Scope::Admin)
    }

    /// What its records get that they do not say themselves; a request may name another collection.
    pub(crate) fn origin<'s>(&'s self, collection: Option<&'s str>) -> Origin<'s> {
        let default_collection = self.collection.as_deref();
        Origin { collection, default_collection, tags: &self.tags, ..Origin::default() }
    }
}

impl From<Token> for Source {
    fn from(token: Token) -> Self {
        let Token { name, scope, collection, tags, rate } = token;
        Self { name: name.into(), scope, collection, tags, rate, is_stored: true }
    }
}
