//! Records as plain documents of a MongoDB database, each collection of records in the collection of
//! that name, so that Compass, mongosh and log4mongo share it.
//!
//! The driver is asynchronous and the trait is not: everything the driver does takes place on one thread
//! of the store's own ([`runtime`]), and the caller waits for the answer, for a bounded time.

mod append;
mod check;
mod collections;
mod dated;
mod error;
mod filter;
mod follow;
mod index;
mod keyed;
mod keys;
mod limits;
mod load;
mod read;
mod runtime;
mod seen;
mod session;
mod target;
mod twin;

use crate::{
    Appended, CollectionStats, Finding, Followed, Follower, Identity, Order, Prune, Rows, Store,
    StoreError,
};
use follow::Watch;
use limits::FOLLOW_INTERVAL;
use load::Load;
use read::Reader;
use runtime::Runtime;
use session::Session;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use target::Target;
use woodpile_record::Batch;

/// Records in a MongoDB database.
///
/// The `_id` is unique there: a second record with the same `_id` and other content gets an `_id` of its
/// own and keeps the original one in `extra.originalId`. A record whose keys the server refuses (`a.b`,
/// `$x` before MongoDB 5.0) is stored with full-width signs in them.
#[derive(Debug)]
pub struct MongoStore {
    session: Arc<Session>,
    runtime: Runtime,
}

impl MongoStore {
    /// Names a database by its URI. Nothing is asked of the network before the first call; each call
    /// looks for a server anew, so that the store outlives outages.
    ///
    /// # Errors
    /// Says what about the URI is wrong.
    pub fn new(uri: &str) -> Result<Self, StoreError> {
        let target = Target::parse(uri)?;
        let runtime = Runtime::start().map_err(|error| StoreError::Failed {
            location: target.location.clone(),
            reason: format!("cannot start a thread: {error}"),
        })?;
        Ok(Self { session: Arc::new(Session::new(target)), runtime })
    }

    /// Runs a job on the store's thread.
    fn run<T, J>(&self, job: impl FnOnce(Arc<Session>) -> J) -> Result<T, StoreError>
    where
        T: Send + 'static,
        J: Future<Output = Result<T, StoreError>> + Send + 'static,
    {
        self.runtime.run(job(self.session.clone())).unwrap_or_else(|| Err(self.broke_off()))
    }

    fn broke_off(&self) -> StoreError {
        StoreError::Failed {
            location: self.session.target.location.clone(),
            reason: "the driver broke off".to_owned(),
        }
    }
}

impl Store for MongoStore {
    fn location(&self) -> String {
        self.session.target.location.clone()
    }

    /// The server looks each `_id` up in any case, hence [`Identity`] changes nothing.
    fn append(&self, batches: &[(&str, &Batch)], _: Identity) -> Result<Appended, StoreError> {
        let loads: Result<Vec<_>, _> =
            batches.iter().map(|(collection, batch)| Load::of(collection, batch)).collect();
        let loads = loads?;
        self.run(|session| async move { append::append(&session, loads).await })
    }

    fn collections(&self) -> Result<Vec<CollectionStats>, StoreError> {
        self.run(|session| async move { collections::stats(&session).await })
    }

    fn read(
        &self,
        collection: &str,
        prune: &Prune,
        order: Order,
    ) -> Result<Box<dyn Rows + '_>, StoreError> {
        let (collection, prune) = (collection.to_owned(), *prune);
        let reader = self
            .run(|session| async move { Reader::open(session, &collection, prune, order).await })?;
        Ok(Box::new(MongoRows { store: self, reader: Some(reader) }))
    }

    fn follow(&self) -> Result<Box<dyn Follower + '_>, StoreError> {
        let watch = self.run(Watch::start)?;
        Ok(Box::new(MongoFollower { store: self, watch: Some(watch) }))
    }

    fn check(&self, deep: bool) -> Result<Vec<Finding>, StoreError> {
        self.run(|session| async move { check::check(&session, deep).await })
    }
}

impl Drop for MongoStore {
    fn drop(&mut self) {
        let session = self.session.clone();
        self.runtime.end_after(async move { session.farewell().await });
    }
}

/// A read; its state travels to the store's thread and back for each portion.
#[derive(Debug)]
struct MongoRows<'s> {
    store: &'s MongoStore,
    reader: Option<Reader>,
}

impl Rows for MongoRows<'_> {
    fn next(&mut self) -> Result<Option<Batch>, StoreError> {
        let Some(mut reader) = self.reader.take() else { return Err(self.store.broke_off()) };
        let (reader, portion) = self.store.run(|_| async move {
            let portion = reader.portion().await;
            Ok((reader, portion))
        })?;
        self.reader = Some(reader);
        portion
    }
}

#[derive(Debug)]
struct MongoFollower<'s> {
    store: &'s MongoStore,
    watch: Option<Watch>,
}

impl Follower for MongoFollower<'_> {
    fn poll(&mut self, wait: Duration) -> Result<Vec<Followed>, StoreError> {
        let Some(watch) = self.watch.take() else { return Err(self.store.broke_off()) };
        let (watch, arrived) =
            self.store.run(|_| async move { Ok(watch_for(watch, wait).await) })?;
        self.watch = Some(watch);
        arrived
    }
}

/// Looks until something came or the time is over, at least once.
async fn watch_for(mut watch: Watch, wait: Duration) -> (Watch, Result<Vec<Followed>, StoreError>) {
    let deadline = tokio::time::Instant::now() + wait;
    loop {
        let left = deadline.saturating_duration_since(tokio::time::Instant::now());
        match watch.look().await {
            Ok(None) if !left.is_zero() => tokio::time::sleep(FOLLOW_INTERVAL.min(left)).await,
            Ok(arrived) => return (watch, Ok(arrived.into_iter().collect())),
            Err(error) => return (watch, Err(error)),
        }
    }
}
