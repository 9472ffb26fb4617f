//! The records of one collection that match, in order.

use crate::block_rows::{Asked, BlockRows, Notes};
use crate::error::SearchError;
use crate::limits::PORTION_BLOCKS;
use crate::question::Question;
use crate::stop::Stop;
use crate::stored::StoredBlocks;
use crate::threads;
use crate::window::{Wanted, Window, Windows};
use std::cmp::Ordering;
use std::iter::Peekable;
use std::vec::IntoIter;
use woodpile_query::Origin;
use woodpile_record::{Batch, RawDocument};
use woodpile_store::{BlockEntry, Order, OrderKey, Prune, compare};

/// Gives matching records one by one.
pub(crate) struct Records<'s> {
    stored: &'s StoredBlocks,
    question: &'s Question,
    collection: &'s str,
    windows: Windows<'s>,
    /// What is read now.
    open: Option<Stretch<'s>>,
    /// What was given last.
    mark: Option<Mark>,
    /// Whether what was given already may come again.
    passing: bool,
    /// How many blocks are opened at once: more where matches are rare.
    ahead: usize,
    pub(crate) notes: Notes,
}

/// What was given last: all that comes before it was given, too.
struct Mark {
    key: OrderKey,
    record: Batch,
}

/// A stretch of time that is being read.
struct Stretch<'s> {
    prune: Prune,
    hot: Batch,
    next_hot: Option<(usize, OrderKey)>,
    /// In the order in which they have to be opened.
    coming: Peekable<IntoIter<BlockEntry>>,
    blocks: Vec<BlockRows<'s>>,
    given: Option<Place>,
}

/// Where a record is.
#[derive(Clone, Copy)]
enum Place {
    Hot,
    Block(usize),
}

impl<'s> Records<'s> {
    pub(crate) fn new(
        stored: &'s StoredBlocks,
        question: &'s Question,
        collection: &'s str,
    ) -> Self {
        let windows = Windows::new(stored, collection, question.prune, question.order);
        Self {
            stored,
            question,
            collection,
            windows,
            open: None,
            mark: None,
            passing: false,
            ahead: 1,
            notes: Notes::default(),
        }
    }

    /// Goes to the next record; `false` at the end.
    pub(crate) fn advance(&mut self) -> Result<bool, SearchError> {
        self.remember();
        loop {
            if self.open.is_none() && !self.open_next()? {
                return Ok(false);
            }
            match self.step() {
                Ok(true) if self.was_given() => {}
                Ok(true) => return Ok(true),
                Ok(false) => self.open = None,
                Err(Stop::Gone) => self.read_again(),
                Err(Stop::Failed(error)) => return Err(error),
            }
        }
    }

    /// The record whose turn it is, and its key.
    pub(crate) fn current(&self) -> Option<(&OrderKey, &RawDocument)> {
        self.open.as_ref().and_then(Stretch::current)
    }

    fn open_next(&mut self) -> Result<bool, SearchError> {
        let question = self.question;
        let Question { matcher, limit, order, .. } = question;
        let origin = Origin { collection: self.collection };
        let matches = |record: &RawDocument| matcher.matches(record, origin);
        let wanted = Wanted { matches: &matches, most: limit.unwrap_or(usize::MAX), question };
        let Some(window) = self.windows.next(wanted)? else { return Ok(false) };
        self.notes.tally.hot += window.looked_at;
        self.notes.damage.append(&mut self.windows.damage);
        self.open = Some(Stretch::new(window, *order));
        Ok(true)
    }

    fn step(&mut self) -> Result<bool, Stop> {
        let Some(stretch) = self.open.as_mut() else { return Ok(false) };
        stretch.leave_given(&mut self.notes)?;
        loop {
            let due = stretch.due(self.question.order, self.ahead);
            if due.is_empty() {
                break;
            }
            let opened = threads::map(&due, |entry| {
                let (stored, question, collection) = (self.stored, self.question, self.collection);
                let entry = entry.clone();
                let asked = Asked { stored, question, collection, prune: stretch.prune, entry };
                let mut notes = Notes::default();
                (BlockRows::open(asked, &mut notes), notes)
            });
            let before = stretch.blocks.len();
            for (rows, notes) in opened {
                self.notes.add(notes);
                stretch.blocks.extend(rows?);
            }
            let is_rare = stretch.blocks.len() == before;
            self.ahead = if is_rare { (self.ahead * 2).min(PORTION_BLOCKS) } else { 1 };
            self.stored.trim();
        }
        stretch.choose(self.question.order);
        Ok(stretch.given.is_some())
    }

    fn was_given(&mut self) -> bool {
        let (true, Some(mark)) = (self.passing, &self.mark) else { return false };
        let current = self.open.as_ref().and_then(Stretch::current);
        let (Some((key, record)), Some(last)) = (current, mark.record.get(0)) else { return false };
        let ordering = match self.question.order {
            Order::OldestFirst => compare((key, record), (&mark.key, last)),
            Order::NewestFirst => compare((&mark.key, last), (key, record)),
        };
        self.passing = ordering != Ordering::Greater;
        self.passing
    }

    /// Keeps what was given: it is known where to go on.
    fn remember(&mut self) {
        if self.passing {
            return;
        }
        if let Some((key, record)) = self.open.as_ref().and_then(Stretch::current) {
            let mut kept = self.mark.take().map(|mark| mark.record).unwrap_or_default();
            kept.clear();
            kept.push(record);
            self.mark = Some(Mark { key: *key, record: kept });
        }
    }

    /// Begins anew with what was not given yet.
    fn read_again(&mut self) {
        self.open = None;
        let mut prune = self.question.prune;
        if let Some(mark) = &self.mark {
            self.passing = true;
            match self.question.order {
                Order::OldestFirst => prune.since = Some(mark.key.time()),
                Order::NewestFirst => prune.until = Some(mark.key.time().saturating_add(1)),
            }
        }
        self.windows = Windows::new(self.stored, self.collection, prune, self.question.order);
    }
}

impl Stretch<'_> {
    fn new(window: Window, order: Order) -> Self {
        let mut blocks = window.blocks;
        match order {
            Order::OldestFirst => blocks.sort_by_key(|block| (block.first, block.id)),
            Order::NewestFirst => {
                blocks.sort_by_key(|block| std::cmp::Reverse((block.last, block.id)));
            }
        }
        let hot = window.hot;
        let next_hot = hot.get(0).map(|record| (0, OrderKey::of(record)));
        let coming = blocks.into_iter().peekable();
        Self { prune: window.prune, hot, next_hot, coming, blocks: Vec::new(), given: None }
    }

    fn current(&self) -> Option<(&OrderKey, &RawDocument)> {
        self.at(self.given?)
    }

    fn at(&self, place: Place) -> Option<(&OrderKey, &RawDocument)> {
        match place {
            Place::Hot => {
                let (index, key) = self.next_hot.as_ref()?;
                Some((key, self.hot.get(*index)?))
            }
            Place::Block(block) => self.blocks.get(block)?.current(),
        }
    }

    /// Goes on where the last record came from.
    fn leave_given(&mut self, notes: &mut Notes) -> Result<(), Stop> {
        match self.given.take() {
            Some(Place::Hot) => {
                let next = self.next_hot.map_or(0, |(index, _)| index + 1);
                self.next_hot = self.hot.get(next).map(|record| (next, OrderKey::of(record)));
            }
            Some(Place::Block(block)) => {
                if let Some(rows) = self.blocks.get_mut(block)
                    && !rows.advance(notes)?
                {
                    self.blocks.swap_remove(block);
                }
            }
            None => {}
        }
        Ok(())
    }

    /// Where a block may hold a record that comes before all that are open, this one and those that come next, up to
    /// so many.
    fn due(&mut self, order: Order, most: usize) -> Vec<BlockEntry> {
        let first = self.first(order).and_then(|place| self.at(place));
        let time = first.map(|(key, _)| key.time());
        let due = self.coming.next_if(|block| match (time, order) {
            (None, _) => true,
            (Some(time), Order::OldestFirst) => block.first <= time,
            (Some(time), Order::NewestFirst) => block.last >= time,
        });
        let mut all: Vec<BlockEntry> = due.into_iter().collect();
        if !all.is_empty() {
            all.extend(self.coming.by_ref().take(most.saturating_sub(1)));
        }
        all
    }

    fn choose(&mut self, order: Order) {
        self.given = self.first(order);
    }

    /// Where the record is that comes first.
    fn first(&self, order: Order) -> Option<Place> {
        let hot = self.next_hot.map(|_| Place::Hot);
        let places = hot.into_iter().chain((0..self.blocks.len()).map(Place::Block));
        places.min_by(|a, b| match (self.at(*a), self.at(*b), order) {
            (Some(a), Some(b), Order::OldestFirst) => compare(a, b),
            (Some(a), Some(b), Order::NewestFirst) => compare(b, a),
            _ => Ordering::Equal,
        })
    }
}
