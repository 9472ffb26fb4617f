//! The rows of one block that match, in order.

use crate::filter::BlockFilter;
use crate::question::Question;
use crate::stop::Stop;
use crate::stored::{Opened, StoredBlock, StoredBlocks, StoredRows};
use crate::tally::Tally;
use std::ops::Range;
use std::sync::Arc;
use woodpile_block::{BlockError, Group, Selection};
use woodpile_record::{Batch, RawDocument};
use woodpile_store::{BlockEntry, Finding, Order, OrderKey, Prune};

/// So many rows are put together at once.
const CHUNK_ROWS: usize = 512;

/// Which part of which block is asked, and what.
#[derive(Debug, Clone)]
pub(crate) struct Asked<'s> {
    pub(crate) stored: &'s StoredBlocks,
    pub(crate) question: &'s Question,
    pub(crate) collection: &'s str,
    pub(crate) prune: Prune,
    pub(crate) entry: BlockEntry,
}

/// What is noted on the way.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    pub(crate) damage: Vec<Finding>,
    pub(crate) tally: Tally,
}

/// Goes through the matching rows of a block.
pub(crate) struct BlockRows<'s> {
    asked: Asked<'s>,
    block: Arc<StoredBlock>,
    filter: BlockFilter<'s>,
    /// Groups that were not asked yet.
    groups: Range<usize>,
    /// The group that is read.
    rows: Option<Arc<StoredRows>>,
    /// Of its rows, those that match and were not put together yet.
    matching: Selection,
    batch: Batch,
    index: usize,
    key: Option<OrderKey>,
}

impl<'s> BlockRows<'s> {
    /// Opens a block at its first row that matches; `None` where there is none. What is damaged is noted and passed
    /// over.
    pub(crate) fn open(asked: Asked<'s>, notes: &mut Notes) -> Result<Option<Self>, Stop> {
        let Some((block, filter)) = asked.prepare(notes)? else { return Ok(None) };
        let groups = 0..block.groups().len();
        let mut rows = Self {
            asked,
            block,
            filter,
            groups,
            rows: None,
            matching: Selection::none(0),
            batch: Batch::new(),
            index: 0,
            key: None,
        };
        Ok(rows.settle(notes)?.then_some(rows))
    }

    /// The row whose turn it is.
    pub(crate) fn current(&self) -> Option<(&OrderKey, &RawDocument)> {
        self.key.as_ref().zip(self.batch.get(self.index))
    }

    /// Goes to the next row; `false` at the end.
    pub(crate) fn advance(&mut self, notes: &mut Notes) -> Result<bool, Stop> {
        self.index += 1;
        self.settle(notes)
    }

    fn settle(&mut self, notes: &mut Notes) -> Result<bool, Stop> {
        loop {
            self.key = self.batch.get(self.index).map(OrderKey::of);
            if self.key.is_some() {
                return Ok(true);
            }
            self.batch.clear();
            self.index = 0;
            if self.matching.is_none() {
                let Some(group) = self.next_group() else { return Ok(false) };
                self.ask(group, notes)?;
            } else {
                self.put_together(notes)?;
            }
        }
    }

    fn next_group(&mut self) -> Option<usize> {
        match self.asked.question.order {
            Order::OldestFirst => self.groups.next(),
            Order::NewestFirst => self.groups.next_back(),
        }
    }

    /// Finds the rows of a group that match.
    fn ask(&mut self, number: usize, notes: &mut Notes) -> Result<(), Stop> {
        let Some(group) = self.block.groups().nth(number) else { return Ok(()) };
        if !self.asked.prune.overlaps(group.first, group.last) {
            return Ok(());
        }
        notes.tally.groups += 1;
        match self.asked.select(&self.block, &self.filter, number, group) {
            Ok((rows, matching)) => {
                self.rows = Some(rows);
                self.matching = matching;
                Ok(())
            }
            Err(error) => self.asked.fault(error, group.records as u64, notes),
        }
    }

    /// Puts the next records together.
    fn put_together(&mut self, notes: &mut Notes) -> Result<(), Stop> {
        let Some(rows) = &self.rows else { return Ok(()) };
        let chunk = self.asked.first_of(&self.matching);
        self.matching.and_not(&chunk);
        notes.tally.unpacked += chunk.count() as u64;
        match rows.unpack(&chunk) {
            Ok(records) if self.asked.question.order == Order::OldestFirst => self.batch = records,
            Ok(records) => self.batch = records.iter().rev().collect(),
            Err(error) => self.asked.fault(error, chunk.count() as u64, notes)?,
        }
        Ok(())
    }
}

impl<'s> Asked<'s> {
    /// Opens the block and asks it as a whole; `None` where no row of it can match.
    pub(crate) fn prepare(
        &self,
        notes: &mut Notes,
    ) -> Result<Option<(Arc<StoredBlock>, BlockFilter<'s>)>, Stop> {
        notes.tally.blocks += 1;
        let block = match self.stored.open(self.collection, &self.entry)? {
            Opened::Block(block) => block,
            Opened::Gone => return Err(Stop::Gone),
            Opened::Damaged(error) => {
                self.note(&error, self.entry.records, notes);
                return Ok(None);
            }
        };
        match BlockFilter::new(&self.question.matcher, self.collection, &self.entry, &block) {
            Ok(filter) if filter.is_none() => {
                notes.tally.skipped_blocks += 1;
                Ok(None)
            }
            Ok(filter) => Ok(Some((block, filter))),
            Err(error) => {
                self.fault(error, self.entry.records, notes)?;
                Ok(None)
            }
        }
    }

    /// The rows of a group that match.
    pub(crate) fn select(
        &self,
        block: &Arc<StoredBlock>,
        filter: &BlockFilter<'_>,
        number: usize,
        group: Group,
    ) -> Result<(Arc<StoredRows>, Selection), BlockError> {
        let Self { stored, collection, entry, prune, .. } = self;
        let rows = stored.rows(collection, entry.id, block, number)?;
        let mut within = Selection::all(rows.len());
        if !(prune.keeps(group.first) && prune.keeps(group.last)) {
            let times = rows.times()?;
            within = Selection::of(rows.len(), |row| {
                times.get(row).is_some_and(|time| prune.keeps(*time))
            });
        }
        let matching = filter.select(&rows, &within)?;
        Ok((rows, matching))
    }

    /// The rows to put together first.
    fn first_of(&self, matching: &Selection) -> Selection {
        let most = self.question.limit.unwrap_or(CHUNK_ROWS).clamp(1, CHUNK_ROWS);
        let mut chunk = Selection::none(matching.rows());
        match self.question.order {
            Order::OldestFirst => matching.iter().take(most).for_each(|row| chunk.add(row)),
            Order::NewestFirst => matching.iter().rev().take(most).for_each(|row| chunk.add(row)),
        }
        chunk
    }

    /// A block that is gone is read again elsewhere; damage is noted.
    pub(crate) fn fault(
        &self,
        error: BlockError,
        records: u64,
        notes: &mut Notes,
    ) -> Result<(), Stop> {
        match self.stored.explain(self.collection, self.entry.id, error)? {
            Opened::Gone => Err(Stop::Gone),
            Opened::Damaged(error) => {
                self.note(&error, records, notes);
                Ok(())
            }
            Opened::Block(_) => Ok(()),
        }
    }

    fn note(&self, error: &BlockError, records: u64, notes: &mut Notes) {
        let finding = Finding {
            place: format!(
                "{}, {}, block {}",
                self.stored.store().location(),
                self.collection,
                self.entry.id.0
            ),
            problem: error.to_string(),
            records: Some(records),
        };
        if !notes.damage.contains(&finding) {
            notes.damage.push(finding);
        }
    }
}
