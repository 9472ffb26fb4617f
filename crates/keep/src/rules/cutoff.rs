use super::{Limit, Rules};
use crate::pack::PackError;
use bson::raw::RawDocumentBuf;
use woodpile_record::{RawDocument, event_time};
use woodpile_store::{CollectionStats, Order, OrderKey, Prune, Store, StoreError, compare};

/// What goes of the records that a limit holds for: those before a place in the order of records.
#[derive(Debug)]
pub(super) struct Cutoff {
    /// What happened before goes.
    pub(super) time: i64,
    /// Of what happened at that very millisecond, what is before this record.
    edge: Option<(OrderKey, RawDocumentBuf)>,
}

impl Cutoff {
    fn at(record: &RawDocument) -> Self {
        let key = OrderKey::of(record);
        Self { time: key.time(), edge: Some((key, record.to_owned())) }
    }

    pub(super) fn is_after(&self, record: &RawDocument) -> bool {
        let time = event_time(record);
        time < self.time
            || time == self.time
                && self.edge.as_ref().is_some_and(|(key, edge)| {
                    compare((&OrderKey::of(record), record), (key, edge)).is_lt()
                })
    }
}

/// Finds what a limit leaves of a collection.
pub(super) struct Finder<'a> {
    pub(super) store: &'a dyn Store,
    pub(super) rules: &'a dyn Rules,
    pub(super) stats: &'a CollectionStats,
    /// Milliseconds since 1970.
    pub(super) now: i64,
}

impl Finder<'_> {
    /// Where the limit cuts; `None` where it takes nothing.
    pub(super) fn find(
        &self,
        limit: usize,
        goes_on: &mut dyn FnMut() -> bool,
    ) -> Result<Option<Cutoff>, PackError> {
        match self.rules.limits()[limit] {
            Limit::Age(age) => {
                let age = i64::try_from(age.as_millis()).unwrap_or(i64::MAX);
                Ok(Some(Cutoff { time: self.now.saturating_sub(age), edge: None }))
            }
            Limit::Records(records) => self.nth_newest(limit, records, goes_on),
            Limit::Bytes(bytes) => {
                let records = u128::from(bytes) * u128::from(self.stats.records)
                    / u128::from(self.stats.logical_bytes.max(1));
                self.nth_newest(limit, u64::try_from(records).unwrap_or(u64::MAX), goes_on)
            }
        }
    }

    /// The last of so many newest records, where there are more.
    fn nth_newest(
        &self,
        limit: usize,
        records: u64,
        goes_on: &mut dyn FnMut() -> bool,
    ) -> Result<Option<Cutoff>, PackError> {
        if self.stats.records <= records {
            return Ok(None);
        }
        if records == 0 {
            return Ok(Some(Cutoff { time: i64::MAX, edge: None }));
        }
        let mut left = records;
        let mut rows = self.rows()?;
        while let Some(batch) = rows.next()? {
            if !goes_on() {
                return Err(PackError::Stopped);
            }
            for record in batch.iter() {
                left -= u64::from(self.rules.limit_of(&self.stats.name, record) == Some(limit));
                if left == 0 {
                    return Ok(Some(Cutoff::at(record)));
                }
            }
        }
        Ok(None)
    }

    fn rows(&self) -> Result<Box<dyn woodpile_store::Rows + '_>, StoreError> {
        self.store.read(&self.stats.name, &Prune::NONE, Order::NewestFirst)
    }
}
