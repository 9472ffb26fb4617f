//! Records as plain documents of a MongoDB database, each collection of records in the collection of
//! that name, so that Compass, mongosh and log4mongo share it.
//!
//! The driver is asynchronous and the trait is not: everything the driver does takes place on one thread
//! of the store's own ([`runtime`]), and the caller waits for the answer, for a bounded time.

mod append;
mod by_id;
mod check;
mod collections;
mod dated;
mod error;
mod filter;
mod follow;
mod index;
mod join;
mod keyed;
mod keys;
mod limits;
mod load;
mod packing;
mod read;
mod runtime;
mod seen;
mod session;
mod state;
mod target;
mod twin;

use crate::{
    Appended, BlockBytes, BlockEntry, BlockId, CollectionStats, Finding, Followed, Follower,
    Identity, Order, Packing, Prune, Rows, State, Store, StoreError,
};
use bson::oid::ObjectId;
use bson::{Document, RawBson};
use follow::Watch;
use limits::{FOLLOW_INTERVAL, LEASE_PATIENCE};
use load::Load;
use packing::{HotRows, MongoPacking, MongoRows, NotUnpacked, RootCache, Sightings, Steps};
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
    roots: RootCache,
    /// The leases of others that were seen.
    sightings: Arc<Sightings>,
    /// How long a lease's beat has to stand still before it is taken.
    patience: Duration,
    steps: Steps,
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
        Ok(Self {
            session: Arc::new(Session::new(target)),
            runtime,
            roots: RootCache::default(),
            sightings: Arc::default(),
            patience: LEASE_PATIENCE,
            steps: Steps::default(),
        })
    }

    /// Takes a lease on packing when its beat stood still for so long, and not only after half a minute.
    #[doc(hidden)]
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Tells of each step that packing has taken.
    #[doc(hidden)]
    #[must_use]
    pub fn with_steps(mut self, hook: impl Fn(&str) + Send + Sync + 'static) -> Self {
        self.steps = Steps::told_to(hook);
        self
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

    /// The server looks each `_id` up in any case; those that are brought may also be in a block.
    fn append(
        &self,
        batches: &[(&str, &Batch)],
        identity: Identity,
    ) -> Result<Appended, StoreError> {
        let joined = join::joined(batches);
        let batches: Vec<_> = joined.iter().map(|(name, batch)| (*name, &**batch)).collect();
        let loads: Result<Vec<_>, _> =
            batches.iter().map(|(collection, batch)| Load::of(collection, batch)).collect();
        let loads = loads?;
        match identity {
            Identity::Fresh => {
                self.run(|session| async move { append::append(&session, loads).await })
            }
            Identity::Brought => packing::append_brought(self, &batches),
        }
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
        Ok(Box::new(MongoRows::open(self, collection, *prune, order)?))
    }

    fn hot(
        &self,
        collection: &str,
        prune: &Prune,
        order: Order,
    ) -> Result<Box<dyn Rows + '_>, StoreError> {
        Ok(Box::new(HotRows::open(self, collection, *prune, order)?))
    }

    fn hot_with_ids(&self, collection: &str, ids: &[RawBson]) -> Result<Batch, StoreError> {
        let (collection, ids) = (collection.to_owned(), ids.to_vec());
        self.run(|session| async move { by_id::find(&session, &collection, ids).await })
    }

    fn follow(&self) -> Result<Box<dyn Follower + '_>, StoreError> {
        let not_unpacked = NotUnpacked::since_now(self)?;
        let watch = Some(self.run(Watch::start)?);
        Ok(Box::new(MongoFollower { store: self, watch, not_unpacked, arrived: Vec::new() }))
    }

    fn blocks(&self, collection: &str) -> Result<Vec<BlockEntry>, StoreError> {
        packing::blocks(self, collection)
    }

    fn piece_bytes(&self) -> Option<u64> {
        Some(limits::CHUNK_BYTES as u64)
    }

    fn block(&self, collection: &str, id: BlockId) -> Result<Box<dyn BlockBytes + '_>, StoreError> {
        Ok(Box::new(packing::block(self, collection, id)?))
    }

    fn packing(&self, collection: &str) -> Result<Option<Box<dyn Packing + '_>>, StoreError> {
        let packing = MongoPacking::start(self, collection)?;
        Ok(packing.map(|packing| Box::new(packing) as Box<dyn Packing>))
    }

    fn is_packed_unasked(&self, collection: &str) -> Result<bool, StoreError> {
        let name = collection.to_owned();
        self.run(|session| async move { collections::is_own(&session, &name).await })
    }

    fn state(&self, name: &str) -> Result<Option<State>, StoreError> {
        let name = name.to_owned();
        self.run(|session| async move { state::find(&session, &name).await })
    }

    fn states(&self, prefix: &str) -> Result<Vec<State>, StoreError> {
        let prefix = prefix.to_owned();
        self.run(|session| async move { state::list(&session, &prefix).await })
    }

    fn set_state(
        &self,
        name: &str,
        expected: Option<ObjectId>,
        document: Option<&Document>,
    ) -> Result<bool, StoreError> {
        crate::state::encode(name, document)?;
        let (name, document) = (name.to_owned(), document.cloned());
        self.run(move |session| async move { state::set(&session, name, expected, document).await })
    }

    fn check(&self, deep: bool) -> Result<Vec<Finding>, StoreError> {
        let mut findings =
            self.run(move |session| async move { check::check(&session, deep).await })?;
        let roots = self.run(|session| async move { packing::roots(&session).await })?;
        for root in roots {
            findings.extend(packing::check(self, &root, deep)?);
        }
        Ok(findings)
    }
}

impl Drop for MongoStore {
    fn drop(&mut self) {
        let session = self.session.clone();
        self.runtime.end_after(async move { session.farewell().await });
    }
}

#[derive(Debug)]
struct MongoFollower<'s> {
    store: &'s MongoStore,
    watch: Option<Watch>,
    not_unpacked: NotUnpacked,
    /// What arrived and was not given yet.
    arrived: Vec<Followed>,
}

impl Follower for MongoFollower<'_> {
    /// Records that were unpacked are not new.
    fn poll(&mut self, wait: Duration) -> Result<Vec<Followed>, StoreError> {
        if self.arrived.is_empty() {
            self.arrived = self.look(wait)?;
        }
        let new: Result<Vec<_>, _> =
            self.arrived.iter().map(|arrived| self.not_unpacked.of(self.store, arrived)).collect();
        let mut new = new?;
        self.arrived.clear();
        new.retain(|followed| !followed.batch.is_empty());
        Ok(new)
    }
}

impl MongoFollower<'_> {
    fn look(&mut self, wait: Duration) -> Result<Vec<Followed>, StoreError> {
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
