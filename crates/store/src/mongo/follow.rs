//! Sees new records, whoever inserts them and whatever their ids: it walks back from the end of each
//! collection, in the order of arrival, until it meets what it has seen. Inserts that run side by side
//! become visible a little out of that order, hence every so often it also asks for the ids of the last
//! minute. Where a server knows no order of arrival (FerretDB), all ids are looked through, up to
//! [`FOLLOW_REMEMBERED`] of them; beyond, only those of the last minute.

use super::collections;
use super::limits::{
    FOLLOW_KNOWN_RUN, FOLLOW_OVERLAP_EVERY, FOLLOW_OVERLAP_SECONDS, FOLLOW_REMEMBERED, FOLLOW_TAIL,
    IDS_AT_ONCE,
};
use super::seen::Seen;
use super::session::Session;
use crate::order::{id_element, id_of};
use crate::{Followed, StoreError};
use bson::oid::ObjectId;
use bson::raw::{RawBson, RawDocumentBuf};
use bson::{Bson, Document, doc};
use mongodb::Collection;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};
use woodpile_record::{Batch, RawDocument, name};

/// Documents with nothing but the `_id`, in the order of arrival.
type Ids = Vec<RawDocumentBuf>;

/// What was seen of each collection, and what is still to be fetched.
#[derive(Debug)]
pub(super) struct Watch {
    session: Arc<Session>,
    seen: BTreeMap<String, Seen>,
    waiting: VecDeque<(String, Ids)>,
    looks: u32,
    /// Whether the server knows the order of arrival.
    natural: bool,
}

impl Watch {
    /// Takes what is there now as seen.
    pub(super) async fn start(session: Arc<Session>) -> Result<Self, StoreError> {
        let (seen, waiting) = (BTreeMap::new(), VecDeque::new());
        let mut watch = Self { session, seen, waiting, looks: 0, natural: true };
        for name in collections::names(&watch.session).await? {
            let mut ids = watch.arrived(&name, FOLLOW_TAIL).await?;
            ids.extend(watch.recent(&name).await?);
            watch.remember(&name, &ids);
        }
        Ok(watch)
    }

    /// What came since the last look, at most [`IDS_AT_ONCE`] records: the rest waits for the next one.
    pub(super) async fn look(&mut self) -> Result<Option<Followed>, StoreError> {
        if self.waiting.is_empty() {
            self.find_new().await?;
        }
        let Some((name, ids)) = self.waiting.front() else { return Ok(None) };
        let followed = Followed { collection: name.clone(), batch: self.fetch(name, ids).await? };
        self.waiting.pop_front();
        Ok(Some(followed))
    }

    async fn find_new(&mut self) -> Result<(), StoreError> {
        self.looks = self.looks.wrapping_add(1);
        for name in collections::names(&self.session).await? {
            let arrived = self.arrived(&name, FOLLOW_REMEMBERED).await?;
            self.accept(&name, arrived);
            if self.looks.is_multiple_of(FOLLOW_OVERLAP_EVERY) {
                let recent = self.recent(&name).await?;
                self.accept(&name, recent);
            }
        }
        Ok(())
    }

    /// The ids that arrived last, until a run of known ones.
    async fn arrived(&mut self, name: &str, most: usize) -> Result<Ids, StoreError> {
        if self.natural {
            match self.walk(name, doc! { "$natural": -1 }, most, FOLLOW_KNOWN_RUN).await {
                Err(StoreError::Failed { .. }) => self.natural = false,
                ids => {
                    return ids.map(|mut ids| {
                        ids.reverse();
                        ids
                    });
                }
            }
        }
        let count = self.collection(name).await?;
        if self.session.read(count.estimated_document_count()).await? > FOLLOW_REMEMBERED as u64 {
            return self.recent(name).await;
        }
        self.walk(name, Document::new(), usize::MAX, usize::MAX).await
    }

    async fn walk(
        &self,
        name: &str,
        sort: Document,
        most: usize,
        known_run: usize,
    ) -> Result<Ids, StoreError> {
        let find = self.collection(name).await?;
        let find = find.find(doc! {}).projection(doc! { name::ID: 1 }).sort(sort);
        let mut cursor = self.session.read(find).await?;
        let (mut ids, mut known) = (Vec::new(), 0);
        while ids.len() < most && known < known_run && self.session.read(cursor.advance()).await? {
            if self.is_known(name, cursor.current()) {
                known += 1;
            } else {
                known = 0;
                ids.push(cursor.current().to_owned());
            }
        }
        Ok(ids)
    }

    /// The ids that were made a short while ago.
    async fn recent(&self, name: &str) -> Result<Ids, StoreError> {
        let since = seconds_ago(FOLLOW_OVERLAP_SECONDS);
        let collection = self.collection(name).await?;
        let find = collection
            .find(doc! { name::ID: { "$gte": since } })
            .projection(doc! { name::ID: 1 })
            .sort(doc! { name::ID: 1 });
        let mut cursor = self.session.read(find).await?;
        let mut ids = Vec::new();
        while self.session.read(cursor.advance()).await? {
            ids.push(cursor.current().to_owned());
        }
        Ok(ids)
    }

    /// Takes the ids that were not seen yet, to be fetched.
    fn accept(&mut self, name: &str, mut ids: Ids) {
        ids.retain(|id| !self.is_known(name, id));
        for portion in ids.chunks(IDS_AT_ONCE) {
            self.waiting.push_back((name.to_owned(), portion.to_vec()));
        }
        self.remember(name, &ids);
    }

    async fn fetch(&self, name: &str, ids: &[RawDocumentBuf]) -> Result<Batch, StoreError> {
        let wanted: Vec<Bson> =
            ids.iter().filter_map(|id| Bson::try_from(RawBson::from(id_of(id)?)).ok()).collect();
        let collection = self.collection(name).await?;
        let find = collection.find(doc! { name::ID: { "$in": wanted } });
        let mut cursor = self.session.read(find).await?;
        let mut found = HashMap::new();
        while self.session.read(cursor.advance()).await? {
            let document = cursor.current().to_owned();
            found.extend(id_element(&document).map(<[u8]>::to_vec).map(|id| (id, document)));
        }
        Ok(ids.iter().filter_map(|id| found.get(id_element(id)?)).map(|found| &**found).collect())
    }

    async fn collection(&self, name: &str) -> Result<Collection<RawDocumentBuf>, StoreError> {
        self.session.collection(name).await
    }

    fn is_known(&self, name: &str, document: &RawDocument) -> bool {
        let seen = self.seen.get(name);
        seen.zip(id_element(document)).is_some_and(|(seen, id)| seen.contains(id))
    }

    fn remember(&mut self, name: &str, ids: &[RawDocumentBuf]) {
        let seen = self.seen.entry(name.to_owned()).or_default();
        for id in ids.iter().filter_map(|id| id_element(id)) {
            seen.insert(id);
        }
    }
}

/// The least ObjectId of so many seconds ago.
#[expect(clippy::disallowed_methods, reason = "ids of the last minute are asked for")]
fn seconds_ago(seconds: u32) -> ObjectId {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let now = u32::try_from(now).unwrap_or(u32::MAX);
    ObjectId::from_parts(now.saturating_sub(seconds), [0; 5], [0; 3])
}
