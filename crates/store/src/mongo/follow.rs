//! Sees new records by their ids: every so often it asks for the ids of the last seconds and gives what
//! it has not seen yet. The ids of several writers do not arrive in order, hence the overlap.
//!
//! What this cannot see: a record whose `_id` is no ObjectId, and one whose `_id` was made more than
//! [`FOLLOW_LONG_OVERLAP_SECONDS`] before it arrived.

use super::collections;
use super::limits::{
    FOLLOW_LONG_EVERY, FOLLOW_LONG_OVERLAP_SECONDS, FOLLOW_OVERLAP_SECONDS, FOLLOW_REMEMBERED,
    IDS_AT_ONCE,
};
use super::session::Session;
use crate::{Followed, StoreError};
use bson::doc;
use bson::oid::ObjectId;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};
use woodpile_record::{Batch, RawBsonRef, name};

/// What was seen of each collection.
#[derive(Debug)]
pub(super) struct Watch {
    session: Arc<Session>,
    seen: BTreeMap<String, BTreeSet<ObjectId>>,
    looks: u32,
}

impl Watch {
    /// Takes what is there now as seen.
    pub(super) async fn start(session: Arc<Session>) -> Result<Self, StoreError> {
        let mut watch = Self { session, seen: BTreeMap::new(), looks: 0 };
        let since = reaching_back(FOLLOW_LONG_OVERLAP_SECONDS);
        for name in collections::names(&watch.session).await? {
            let ids = watch.unseen(&name, since).await?;
            watch.remember(&name, ids, since);
        }
        Ok(watch)
    }

    /// What came since the last look.
    pub(super) async fn look(&mut self) -> Result<Vec<Followed>, StoreError> {
        self.looks = self.looks.wrapping_add(1);
        let far = reaching_back(FOLLOW_LONG_OVERLAP_SECONDS);
        let near = reaching_back(FOLLOW_OVERLAP_SECONDS);
        let since = if self.looks.is_multiple_of(FOLLOW_LONG_EVERY) { far } else { near };
        let mut arrived = Vec::new();
        for name in collections::names(&self.session).await? {
            let ids = self.unseen(&name, since).await?;
            let batch = self.fetch(&name, &ids).await?;
            self.remember(&name, ids, far);
            if !batch.is_empty() {
                arrived.push(Followed { collection: name, batch });
            }
        }
        Ok(arrived)
    }

    /// The ids since then that were not seen before, rising.
    async fn unseen(&self, name: &str, since: ObjectId) -> Result<Vec<ObjectId>, StoreError> {
        let collection = self.session.collection(name).await?;
        let find = collection
            .find(doc! { name::ID: { "$gte": since } })
            .projection(doc! { name::ID: 1 })
            .sort(doc! { name::ID: 1 });
        let mut cursor = self.session.read(find).await?;
        let known = self.seen.get(name);
        let mut ids = Vec::new();
        while self.session.read(cursor.advance()).await? {
            if let Ok(Some(RawBsonRef::ObjectId(id))) = cursor.current().get(name::ID)
                && !known.is_some_and(|known| known.contains(&id))
            {
                ids.push(id);
            }
        }
        Ok(ids)
    }

    async fn fetch(&self, name: &str, ids: &[ObjectId]) -> Result<Batch, StoreError> {
        let collection = self.session.collection(name).await?;
        let mut batch = Batch::new();
        for ids in ids.chunks(IDS_AT_ONCE) {
            let find = collection
                .find(doc! { name::ID: { "$in": ids.to_vec() } })
                .sort(doc! { name::ID: 1 });
            let mut cursor = self.session.read(find).await?;
            while self.session.read(cursor.advance()).await? {
                batch.push(cursor.current());
            }
        }
        Ok(batch)
    }

    /// Remembers ids, and forgets those that no later look reaches.
    fn remember(&mut self, name: &str, ids: Vec<ObjectId>, oldest: ObjectId) {
        let seen = self.seen.entry(name.to_owned()).or_default();
        seen.extend(ids);
        *seen = seen.split_off(&oldest);
        while seen.len() > FOLLOW_REMEMBERED {
            seen.pop_first();
        }
    }
}

/// The least ObjectId of so many seconds ago.
#[expect(clippy::disallowed_methods, reason = "ids of the last seconds are asked for")]
fn reaching_back(seconds: u32) -> ObjectId {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let now = u32::try_from(now).unwrap_or(u32::MAX);
    ObjectId::from_parts(now.saturating_sub(seconds), [0; 5], [0; 3])
}
