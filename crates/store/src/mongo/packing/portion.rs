use super::super::MongoStore;
use super::super::read::Reader;
use super::hot;
use super::root::Root;
use crate::{Order, Prune, StoreError};
use woodpile_record::Batch;

/// The hot records of a collection, portion by portion, oldest first.
#[derive(Debug, Default)]
pub(super) struct Portions {
    reader: Option<Reader>,
    /// Whether the last portion is no longer hot: the reader goes on after it then.
    goes_on: bool,
}

impl Portions {
    /// The last portion was dealt with.
    pub(super) fn go_on(&mut self) {
        self.goes_on = true;
    }

    /// The oldest hot records, of so many bytes at most, but at least one; none where there are none.
    pub(super) fn next(
        &mut self,
        store: &MongoStore,
        root: &Root,
        max_records: usize,
        max_bytes: usize,
    ) -> Result<Batch, StoreError> {
        let goes_on = std::mem::take(&mut self.goes_on) && self.reader.is_some();
        if !goes_on {
            self.reader = None;
        }
        let batch = self.read(store, root, max_records, max_bytes)?;
        if batch.is_empty() && goes_on {
            // Meanwhile others may have come that happened before.
            self.reader = None;
            return self.read(store, root, max_records, max_bytes);
        }
        Ok(batch)
    }

    fn read(
        &mut self,
        store: &MongoStore,
        root: &Root,
        max_records: usize,
        max_bytes: usize,
    ) -> Result<Batch, StoreError> {
        let (reader, collection) = (self.reader.take(), root.collection.clone());
        let (reader, batch) = store.run(move |session| async move {
            let mut reader = match reader {
                Some(reader) => reader,
                None => Reader::open(session, &collection, Prune::NONE, Order::OldestFirst).await?,
            };
            let batch = take(&mut reader, max_records.max(1), max_bytes).await?;
            Ok((reader, batch))
        })?;
        self.reader = Some(reader);
        Ok(batch)
    }
}

async fn take(
    reader: &mut Reader,
    max_records: usize,
    max_bytes: usize,
) -> Result<Batch, StoreError> {
    let mut batch = Batch::new();
    while batch.len() < max_records
        && let Some(row) = reader.next_within(room(&batch, max_bytes)).await?
    {
        if hot::is_nameable(&row.document) {
            batch.push(&row.document);
        }
    }
    Ok(batch)
}

/// The bytes that still fit into a portion; one record always does.
fn room(batch: &Batch, max_bytes: usize) -> usize {
    if batch.is_empty() { usize::MAX } else { max_bytes.saturating_sub(batch.as_bytes().len()) }
}
