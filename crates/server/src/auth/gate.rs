use crate::auth::credentials::Shown;
use crate::auth::secret::SecretHash;
use crate::auth::{Scope, Secret, Source};
use crate::error::ApiError;
use std::collections::HashMap;
use std::sync::Arc;

/// Knows every secret by its hash.
#[derive(Debug)]
pub(crate) struct Gate {
    /// Those of the environment, which stay as they are.
    fixed: HashMap<SecretHash, Arc<Source>>,
    local: Arc<Source>,
}

impl Gate {
    pub(crate) fn new(token: Option<&Secret>, password: Option<&Secret>) -> Self {
        let token = token.map(|it| (it.hash(), Source::new("WOODPILE_TOKEN", Scope::Ingest)));
        let password =
            password.map(|it| (it.hash(), Source::new("WOODPILE_PASSWORD", Scope::Admin)));
        let fixed = token.into_iter().chain(password);
        let fixed = fixed.map(|(hash, source)| (hash, Arc::new(source))).collect();
        Self { fixed, local: Arc::new(Source::local()) }
    }

    /// Whether there is a secret at all. As long as there is none, this machine is served without.
    pub(crate) fn asks_for_secrets(&self) -> bool {
        !self.fixed.is_empty()
    }

    /// Whoever showed that.
    pub(crate) async fn source_of(&self, shown: &Shown<'_>) -> Result<Arc<Source>, ApiError> {
        if !self.asks_for_secrets() {
            return Ok(Arc::clone(&self.local));
        }
        let known = match shown {
            Shown::Token(token) => self.fixed.get(&SecretHash::of(token)),
            _ => None,
        };
        known.cloned().ok_or_else(|| shown.refusal())
    }
}
