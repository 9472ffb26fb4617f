//! A collection's records in order, merged from two sources: those with a Date, which the server gives
//! in order where it has the index, and all others, which are put in order here by their keys.

use super::dated::Dated;
use super::index;
use super::keyed::Keyed;
use super::session::Session;
use crate::order::{Key, compare};
use crate::{Order, Prune, StoreError};
use bson::raw::RawDocumentBuf;
use std::cmp::Ordering;
use std::sync::Arc;
use woodpile_record::RawDocument;

/// A record with its key.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) key: Key,
    pub(super) document: RawDocumentBuf,
}

impl Row {
    pub(super) fn new(document: &RawDocument) -> Self {
        Self { key: Key::of(document), document: document.to_owned() }
    }

    pub(super) fn copy(&self) -> Self {
        Self { key: self.key, document: self.document.clone() }
    }
}

/// The order of rows, in the direction of the read.
pub(super) fn in_order(order: Order, a: &Row, b: &Row) -> Ordering {
    let rising = compare((&a.key, &a.document), (&b.key, &b.document));
    match order {
        Order::OldestFirst => rising,
        Order::NewestFirst => rising.reverse(),
    }
}

/// What a read still has to give.
#[derive(Debug)]
pub(super) struct Reader {
    order: Order,
    /// `None` where the server has no index for it.
    dated: Option<Dated>,
    keyed: Keyed,
    dated_head: Option<Row>,
    keyed_head: Option<Row>,
    /// What came after the last portion.
    failed: Option<StoreError>,
}

impl Reader {
    pub(super) async fn open(
        session: Arc<Session>,
        name: &str,
        prune: Prune,
        order: Order,
    ) -> Result<Self, StoreError> {
        let collection = session.collection(name).await?;
        let ordered = index::is_ordered(&session, &collection).await?;
        let keyed = if ordered {
            Keyed::undated(session.clone(), collection.clone(), &prune, order).await?
        } else {
            Keyed::all(session.clone(), collection.clone(), &prune, order).await?
        };
        let dated = ordered.then(|| Dated::new(session, collection, prune, order));
        let (dated_head, keyed_head, failed) = (None, None, None);
        let mut reader = Self { order, dated, keyed, dated_head, keyed_head, failed };
        reader.dated_head = reader.next_dated().await?;
        reader.keyed_head = reader.keyed.next().await?;
        Ok(reader)
    }

    /// The next records, so many or of so many bytes; none at the end. What was read before an error is
    /// given before it.
    pub(super) async fn rows(
        &mut self,
        records: usize,
        bytes: usize,
    ) -> Result<Vec<Row>, StoreError> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        let (mut rows, mut size) = (Vec::new(), 0);
        while rows.len() < records && size < bytes {
            match self.next().await {
                Ok(Some(row)) => {
                    size += row.document.as_bytes().len();
                    rows.push(row);
                }
                Ok(None) => break,
                Err(error) if rows.is_empty() => return Err(error),
                Err(error) => {
                    self.failed = Some(error);
                    break;
                }
            }
        }
        Ok(rows)
    }

    /// The next record if it has at most so many bytes.
    pub(super) async fn next_within(&mut self, bytes: usize) -> Result<Option<Row>, StoreError> {
        let heads = [&self.dated_head, &self.keyed_head];
        let fits = |row: &Row| row.document.as_bytes().len() <= bytes;
        if heads.into_iter().flatten().all(fits) { self.next().await } else { Ok(None) }
    }

    async fn next(&mut self) -> Result<Option<Row>, StoreError> {
        let keyed_first = match (&self.dated_head, &self.keyed_head) {
            (Some(dated), Some(keyed)) => in_order(self.order, keyed, dated).is_lt(),
            (dated, _) => dated.is_none(),
        };
        if keyed_first {
            let following = self.keyed.next().await?;
            Ok(std::mem::replace(&mut self.keyed_head, following))
        } else {
            let following = self.next_dated().await?;
            Ok(std::mem::replace(&mut self.dated_head, following))
        }
    }

    async fn next_dated(&mut self) -> Result<Option<Row>, StoreError> {
        match &mut self.dated {
            Some(dated) => dated.next(self.dated_head.as_ref()).await,
            None => Ok(None),
        }
    }
}

/// Whether a record has a Date for a time: the ones that [`super::filter::dated`] is about.
pub(super) fn has_date(document: &RawDocument) -> bool {
    matches!(
        document.get(woodpile_record::name::TIMESTAMP),
        Ok(Some(bson::raw::RawBsonRef::DateTime(_)))
    )
}
