use super::filter;
use super::limits::{PORTION_RECORDS, RESUMES};
use super::read::{Row, has_date, in_order};
use super::session::Session;
use crate::{Order, Prune, StoreError};
use bson::raw::RawDocumentBuf;
use mongodb::{Collection, Cursor};
use std::sync::Arc;

/// The most records in an answer of the server.
const BATCH: u32 = 1_000;
const _: () = assert!(BATCH as usize == PORTION_RECORDS);

/// Records with a Date, in the server's order. A cursor that died, as when its server did, is
/// opened anew after the last record.
#[derive(Debug)]
pub(super) struct Dated {
    session: Arc<Session>,
    collection: Collection<RawDocumentBuf>,
    prune: Prune,
    order: Order,
    cursor: Option<Cursor<RawDocumentBuf>>,
    /// Whether the cursor may still be before the last record.
    resuming: bool,
    /// How often in a row it broke off.
    broken: u32,
    done: bool,
}

impl Dated {
    pub(super) fn new(
        session: Arc<Session>,
        collection: Collection<RawDocumentBuf>,
        prune: Prune,
        order: Order,
    ) -> Self {
        let (cursor, resuming, broken, done) = (None, false, 0, false);
        Self { session, collection, prune, order, cursor, resuming, broken, done }
    }

    /// The record after `last`, which is what this gave before; `None` at the end.
    pub(super) async fn next(&mut self, last: Option<&Row>) -> Result<Option<Row>, StoreError> {
        while !self.done {
            if self.cursor.is_none() {
                self.cursor = Some(self.open(last).await?);
            }
            match self.advance().await {
                Ok(Some(row)) if self.is_wanted(&row, last) => {
                    self.broken = 0;
                    return Ok(Some(row));
                }
                Ok(Some(_)) => {}
                Ok(None) => self.done = true,
                Err(error) => self.break_off(error)?,
            }
        }
        Ok(None)
    }

    async fn open(&mut self, last: Option<&Row>) -> Result<Cursor<RawDocumentBuf>, StoreError> {
        let find = self
            .collection
            .find(filter::dated(&self.remaining(last)))
            .sort(filter::sort(self.order))
            .batch_size(BATCH);
        self.session.read(find).await
    }

    /// The prune, without what lies before the last record.
    fn remaining(&self, last: Option<&Row>) -> Prune {
        let Some(time) = last.map(|last| last.key.time) else { return self.prune };
        match self.order {
            Order::OldestFirst => Prune { since: Some(time), ..self.prune },
            Order::NewestFirst => Prune { until: Some(time.saturating_add(1)), ..self.prune },
        }
    }

    async fn advance(&mut self) -> Result<Option<Row>, StoreError> {
        let Some(cursor) = &mut self.cursor else { return Ok(None) };
        let more = self.session.read(cursor.advance()).await?;
        Ok(more.then(|| Row::new(cursor.current())))
    }

    fn is_wanted(&mut self, row: &Row, last: Option<&Row>) -> bool {
        if self.resuming && last.is_some_and(|last| in_order(self.order, row, last).is_le()) {
            return false;
        }
        self.resuming = false;
        self.prune.keeps(row.key.time) && has_date(&row.document)
    }

    fn break_off(&mut self, error: StoreError) -> Result<(), StoreError> {
        self.cursor = None;
        self.resuming = true;
        self.broken += 1;
        if self.broken > RESUMES { Err(error) } else { Ok(()) }
    }
}
