//! A collection's records in order, hot and packed. Hot ones come in windows: after each the root is looked at, so
//! that what was packed while the window was read is found in its block. Where blocks were unpacked meanwhile, the
//! window is read again: their records may have become hot behind it.

use super::super::MongoStore;
use super::super::limits::{PORTION_BYTES, PORTION_RECORDS, WINDOW_PORTIONS};
use super::super::read::{Reader, Row};
use super::cache::{root_of, version_of};
use super::root::Version;
use super::runs::{Runs, Trouble, is_after, precedes};
use crate::{Finding, Order, Prune, Rows, StoreError};
use std::collections::VecDeque;
use woodpile_record::{Batch, RawDocument};

/// A read; what the driver works on travels to the store's thread and back.
#[derive(Debug)]
pub(in super::super) struct MongoRows<'s> {
    store: &'s MongoStore,
    collection: String,
    prune: Prune,
    order: Order,
    hot: Hot,
    window: VecDeque<Row>,
    /// How many portions the next window has: the first rows come soon, the rest with few questions.
    portions: usize,
    /// The root that the blocks are of.
    version: Version,
    packed: Runs<'s>,
    /// The last record of the last portion.
    last: Option<Row>,
    failed: Option<StoreError>,
    damage: Vec<Finding>,
}

/// Where the reading of hot records stands.
#[derive(Debug)]
enum Hot {
    /// To be opened, after the last record.
    Closed,
    Open(Box<Reader>),
    Ended,
}

impl<'s> MongoRows<'s> {
    pub(in super::super) fn open(
        store: &'s MongoStore,
        collection: &str,
        prune: Prune,
        order: Order,
    ) -> Result<Self, StoreError> {
        let root = root_of(store, collection)?;
        let mut rows = Self {
            store,
            collection: collection.to_owned(),
            prune,
            order,
            hot: Hot::Closed,
            window: VecDeque::new(),
            portions: 1,
            version: root.version,
            packed: Runs::new(store, &root, prune, order, None),
            last: None,
            failed: None,
            damage: Vec::new(),
        };
        rows.refill(None)?;
        Ok(rows)
    }

    /// Reads the next window of hot records, and looks for blocks that are new.
    fn refill(&mut self, last: Option<&Row>) -> Result<(), StoreError> {
        while self.window.is_empty() && !matches!(self.hot, Hot::Ended) {
            let rows = self.read_window(last)?;
            let ended = rows.is_empty();
            let order = self.order;
            if self.is_current(last)? {
                self.window.extend(rows.into_iter().filter(|row| is_after(order, row, last)));
                if ended {
                    self.hot = Hot::Ended;
                }
            } else {
                self.hot = Hot::Closed;
            }
        }
        Ok(())
    }

    /// The next hot records; none at the end. Until they are known to be current, the reading is closed, so that
    /// an error leads to reading them again.
    fn read_window(&mut self, last: Option<&Row>) -> Result<Vec<Row>, StoreError> {
        let reader = std::mem::replace(&mut self.hot, Hot::Closed);
        let (collection, portions, order) = (self.collection.clone(), self.portions, self.order);
        let left = remaining(self.prune, order, last);
        let (reader, rows) = self.store.run(move |session| async move {
            let mut reader = match reader {
                Hot::Open(reader) => reader,
                _ => Box::new(Reader::open(session, &collection, left, order).await?),
            };
            let rows = reader.rows(PORTION_RECORDS * portions, PORTION_BYTES).await;
            Ok((reader, rows))
        })?;
        let rows = rows?;
        self.hot = Hot::Open(reader);
        self.portions = (self.portions * 2).min(WINDOW_PORTIONS);
        Ok(rows)
    }

    /// Whether the window is all that there was; blocks that are new are there from now on.
    fn is_current(&mut self, last: Option<&Row>) -> Result<bool, StoreError> {
        match self.look_again(last) {
            Err(error) => {
                self.hot = Hot::Closed;
                Err(error)
            }
            current => current,
        }
    }

    fn look_again(&mut self, last: Option<&Row>) -> Result<bool, StoreError> {
        if version_of(self.store, &self.collection)? == self.version {
            return Ok(true);
        }
        let root = root_of(self.store, &self.collection)?;
        let before = std::mem::replace(&mut self.version, root.version);
        let last = last.map(Row::copy);
        self.packed = Runs::new(self.store, &root, self.prune, self.order, last);
        Ok(before.unpacked == self.version.unpacked)
    }

    /// Whether a block that could not be read is there no longer, so that the read starts anew; one that should
    /// be there is passed over.
    fn recover(&mut self, trouble: Trouble, last: Option<&Row>) -> Result<(), StoreError> {
        let StoreError::Damaged { place, reason } = trouble.error else {
            return Err(trouble.error);
        };
        let root = root_of(self.store, &self.collection)?;
        if root.holds(trouble.block) {
            let finding = Finding { place, problem: reason, records: Some(trouble.records) };
            // After a new root the same is met again.
            if !self.damage.contains(&finding) {
                self.damage.push(finding);
            }
            return Ok(());
        }
        self.version = root.version;
        self.packed = Runs::new(self.store, &root, self.prune, self.order, last.map(Row::copy));
        self.hot = Hot::Closed;
        self.window.clear();
        Ok(())
    }

    /// Adds the next record to the batch; `false` at the end.
    fn push_next(&mut self, batch: &mut Batch) -> Result<bool, StoreError> {
        if self.window.is_empty() && !matches!(self.hot, Hot::Ended) {
            let last = last_of(batch, self.last.as_ref());
            self.refill(last.as_ref())?;
        }
        let packed = match self.packed.peek() {
            Ok(packed) => packed,
            Err(trouble) => {
                let last = last_of(batch, self.last.as_ref());
                return self.recover(trouble, last.as_ref()).map(|()| true);
            }
        };
        let order = self.order;
        let hot_first = match (self.window.front(), packed) {
            (Some(hot), Some(packed)) => precedes(order, hot, packed),
            (hot, _) => hot.is_some(),
        };
        if hot_first {
            let Some(row) = self.window.pop_front() else { return Ok(false) };
            push(batch, self.last.as_ref(), &row.document);
            return Ok(true);
        }
        let Some((_, document)) = packed else { return Ok(false) };
        push(batch, self.last.as_ref(), document);
        self.packed.take();
        Ok(true)
    }
}

/// Adds a record that is not the last one once more: of a hot record and its packed copy one is enough.
fn push(batch: &mut Batch, last: Option<&Row>, document: &RawDocument) {
    let previous = batch.get(batch.len().wrapping_sub(1));
    let previous = previous.or_else(|| last.map(|last| &*last.document));
    if previous.is_none_or(|previous| previous.as_bytes() != document.as_bytes()) {
        batch.push(document);
    }
}

fn last_of(batch: &Batch, last: Option<&Row>) -> Option<Row> {
    let newest = batch.get(batch.len().wrapping_sub(1)).map(Row::new);
    newest.or_else(|| last.map(Row::copy))
}

/// The prune, without what lies before the last record.
fn remaining(prune: Prune, order: Order, last: Option<&Row>) -> Prune {
    let Some(time) = last.map(|last| last.key.time) else { return prune };
    match order {
        Order::OldestFirst => Prune { since: Some(time), ..prune },
        Order::NewestFirst => Prune { until: Some(time.saturating_add(1)), ..prune },
    }
}

impl Rows for MongoRows<'_> {
    /// What was read before an error is given before it.
    fn next(&mut self) -> Result<Option<Batch>, StoreError> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        let mut batch = Batch::new();
        while batch.len() < PORTION_RECORDS && batch.as_bytes().len() < PORTION_BYTES {
            match self.push_next(&mut batch) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) if batch.is_empty() => return Err(error),
                Err(error) => {
                    self.failed = Some(error);
                    break;
                }
            }
        }
        self.last = last_of(&batch, self.last.as_ref());
        Ok((!batch.is_empty()).then_some(batch))
    }

    fn damage(&self) -> &[Finding] {
        &self.damage
    }
}

/// A collection's hot records alone.
#[derive(Debug)]
pub(in super::super) struct HotRows<'s> {
    store: &'s MongoStore,
    /// Not there after the driver broke off.
    reader: Option<Reader>,
}

impl<'s> HotRows<'s> {
    pub(in super::super) fn open(
        store: &'s MongoStore,
        collection: &str,
        prune: Prune,
        order: Order,
    ) -> Result<Self, StoreError> {
        let name = collection.to_owned();
        let reader = store
            .run(move |session| async move { Reader::open(session, &name, prune, order).await })?;
        Ok(Self { store, reader: Some(reader) })
    }
}

impl Rows for HotRows<'_> {
    fn next(&mut self) -> Result<Option<Batch>, StoreError> {
        let mut reader = self.reader.take().ok_or_else(|| self.store.broke_off())?;
        let (reader, rows) = self.store.run(|_| async move {
            let rows = reader.rows(PORTION_RECORDS, PORTION_BYTES).await;
            Ok((reader, rows))
        })?;
        self.reader = Some(reader);
        let batch: Batch = rows?.iter().map(|row| -> &RawDocument { &row.document }).collect();
        Ok((!batch.is_empty()).then_some(batch))
    }
}
