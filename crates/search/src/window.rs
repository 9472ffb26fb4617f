//! A collection, stretch by stretch of time, with each record once, without a transaction.
//!
//! The hot records of a stretch are read to its end, and only then the blocks are listed: what was packed meanwhile is
//! in one of these. Where a record is both, the block's copy counts.

use crate::error::SearchError;
use crate::limits::{HELD_BYTES, WINDOW_BYTES, WINDOW_RECORDS, WINDOW_TRIES};
use crate::question::Question;
use crate::stored::{Opened, StoredBlocks};
use woodpile_block::{Rows, Selection, id_element};
use woodpile_record::{Batch, RawDocument, event_time};
use woodpile_store::{BlockEntry, Finding, Order, Prune};

/// A stretch of time of one collection.
#[derive(Debug)]
pub(crate) struct Window {
    /// Its bounds.
    pub(crate) prune: Prune,
    /// The hot records that are wanted, in order.
    pub(crate) hot: Batch,
    /// How many hot records were looked at.
    pub(crate) looked_at: u64,
    /// The blocks that may hold more of it.
    pub(crate) blocks: Vec<BlockEntry>,
}

/// Which hot records are held.
#[derive(Clone, Copy)]
pub(crate) struct Wanted<'w> {
    /// Whether this one is.
    pub(crate) matches: &'w dyn Fn(&RawDocument) -> bool,
    /// A stretch ends once there are so many.
    pub(crate) most: usize,
    /// Who asks, and may stop asking.
    pub(crate) question: &'w Question,
}

/// Goes through a collection from one end to the other.
pub(crate) struct Windows<'s> {
    stored: &'s StoredBlocks,
    collection: &'s str,
    /// What is still to come.
    left: Option<Prune>,
    order: Order,
    /// What could not be read.
    pub(crate) damage: Vec<Finding>,
}

impl<'s> Windows<'s> {
    pub(crate) fn new(
        stored: &'s StoredBlocks,
        collection: &'s str,
        prune: Prune,
        order: Order,
    ) -> Self {
        Self { stored, collection, left: Some(prune), order, damage: Vec::new() }
    }

    /// The next stretch.
    pub(crate) fn next(&mut self, wanted: Wanted<'_>) -> Result<Option<Window>, SearchError> {
        let Some(left) = self.left else { return Ok(None) };
        for _ in 0..WINDOW_TRIES {
            let Some((window, left)) = self.read(left, wanted)? else { continue };
            self.left = left;
            return Ok(Some(window));
        }
        Err(SearchError::Restless { collection: self.collection.to_owned() })
    }

    /// Reads a stretch again: a block of it is gone.
    pub(crate) fn again(&mut self, window: &Window) {
        self.left = Some(match (self.left, self.order) {
            (None, _) => window.prune,
            (Some(left), Order::OldestFirst) => Prune { since: window.prune.since, ..left },
            (Some(left), Order::NewestFirst) => Prune { until: window.prune.until, ..left },
        });
    }

    /// A stretch and what is left after it; `None` where records may have moved from a block to where hot ones were
    /// read before.
    fn read(
        &mut self,
        left: Prune,
        wanted: Wanted<'_>,
    ) -> Result<Option<(Window, Option<Prune>)>, SearchError> {
        let before = self.stored.list(self.collection, &left)?;
        let (stretch, damage) = Stretch::read(self, left, wanted)?;
        let prune = stretch.end.map_or(left, |end| up_to(left, end, self.order));
        let blocks = self.stored.list(self.collection, &prune)?;
        let is_listed = |block: &BlockEntry| blocks.iter().any(|other| other.id == block.id);
        let is_inside = |block: &&BlockEntry| prune.overlaps(block.first, block.last);
        if !before.iter().filter(is_inside).all(is_listed) {
            return Ok(None);
        }
        let mut hot = stretch.held;
        for block in blocks.iter().filter(|block| may_hold_hot(block, &before)) {
            let Some(rest) = self.without(hot, block)? else { return Ok(None) };
            hot = rest;
        }
        self.damage.extend(damage);
        let left = stretch.end.and_then(|end| after(left, end, self.order));
        Ok(Some((Window { prune, hot, looked_at: stretch.looked_at, blocks }, left)))
    }

    /// The hot records that are not in this block; `None` where the block is gone.
    fn without(&self, hot: Batch, block: &BlockEntry) -> Result<Option<Batch>, SearchError> {
        if hot.is_empty() {
            return Ok(Some(hot));
        }
        let opened = match self.stored.open(self.collection, block)? {
            Opened::Block(block) => block,
            Opened::Gone => return Ok(None),
            Opened::Damaged(_) => return Ok(Some(hot)),
        };
        let (numbers, elements): (Vec<usize>, Vec<&[u8]>) = hot
            .iter()
            .enumerate()
            .filter_map(|(number, record)| Some((number, id_element(record)?)))
            .unzip();
        let Ok(found) = opened.find_ids(&elements) else { return Ok(Some(hot)) };
        let mut is_packed = vec![false; hot.len()];
        for (element, place) in found {
            let Some(number) = numbers.get(element) else { continue };
            let Ok(rows) = Rows::new(opened.clone(), place.group) else { continue };
            let mut selected = Selection::none(rows.len());
            selected.add(place.row);
            let packed = rows.unpack(&selected).ok();
            let same = packed.as_ref().and_then(|batch| batch.get(0)) == hot.get(*number);
            if let Some(is_packed) = is_packed.get_mut(*number) {
                *is_packed |= same;
            }
        }
        let rest = hot.iter().zip(&is_packed).filter(|(_, packed)| !**packed);
        Ok(Some(rest.map(|(record, _)| record).collect()))
    }
}

/// Whether hot copies of a block's records may have been read: it was not there, or not clean, before that.
fn may_hold_hot(block: &BlockEntry, before: &[BlockEntry]) -> bool {
    block.dirty || !before.iter().any(|other| other.id == block.id && !other.dirty)
}

/// Hot records up to where a stretch ends.
#[derive(Default)]
struct Stretch {
    held: Batch,
    looked_at: u64,
    last: Option<i64>,
    /// The event time that the stretch ends with, where something comes after it.
    end: Option<i64>,
}

impl Stretch {
    fn read(
        windows: &Windows<'_>,
        left: Prune,
        wanted: Wanted<'_>,
    ) -> Result<(Self, Vec<Finding>), SearchError> {
        let mut rows = windows.stored.store().hot(windows.collection, &left, windows.order)?;
        let mut stretch = Self::default();
        while let Some(batch) = rows.next()? {
            wanted.question.check()?;
            for record in batch.iter() {
                if stretch.ends_before(record, wanted)? {
                    return Ok((stretch, rows.damage().to_vec()));
                }
            }
        }
        Ok((stretch, rows.damage().to_vec()))
    }

    /// Takes the record in, unless the stretch has enough and the record happened at another time than the last one.
    fn ends_before(
        &mut self,
        record: &RawDocument,
        wanted: Wanted<'_>,
    ) -> Result<bool, SearchError> {
        let time = event_time(record);
        if self.last.is_some_and(|last| last != time) && self.is_full(wanted.most) {
            self.end = self.last;
            return Ok(true);
        }
        self.last = Some(time);
        self.looked_at += 1;
        if (wanted.matches)(record) {
            self.held.push(record);
        }
        if self.held.as_bytes().len() > HELD_BYTES {
            return Err(SearchError::TooMuchHot { bytes: HELD_BYTES });
        }
        Ok(false)
    }

    fn is_full(&self, most: usize) -> bool {
        self.looked_at >= WINDOW_RECORDS
            || self.held.len() >= most
            || self.held.as_bytes().len() >= WINDOW_BYTES
    }
}

/// What is left, up to a time and with it.
fn up_to(left: Prune, end: i64, order: Order) -> Prune {
    match order {
        Order::OldestFirst => Prune { until: Some(end.saturating_add(1)), ..left },
        Order::NewestFirst => Prune { since: Some(end), ..left },
    }
}

/// What is left after a time.
fn after(left: Prune, end: i64, order: Order) -> Option<Prune> {
    let prune = match order {
        Order::OldestFirst => Prune { since: Some(end.checked_add(1)?), ..left },
        Order::NewestFirst => Prune { until: Some(end), ..left },
    };
    Some(prune)
}
