use crate::auth::Gate;
use crate::auth::refresh::Refreshed;
use crate::clock;
use crate::error::{ApiError, RETRY_STORE};
use crate::live::Live;
use crate::loggly::Rsids;
use crate::metrics::Metrics;
use crate::permits::Permits;
use crate::server::Parts;
use crate::settings::{Settings, Timeouts};
use crate::ways::losses::Losses;
use ring::rand::{SecureRandom, SystemRandom};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;
use woodpile_keep::Intake;
use woodpile_record::IdSource;
use woodpile_search::Search;
use woodpile_store::Store;

/// What all who answer share.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) gate: Gate,
    pub(crate) refreshed: Refreshed,
    /// Whether HTTP is served over TLS.
    pub(crate) is_tls: bool,
    pub(crate) metrics: Metrics,
    pub(crate) permits: Permits,
    /// Who looks at what arrives.
    pub(crate) live: Live,
    pub(crate) timeouts: Timeouts,
    /// The searches of Loggly's clients.
    pub(crate) rsids: Rsids,
    /// Where records get their `_id` that have none.
    pub(crate) ids: IdSource,
    /// Makes records durable.
    pub(crate) intake: Intake,
    /// What senders said they lost.
    pub(crate) losses: Losses,
    /// The store that was connected last, and what searches it.
    found: Mutex<Option<Found>>,
    /// True once the server is to end.
    stopping: watch::Sender<bool>,
}

impl App {
    pub(crate) fn new(settings: &Settings, parts: Parts) -> Self {
        Self {
            gate: Gate::new(settings.token.as_ref(), settings.password.as_ref()),
            refreshed: Refreshed::default(),
            is_tls: settings.tls.is_some(),
            metrics: Metrics::default(),
            permits: Permits::default(),
            live: Live::default(),
            timeouts: settings.timeouts,
            rsids: Rsids::default(),
            ids: IdSource::new(random_origin()),
            intake: parts.intake,
            losses: Losses::default(),
            found: Mutex::new(parts.store.map(Found::new)),
            stopping: watch::Sender::new(false),
        }
    }

    /// The store, once it is connected. One that was lost since is tried all the same: it may be back.
    pub(crate) fn store(&self) -> Result<Arc<dyn Store>, ApiError> {
        self.found().map(|found| found.store)
    }

    /// What searches the store, once that is connected.
    pub(crate) fn search(&self) -> Result<Arc<Search>, ApiError> {
        self.found().map(|found| found.search)
    }

    fn found(&self) -> Result<Found, ApiError> {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(store) = self.intake.store()
            && !found.as_ref().is_some_and(|found| Arc::ptr_eq(&found.store, &store))
        {
            *found = Some(Found::new(store));
        }
        found.clone().ok_or_else(|| {
            let hint = "try again when it is back";
            ApiError::busy("the store is not connected yet", hint, RETRY_STORE)
        })
    }

    /// From now on whoever answers without an end is to end.
    pub(crate) fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// Returns once the server is to end.
    pub(crate) async fn stopping(&self) {
        let mut stopping = self.stopping.subscribe();
        // The sender lives as long as `self`.
        let _ = stopping.wait_for(|stopping| *stopping).await;
    }
}

/// A store, and what searches it.
#[derive(Debug, Clone)]
struct Found {
    store: Arc<dyn Store>,
    search: Arc<Search>,
}

impl Found {
    fn new(store: Arc<dyn Store>) -> Self {
        Self { search: Arc::new(Search::new(Arc::clone(&store))), store }
    }
}

/// Five bytes of ids that nobody else has.
pub(crate) fn random_origin() -> [u8; 5] {
    let mut process = [0; 5];
    if SystemRandom::new().fill(&mut process).is_err() {
        let nanos = clock::now().subsec_nanosecond().to_be_bytes();
        process[..4].copy_from_slice(&nanos);
    }
    process
}
