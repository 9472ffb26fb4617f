use super::PackError;
use super::source::Stored;
use std::collections::VecDeque;
use woodpile_record::{Batch, RawDocument};
use woodpile_store::{BlockEntry, OrderKey, Store, compare};

/// The records of several blocks in one order. A block is opened when its time comes, and one group of rows of
/// each open block is in memory.
pub(super) struct InOrder<'s> {
    store: &'s dyn Store,
    collection: &'s str,
    /// By their first event.
    coming: VecDeque<BlockEntry>,
    open: Vec<Reader<'s>>,
    /// The reader whose record was given last.
    given: Option<usize>,
}

/// Where the reading of one block is.
struct Reader<'s> {
    block: Stored<'s>,
    next_group: usize,
    batch: Batch,
    index: usize,
    key: OrderKey,
}

impl<'s> InOrder<'s> {
    /// The blocks come by their first event.
    pub(super) fn new(store: &'s dyn Store, collection: &'s str, blocks: &[BlockEntry]) -> Self {
        let coming = blocks.iter().cloned().collect();
        Self { store, collection, coming, open: Vec::new(), given: None }
    }

    /// The next record.
    pub(super) fn next(&mut self) -> Result<Option<&RawDocument>, PackError> {
        if let Some(given) = self.given.take()
            && !self.open[given].advance()?
        {
            self.open.swap_remove(given);
        }
        self.open_what_comes()?;
        let Some(first) = self.first() else { return Ok(None) };
        self.given = Some(first);
        Ok(self.open[first].document())
    }

    /// Opens every block that may hold the next record.
    fn open_what_comes(&mut self) -> Result<(), PackError> {
        while let Some(next) = self.coming.front() {
            let earliest = self.open.iter().map(|reader| reader.key.time()).min();
            if earliest.is_some_and(|earliest| earliest < next.first) {
                break;
            }
            let block = Stored::open(self.store, self.collection, next.id)?;
            self.coming.pop_front();
            self.open.extend(Reader::start(block)?);
        }
        Ok(())
    }

    fn first(&self) -> Option<usize> {
        let readers = (0..self.open.len()).filter(|at| self.open[*at].document().is_some());
        readers.min_by(|a, b| {
            let (a, b) = (&self.open[*a], &self.open[*b]);
            let (Some(left), Some(right)) = (a.document(), b.document()) else {
                return a.key.cmp(&b.key);
            };
            compare((&a.key, left), (&b.key, right))
        })
    }
}

impl<'s> Reader<'s> {
    /// `None` if the block has no record.
    fn start(block: Stored<'s>) -> Result<Option<Self>, PackError> {
        let mut next_group = 0;
        let Some(batch) = unpack_next(&block, &mut next_group)? else { return Ok(None) };
        let key = batch.get(0).map(OrderKey::of);
        Ok(key.map(|key| Self { block, next_group, batch, index: 0, key }))
    }

    fn document(&self) -> Option<&RawDocument> {
        self.batch.get(self.index)
    }

    /// Goes on to the next record; false at the end.
    fn advance(&mut self) -> Result<bool, PackError> {
        self.index += 1;
        if self.index == self.batch.len() {
            // Only one group is in memory at a time.
            self.batch = Batch::new();
            let Some(batch) = unpack_next(&self.block, &mut self.next_group)? else {
                return Ok(false);
            };
            (self.batch, self.index) = (batch, 0);
        }
        let Some(key) = self.document().map(OrderKey::of) else { return Ok(false) };
        self.key = key;
        Ok(true)
    }
}

/// The next group that has records.
fn unpack_next(block: &Stored<'_>, next_group: &mut usize) -> Result<Option<Batch>, PackError> {
    while *next_group < block.groups() {
        let batch = block.unpack(*next_group)?;
        *next_group += 1;
        if !batch.is_empty() {
            return Ok(Some(batch));
        }
    }
    Ok(None)
}
