use super::filter;
use super::limits::{IDS_AT_ONCE, PORTION_BYTES};
use super::read::{Row, has_date};
use super::session::Session;
use crate::order::{Key, compare, id_element, id_of};
use crate::{Order, Prune, StoreError};
use bson::oid::ObjectId;
use bson::raw::{RawBson, RawBsonRef, RawDocumentBuf, cstr};
use bson::{Array, Bson, Document, doc};
use mongodb::{Collection, Cursor};
use std::cmp::Ordering;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use woodpile_record::{RawDocument, name};

/// Records that the server cannot give in order: their keys are read first and put in order here (some
/// 40 bytes for each), then the records are fetched by `_id`.
#[derive(Debug)]
pub(super) struct Keyed {
    session: Arc<Session>,
    collection: Collection<RawDocumentBuf>,
    waiting: std::vec::IntoIter<Known>,
    fetched: VecDeque<Row>,
    /// How many to fetch at once: fewer where records are large.
    at_once: usize,
}

/// What is known of a record before it is fetched.
#[derive(Debug)]
struct Known {
    key: Key,
    id: Id,
}

#[derive(Debug)]
enum Id {
    Object(ObjectId),
    /// A document with the `_id` alone.
    Other(Box<RawDocumentBuf>),
}

impl Keyed {
    /// The collection's records without a Date.
    pub(super) async fn undated(
        session: Arc<Session>,
        collection: Collection<RawDocumentBuf>,
        prune: &Prune,
        order: Order,
    ) -> Result<Self, StoreError> {
        let wanted =
            |key: &Key, document: &RawDocument| prune.keeps(key.time) && !has_date(document);
        let keys = match keys(&session, &collection, filter::undated(), wanted).await {
            Err(StoreError::Failed { .. }) => {
                keys(&session, &collection, filter::undated_plainly(), wanted).await?
            }
            keys => keys?,
        };
        Ok(Self::new(session, collection, keys, order))
    }

    /// All of the collection's records.
    pub(super) async fn all(
        session: Arc<Session>,
        collection: Collection<RawDocumentBuf>,
        prune: &Prune,
        order: Order,
    ) -> Result<Self, StoreError> {
        let filter = if *prune == Prune::NONE {
            Document::new()
        } else {
            doc! { "$or": [filter::dated(prune), filter::undated_plainly()] }
        };
        let keys = keys(&session, &collection, filter, |key, _| prune.keeps(key.time)).await?;
        Ok(Self::new(session, collection, keys, order))
    }

    fn new(
        session: Arc<Session>,
        collection: Collection<RawDocumentBuf>,
        mut keys: Vec<Known>,
        order: Order,
    ) -> Self {
        keys.sort_unstable_by(Known::compare);
        if order == Order::NewestFirst {
            keys.reverse();
        }
        let (waiting, fetched) = (keys.into_iter(), VecDeque::new());
        Self { session, collection, waiting, fetched, at_once: IDS_AT_ONCE / 10 }
    }

    /// The next record; `None` at the end.
    pub(super) async fn next(&mut self) -> Result<Option<Row>, StoreError> {
        while self.fetched.is_empty() && self.waiting.len() > 0 {
            self.fetch().await?;
        }
        Ok(self.fetched.pop_front())
    }

    async fn fetch(&mut self) -> Result<(), StoreError> {
        let size = self.at_once.min(self.waiting.len());
        let ids: Array = self.waiting.as_slice().iter().take(size).map(Known::id).collect();
        let mut cursor = open(&self.session, &self.collection, ids).await?;
        let mut found = HashMap::new();
        let mut bytes = 1;
        while self.session.read(cursor.advance()).await? {
            bytes += cursor.current().as_bytes().len();
            let row = Row::new(cursor.current());
            found.extend(id_element(cursor.current()).map(|id| (id.to_vec(), row)));
        }
        // Only now, so that a fetch that failed can be tried again.
        for known in self.waiting.by_ref().take(size) {
            self.fetched.extend(known.id_element().and_then(|id| found.remove(&id)));
        }
        self.at_once = (size * PORTION_BYTES / bytes).clamp(1, IDS_AT_ONCE);
        Ok(())
    }
}

async fn open(
    session: &Session,
    collection: &Collection<RawDocumentBuf>,
    ids: Array,
) -> Result<Cursor<RawDocumentBuf>, StoreError> {
    let batch = u32::try_from(ids.len()).unwrap_or(u32::MAX);
    session.read(collection.find(doc! { name::ID: { "$in": ids } }).batch_size(batch)).await
}

/// Reads the keys of the records that the filter leaves and `wanted` confirms.
async fn keys(
    session: &Session,
    collection: &Collection<RawDocumentBuf>,
    filter: Document,
    wanted: impl Fn(&Key, &RawDocument) -> bool,
) -> Result<Vec<Known>, StoreError> {
    let find = collection.find(filter).projection(doc! { name::ID: 1, name::TIMESTAMP: 1 });
    let mut cursor = session.read(find).await?;
    let mut keys = Vec::new();
    while session.read(cursor.advance()).await? {
        let document = cursor.current();
        let key = Key::of(document);
        if wanted(&key, document) {
            keys.extend(Known::new(key, document));
        }
    }
    Ok(keys)
}

impl Known {
    fn new(key: Key, document: &RawDocument) -> Option<Self> {
        let id = match id_of(document)? {
            RawBsonRef::ObjectId(id) => Id::Object(id),
            other => {
                let mut alone = RawDocumentBuf::new();
                alone.append(cstr!("_id"), other);
                Id::Other(Box::new(alone))
            }
        };
        Some(Self { key, id })
    }

    fn compare(a: &Self, b: &Self) -> Ordering {
        match (&a.id, &b.id) {
            (Id::Other(x), Id::Other(y)) => compare((&a.key, x), (&b.key, y)),
            // The key of a record with an ObjectId is complete.
            _ => a.key.cmp(&b.key),
        }
    }

    fn id(&self) -> Bson {
        match &self.id {
            Id::Object(id) => Bson::ObjectId(*id),
            Id::Other(alone) => id_of(alone)
                .and_then(|id| Bson::try_from(RawBson::from(id)).ok())
                .unwrap_or(Bson::Null),
        }
    }

    /// As [`id_element`] of the record.
    fn id_element(&self) -> Option<Vec<u8>> {
        match &self.id {
            Id::Object(id) => id_element(&bson::rawdoc! { "_id": *id }).map(<[u8]>::to_vec),
            Id::Other(alone) => id_element(alone).map(<[u8]>::to_vec),
        }
    }
}
