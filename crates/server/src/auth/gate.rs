use crate::auth::credentials::Shown;
use crate::auth::rate::Bucket;
use crate::auth::sessions::Session;
use crate::auth::{Scope, Secret, SecretHash, Source};
use crate::clock;
use crate::error::ApiError;
use http::StatusCode;
use jiff::Timestamp;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

/// Knows every secret by its hash.
#[derive(Debug)]
pub(crate) struct Gate {
    /// Those of the environment, which stay as they are.
    fixed: HashMap<SecretHash, Arc<Source>>,
    /// Those of the store, once it could be read.
    known: RwLock<Option<Arc<Known>>>,
    /// When tokens were used that the store does not know yet.
    uses: Mutex<HashMap<Arc<str>, Timestamp>>,
    /// What those may bring right now that have a rate.
    buckets: Mutex<HashMap<Arc<str>, Bucket>>,
    local: Arc<Source>,
}

/// What the store knows.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub(crate) tokens: HashMap<SecretHash, Arc<Source>>,
    pub(crate) sessions: HashMap<SecretHash, Session>,
}

/// What came of looking for a secret.
#[derive(Debug)]
pub(crate) enum Looked {
    Found(Arc<Source>),
    /// It may be newer than what was read last.
    Unknown,
    /// The store could not be read yet.
    Unread,
}

impl Gate {
    pub(crate) fn new(token: Option<&Secret>, password: Option<&Secret>) -> Self {
        let token = token.map(|it| (it.hash(), Source::new("WOODPILE_TOKEN", Scope::Ingest)));
        let password =
            password.map(|it| (it.hash(), Source::new("WOODPILE_PASSWORD", Scope::Admin)));
        let fixed = token.into_iter().chain(password);
        Self {
            fixed: fixed.map(|(hash, source)| (hash, Arc::new(source))).collect(),
            known: RwLock::default(),
            uses: Mutex::default(),
            buckets: Mutex::default(),
            local: Arc::new(Source::local()),
        }
    }

    fn known(&self) -> Option<Arc<Known>> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What the store knows now.
    pub(crate) fn learn(&self, known: Known) {
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(known));
    }

    /// Whether a secret is asked for. Only once it is known that there is none, this machine is served without.
    pub(crate) fn asks_for_secrets(&self) -> bool {
        !self.fixed.is_empty() || self.known().is_none_or(|known| !known.tokens.is_empty())
    }

    /// Whether there is no secret, neither in the environment nor in the store.
    pub(crate) fn is_open(&self) -> bool {
        !self.asks_for_secrets()
    }

    /// Whoever has that.
    pub(crate) fn look(&self, shown: &Shown<'_>) -> Looked {
        if self.is_open() {
            return Looked::Found(Arc::clone(&self.local));
        }
        let known = self.known();
        let of_store = known.as_deref();
        let hash = match shown {
            Shown::Token(token) => Some(SecretHash::of(token)),
            Shown::Session(cookie) => {
                let session = of_store.and_then(|it| it.sessions.get(&SecretHash::of(cookie)));
                session.filter(|it| it.until > clock::now()).map(|session| session.credential)
            }
            Shown::Unreadable | Shown::Nothing => None,
        };
        let found = hash.and_then(|hash| {
            self.fixed.get(&hash).or_else(|| of_store?.tokens.get(&hash)).map(Arc::clone)
        });
        match found {
            Some(source) => {
                self.note(&source);
                Looked::Found(source)
            }
            None if known.is_none() => Looked::Unread,
            None => Looked::Unknown,
        }
    }

    /// Notes that a token was used.
    fn note(&self, source: &Source) {
        if source.is_stored {
            lock(&self.uses).insert(Arc::clone(&source.name), clock::now());
        }
    }

    /// The uses that the store does not know yet.
    pub(crate) fn take_uses(&self) -> HashMap<Arc<str>, Timestamp> {
        std::mem::take(&mut lock(&self.uses))
    }

    /// Refuses whoever has brought more than its rate gives.
    pub(crate) fn check_rate(&self, source: &Source) -> Result<(), ApiError> {
        let Some(rate) = source.rate else { return Ok(()) };
        let now = clock::instant();
        let mut buckets = lock(&self.buckets);
        let bucket =
            buckets.entry(Arc::clone(&source.name)).or_insert_with(|| Bucket::new(rate, now));
        let Some(wait) = bucket.wait(rate, now) else { return Ok(()) };
        let refused = ApiError::new(
            StatusCode::TOO_MANY_REQUESTS,
            format!("the token {:?} may bring {rate}, and has brought more", source.name),
            "send again after the time in Retry-After; nothing of this request was kept",
        );
        Err(ApiError { retry_after: Some(wait), ..refused })
    }

    /// A source has brought so many records.
    pub(crate) fn charge(&self, source: &Source, records: usize) {
        if source.rate.is_some()
            && let Some(bucket) = lock(&self.buckets).get_mut(&source.name)
        {
            bucket.take(records as u64);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
