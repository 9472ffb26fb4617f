//! Who may pack a collection: whoever's lease the root holds, as long as its beat rises.

use super::super::session::Session;
use super::root::{self, Lease, Root};
use crate::StoreError;
use bson::oid::ObjectId;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// The leases of others as this process saw them, and since when each stands still by its own clock.
#[derive(Debug, Default)]
pub(in super::super) struct Sightings(Mutex<HashMap<String, (Lease, Instant)>>);

impl Sightings {
    /// Whether the lease was seen as it is now, at least so long ago.
    fn stands_still(&self, collection: &str, lease: Lease, patience: Duration) -> bool {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match seen.get(collection) {
            Some((known, since)) if *known == lease => since.elapsed() >= patience,
            _ => {
                seen.insert(collection.to_owned(), (lease, Instant::now()));
                false
            }
        }
    }

    fn forget(&self, collection: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(collection);
    }
}

/// Takes the lease on a collection; `None` where another has it.
pub(super) async fn take(
    session: &Session,
    collection: &str,
    sightings: &Sightings,
    patience: Duration,
) -> Result<Option<Root>, StoreError> {
    let lease = Lease { owner: ObjectId::new(), beat: 0 };
    let Some(current) = root::load(session, collection).await? else {
        let first = Root { lease: Some(lease), epoch: 1, ..Root::new(collection) };
        return Ok(root::create(session, &first).await?.then_some(first));
    };
    if let Some(other) = current.lease
        && !sightings.stands_still(collection, other, patience)
    {
        return Ok(None);
    }
    let generation = current.version.generation;
    let mut next = Root { lease: Some(lease), epoch: current.epoch + 1, ..current };
    next.version.generation += 1;
    sightings.forget(collection);
    Ok(root::swap(session, &next, generation).await?.then_some(next))
}
