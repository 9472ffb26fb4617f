use super::error::{hinted, store_error};
use super::limits::FAREWELL_TIMEOUT;
use super::target::{Target, tuned};
use crate::StoreError;
use bson::raw::RawDocumentBuf;
use mongodb::options::ClientOptions;
use mongodb::{Client, Collection, Database};
use std::collections::HashSet;
use std::future::IntoFuture;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::OnceCell;

/// The driver's client, made at the first call, and what this process knows of the database. All of
/// its methods run on the store's own thread.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) target: Target,
    client: OnceCell<Client>,
    prepared: Mutex<HashSet<String>>,
    /// Whether the server did not know `$$NOW` in a filter.
    timeless: AtomicBool,
}

impl Session {
    pub(super) fn new(target: Target) -> Self {
        let (client, prepared, timeless) =
            (OnceCell::new(), Mutex::default(), AtomicBool::new(false));
        Self { target, client, prepared, timeless }
    }

    pub(super) async fn database(&self) -> Result<Database, StoreError> {
        let client = self.client.get_or_try_init(|| self.connect()).await?;
        Ok(client.database(&self.target.database))
    }

    pub(super) async fn collection(
        &self,
        name: &str,
    ) -> Result<Collection<RawDocumentBuf>, StoreError> {
        Ok(self.database().await?.collection(name))
    }

    async fn connect(&self) -> Result<Client, StoreError> {
        let lookup = ClientOptions::parse(self.target.uri.clone());
        let options = self.within(self.target.lookup_timeout(), lookup).await?;
        Client::with_options(tuned(options)).map_err(|error| store_error(&self.target, &error))
    }

    /// Waits for a write of the driver, or a look that a write needs, for a bounded time.
    pub(super) async fn write<T>(
        &self,
        work: impl IntoFuture<Output = mongodb::error::Result<T>>,
    ) -> Result<T, StoreError> {
        self.within(self.target.write_timeout, work).await
    }

    /// Waits for a read of the driver, for a bounded time.
    pub(super) async fn read<T>(
        &self,
        work: impl IntoFuture<Output = mongodb::error::Result<T>>,
    ) -> Result<T, StoreError> {
        self.within(self.target.read_timeout, work).await
    }

    async fn within<T>(
        &self,
        bound: Duration,
        work: impl IntoFuture<Output = mongodb::error::Result<T>>,
    ) -> Result<T, StoreError> {
        self.bounded(bound, work).await?.map_err(|error| store_error(&self.target, &error))
    }

    /// As [`Self::write`], leaving the driver's own error to the caller.
    pub(super) async fn try_write<T>(
        &self,
        work: impl IntoFuture<Output = mongodb::error::Result<T>>,
    ) -> Result<mongodb::error::Result<T>, StoreError> {
        self.bounded(self.target.write_timeout, work).await
    }

    async fn bounded<F: IntoFuture>(
        &self,
        bound: Duration,
        work: F,
    ) -> Result<F::Output, StoreError> {
        tokio::time::timeout(bound, work.into_future()).await.map_err(|_| StoreError::Unavailable {
            location: self.target.location.clone(),
            reason: hinted(
                &self.target,
                &format!("{} did not answer within {bound:?}", self.target.hosts),
            ),
        })
    }

    /// Whether this is the first time that the process writes to the collection.
    pub(super) fn is_unprepared(&self, collection: &str) -> bool {
        !self.prepared.lock().unwrap_or_else(PoisonError::into_inner).contains(collection)
    }

    pub(super) fn set_prepared(&self, collection: &str) {
        self.prepared.lock().unwrap_or_else(PoisonError::into_inner).insert(collection.to_owned());
    }

    /// Whether the server may know `$$NOW` in a filter: MongoDB does since 4.2.
    pub(super) fn knows_now(&self) -> bool {
        !self.timeless.load(Ordering::Relaxed)
    }

    pub(super) fn forget_now(&self) {
        self.timeless.store(true, Ordering::Relaxed);
    }

    /// Tells the server that this client goes.
    pub(super) async fn farewell(&self) {
        if let Some(client) = self.client.get() {
            let goodbye = client.clone().shutdown().immediate(true);
            let _ = tokio::time::timeout(FAREWELL_TIMEOUT, goodbye.into_future()).await;
        }
    }
}
