//! Who may pack a collection: whoever's lease document there is, as long as its beat rises. It is taken by an
//! insert and given back by a delete, of which every engine lets one succeed.

use super::super::error::{is_duplicate, store_error};
use super::super::session::Session;
use super::OWN;
use crate::StoreError;
use bson::oid::ObjectId;
use bson::{DateTime, Document, doc};
use mongodb::Collection;
use mongodb::options::ReturnDocument;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Begins the `_id` of a lease; the collection's name follows.
const LEASE: &str = "packing:";

/// A lease as it was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Lease {
    owner: ObjectId,
    /// Rises while the owner lives.
    beat: i64,
}

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
                seen.insert(collection.to_owned(), (lease, now()));
                false
            }
        }
    }

    fn forget(&self, collection: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(collection);
    }
}

#[expect(clippy::disallowed_methods, reason = "how long another's beat stands still")]
fn now() -> Instant {
    Instant::now()
}

/// Takes the lease on a collection; `None` where another has it.
pub(super) async fn take(
    session: &Session,
    collection: &str,
    sightings: &Sightings,
    patience: Duration,
) -> Result<Option<ObjectId>, StoreError> {
    if let Some(owner) = create(session, collection).await? {
        return Ok(Some(owner));
    }
    let Some(other) = find(session, collection).await? else { return Ok(None) };
    if !sightings.stands_still(collection, other, patience) {
        return Ok(None);
    }
    sightings.forget(collection);
    let seen = doc! { "_id": lease_id(collection), "owner": other.owner, "beat": other.beat };
    let delete = own(session).await?;
    if session.write(delete.delete_one(seen)).await?.deleted_count == 0 {
        return Ok(None);
    }
    create(session, collection).await
}

async fn create(session: &Session, collection: &str) -> Result<Option<ObjectId>, StoreError> {
    let owner = ObjectId::new();
    let lease = doc! { "_id": lease_id(collection), "owner": owner, "beat": 0_i64 };
    let insert = own(session).await?;
    match session.try_write(insert.insert_one(lease)).await? {
        Ok(_) => Ok(Some(owner)),
        Err(error) if is_duplicate(&error) => Ok(None),
        Err(error) => Err(store_error(&session.target, &error)),
    }
}

async fn find(session: &Session, collection: &str) -> Result<Option<Lease>, StoreError> {
    let find = own(session).await?;
    let found = session.read(find.find_one(doc! { "_id": lease_id(collection) })).await?;
    let Some(found) = found else { return Ok(None) };
    let lease = found.get_object_id("owner").ok().zip(found.get_i64("beat").ok());
    let lease = lease.map(|(owner, beat)| Lease { owner, beat });
    lease.map(Some).ok_or_else(|| StoreError::Damaged {
        place: format!("{OWN}, _id {}", lease_id(collection)),
        reason: "a lease has to have owner and beat: if nobody packs, delete it".to_owned(),
    })
}

/// Keeps a lease, and says when that was by the server's clock; fails where it was lost.
pub(super) async fn beat(
    session: &Session,
    collection: &str,
    owner: ObjectId,
) -> Result<DateTime, StoreError> {
    let held = doc! { "_id": lease_id(collection), "owner": owner };
    let change = doc! { "$inc": { "beat": 1_i64 }, "$currentDate": { "at": true } };
    let update = own(session).await?;
    let update = update.find_one_and_update(held, change).return_document(ReturnDocument::After);
    let lease = session.write(update).await?;
    let at = lease.and_then(|lease| lease.get_datetime("at").copied().ok());
    at.ok_or_else(|| lost(session, collection))
}

/// Gives a lease back, if it is still held.
pub(super) async fn release(
    session: &Session,
    collection: &str,
    owner: ObjectId,
) -> Result<(), StoreError> {
    let held = doc! { "_id": lease_id(collection), "owner": owner };
    let delete = own(session).await?;
    session.write(delete.delete_one(held)).await.map(drop)
}

pub(super) fn lost(session: &Session, collection: &str) -> StoreError {
    StoreError::Failed {
        location: session.target.location.clone(),
        reason: format!(
            "another process took over the packing of {collection}, as this one gave no sign of life: it goes on \
             from what was reached"
        ),
    }
}

fn lease_id(collection: &str) -> String {
    format!("{LEASE}{collection}")
}

async fn own(session: &Session) -> Result<Collection<Document>, StoreError> {
    Ok(session.database().await?.collection(OWN))
}
