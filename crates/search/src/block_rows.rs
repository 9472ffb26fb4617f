//! The rows of one block that match, in order.

use crate::filter::BlockFilter;
use crate::question::Question;
use crate::stop::Stop;
use crate::stored::{Opened, StoredBlock, StoredBlocks, StoredRows};
use crate::tally::Tally;
use crate::threads;
use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;
use woodpile_block::{BlockError, Group, Selection};
use woodpile_record::{Batch, RawDocument};
use woodpile_store::{BlockEntry, Finding, Order, OrderKey, Prune};

/// So many rows are put together at once.
const CHUNK_ROWS: usize = 512;
/// The most groups of a block that are asked at once.
const MAX_AHEAD: usize = 4;

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

impl Notes {
    /// Adds what another one noted.
    pub(crate) fn add(&mut self, other: Self) {
        self.tally += other.tally;
        for finding in other.damage {
            if !self.damage.contains(&finding) {
                self.damage.push(finding);
            }
        }
    }
}

/// Goes through the matching rows of a block.
pub(crate) struct BlockRows<'s> {
    asked: Asked<'s>,
    block: Arc<StoredBlock>,
    filter: BlockFilter<'s>,
    /// Groups that were not asked yet.
    groups: Range<usize>,
    /// How many groups are asked at once: more where matches are rare.
    ahead: usize,
    /// Groups that were asked, and whose turn comes.
    ready: VecDeque<Ready>,
    /// The group that is read, and which of its rows match and were not put together yet.
    open: Option<Ready>,
    index: usize,
    key: Option<OrderKey>,
}

/// A group that was asked.
struct Ready {
    rows: Arc<StoredRows>,
    /// The rows that match and were not put together yet.
    matching: Selection,
    /// Those that were put together, in order.
    records: Batch,
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
            ahead: 1,
            ready: VecDeque::new(),
            open: None,
            index: 0,
            key: None,
        };
        Ok(rows.settle(notes)?.then_some(rows))
    }

    /// The row whose turn it is.
    pub(crate) fn current(&self) -> Option<(&OrderKey, &RawDocument)> {
        self.key.as_ref().zip(self.open.as_ref()?.records.get(self.index))
    }

    /// Goes to the next row; `false` at the end.
    pub(crate) fn advance(&mut self, notes: &mut Notes) -> Result<bool, Stop> {
        self.index += 1;
        self.settle(notes)
    }

    fn settle(&mut self, notes: &mut Notes) -> Result<bool, Stop> {
        loop {
            let record = self.open.as_ref().and_then(|open| open.records.get(self.index));
            self.key = record.map(OrderKey::of);
            if self.key.is_some() {
                return Ok(true);
            }
            self.index = 0;
            if let Some(open) = self.open.as_mut().filter(|open| !open.matching.is_none()) {
                self.asked.put_together(open, notes)?;
            } else {
                if self.ready.is_empty() && !self.ask_next(notes)? {
                    return Ok(false);
                }
                self.open = self.ready.pop_front();
            }
        }
    }

    /// Asks the next groups; `false` where there is none.
    fn ask_next(&mut self, notes: &mut Notes) -> Result<bool, Stop> {
        let numbers: Vec<usize> = (0..self.ahead).map_while(|_| self.next_group()).collect();
        if numbers.is_empty() {
            return Ok(false);
        }
        let (asked, block, filter) = (&self.asked, &self.block, &self.filter);
        let answers = threads::map(&numbers, |number| {
            let mut notes = Notes::default();
            (asked.ask(block, filter, *number, &mut notes), notes)
        });
        let mut found = 0;
        for (ready, noted) in answers {
            notes.add(noted);
            let ready = ready?;
            found += ready.as_ref().map_or(0, |ready| ready.records.len());
            self.ready.extend(ready);
        }
        let is_rare = found < self.asked.question.limit.unwrap_or(CHUNK_ROWS).min(CHUNK_ROWS);
        self.ahead = if is_rare { (self.ahead * 2).min(MAX_AHEAD) } else { 1 };
        Ok(true)
    }

    fn next_group(&mut self) -> Option<usize> {
        match self.asked.question.order {
            Order::OldestFirst => self.groups.next(),
            Order::NewestFirst => self.groups.next_back(),
        }
    }
}

impl<'s> Asked<'s> {
    /// Opens the block and asks it as a whole; `None` where no row of it can match.
    pub(crate) fn prepare(
        &self,
        notes: &mut Notes,
    ) -> Result<Option<(Arc<StoredBlock>, BlockFilter<'s>)>, Stop> {
        self.question.check()?;
        notes.tally.blocks += 1;
        let block = match self.stored.open(self.collection, &self.entry)? {
            Opened::Block(block) => block,
            Opened::Gone => return Err(Stop::Gone),
            Opened::Damaged(error) => {
                self.note(&error, self.entry.records, notes);
                return Ok(None);
            }
        };
        match BlockFilter::new(self.question, self.collection, &self.entry, &block) {
            Ok(filter) if filter.is_none() => {
                notes.tally.skipped_blocks += 1;
                notes.tally.skipped_by_words += u64::from(filter.lacks_word());
                Ok(None)
            }
            Ok(filter) => Ok(Some((block, filter))),
            Err(error) => {
                self.fault(error, self.entry.records, notes)?;
                Ok(None)
            }
        }
    }

    /// Finds the rows of a group that match, and puts the first of them together.
    fn ask(
        &self,
        block: &Arc<StoredBlock>,
        filter: &BlockFilter<'_>,
        number: usize,
        notes: &mut Notes,
    ) -> Result<Option<Ready>, Stop> {
        let Some(group) = block.groups().nth(number) else { return Ok(None) };
        if !self.prune.overlaps(group.first, group.last) {
            return Ok(None);
        }
        self.question.check()?;
        notes.tally.groups += 1;
        match self.select(block, filter, number, group) {
            Ok((rows, matching)) => {
                let mut ready = Ready { rows, matching, records: Batch::new() };
                self.put_together(&mut ready, notes)?;
                Ok(Some(ready))
            }
            Err(error) => {
                self.fault(error, group.records as u64, notes)?;
                Ok(None)
            }
        }
    }

    /// Puts the next records of a group together.
    fn put_together(&self, ready: &mut Ready, notes: &mut Notes) -> Result<(), Stop> {
        self.question.check()?;
        ready.records.clear();
        let chunk = self.first_of(&ready.matching);
        if chunk.is_none() {
            return Ok(());
        }
        ready.matching.and_not(&chunk);
        notes.tally.unpacked += chunk.count() as u64;
        match ready.rows.unpack(&chunk) {
            Ok(records) if self.question.order == Order::OldestFirst => ready.records = records,
            Ok(records) => ready.records = records.iter().rev().collect(),
            Err(error) => self.fault(error, chunk.count() as u64, notes)?,
        }
        Ok(())
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
            // Rows are in the order of their times.
            let times = rows.times()?;
            let before = |end: i64| times.partition_point(|time| *time < end);
            within.clip(prune.since.map_or(0, before)..prune.until.map_or(rows.len(), before));
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
