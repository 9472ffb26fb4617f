//! A batch or a block that is being read: what is held of it, and where it goes on.

use super::batch::Unread;
use super::body::{Body, Part};
use super::file::Readers;
use super::frame::Unpacker;
use super::span::{Rest, Span};
use crate::order::{Key, compare};
use crate::{Finding, Prune, StoreError};
use rusqlite::Connection;
use std::cmp::Ordering;
use std::ops::Range;
use woodpile_record::{Batch, RawDocument};

/// What of a batch or a block is wanted, and how much of it may be held.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    pub(super) prune: Prune,
    pub(super) newest_first: bool,
    /// Bytes of BSON that are held of a batch.
    pub(super) hot_bytes: usize,
    /// Bytes of BSON that are held of a block.
    pub(super) packed_bytes: usize,
}

/// What all that is open shares.
pub(super) struct Source<'s> {
    pub(super) readers: &'s Readers,
    pub(super) place: String,
    pub(super) window: Window,
    pub(super) unpacker: Unpacker,
    pub(super) damage: Vec<Finding>,
    /// How much of the damage was told before the last list was made: it may be met again.
    pub(super) told: usize,
}

/// Why reading cannot go on as it was.
pub(super) enum Stop {
    /// What was listed is no longer there: a new list says where its records are now.
    Gone(Rest),
    Failed(rusqlite::Error),
}

impl From<rusqlite::Error> for Stop {
    fn from(error: rusqlite::Error) -> Self {
        Self::Failed(error)
    }
}

impl<'s> Source<'s> {
    pub(super) fn new(
        readers: &'s Readers,
        place: String,
        window: Window,
    ) -> Result<Self, StoreError> {
        let unpacker = Unpacker::new().map_err(super::codec_failed)?;
        Ok(Self { readers, place, window, unpacker, damage: Vec::new(), told: 0 })
    }

    /// Opens what is next; `None` where it has nothing that is wanted, or nothing that can be read.
    pub(super) fn open(
        &mut self,
        connection: &Connection,
        span: Span,
    ) -> Result<Option<Cursor<'s>>, Stop> {
        match Body::open(span.rest, connection, self.readers) {
            Ok(body) => Cursor::open(span, body, connection, self),
            Err(unread) => {
                self.pass_over(span.rest, span.records, unread)?;
                Ok(None)
            }
        }
    }

    /// Damage is told and passed over; anything else is not.
    fn pass_over(&mut self, rest: Rest, records: u64, unread: Unread) -> Result<(), Stop> {
        match unread {
            Unread::Damaged(problem) => {
                let place = format!("{}, {rest}", self.place);
                self.note(Finding { place, problem, records: Some(records) });
                Ok(())
            }
            Unread::Gone => Err(Stop::Gone(rest)),
            Unread::Failed(error) => Err(Stop::Failed(error)),
        }
    }

    pub(super) fn note(&mut self, finding: Finding) {
        if !self.damage[..self.told].contains(&finding) {
            self.damage.push(finding);
        }
    }
}

/// A place in a batch or a block.
pub(super) struct Cursor<'s> {
    rest: Rest,
    body: Body<'s>,
    /// The part to read next: its place in the order of reading.
    part: usize,
    /// Records of that part that were taken already.
    taken: usize,
    window: Window,
    held: Held,
    pub(super) key: Key,
}

/// Records of a part that were unpacked, in their order.
#[derive(Default)]
struct Held {
    batch: Batch,
    /// Those that wait for their turn.
    left: Range<usize>,
}

impl Held {
    /// Holds some records of a batch: all of it as it is, or a copy of the part.
    fn new(batch: Batch, wanted: Range<usize>) -> Self {
        if wanted == (0..batch.len()) {
            return Self { batch, left: wanted };
        }
        let left = 0..wanted.len();
        Self { batch: wanted.filter_map(|index| batch.get(index)).collect(), left }
    }
}

impl<'s> Cursor<'s> {
    /// Opens a batch or a block at its first record that is wanted; `None` where there is none.
    fn open(
        span: Span,
        body: Body<'s>,
        connection: &Connection,
        source: &mut Source<'s>,
    ) -> Result<Option<Self>, Stop> {
        let mut cursor = Self {
            rest: span.rest,
            body,
            part: 0,
            taken: 0,
            window: source.window,
            held: Held::default(),
            key: Key::LEAST,
        };
        Ok(cursor.settle(connection, source)?.then_some(cursor))
    }

    /// The record whose turn it is.
    pub(super) fn current(&self) -> Option<&RawDocument> {
        let left = &self.held.left;
        let index = if self.window.newest_first { left.end.checked_sub(1)? } else { left.start };
        left.contains(&index).then(|| self.held.batch.get(index))?
    }

    /// Goes to the next record; `false` where there is none.
    pub(super) fn advance(
        &mut self,
        connection: &Connection,
        source: &mut Source<'s>,
    ) -> Result<bool, Stop> {
        self.drop_current();
        self.settle(connection, source)
    }

    fn drop_current(&mut self) {
        let left = &mut self.held.left;
        if self.window.newest_first { left.end -= 1 } else { left.start += 1 }
    }

    /// Makes sure that there is a current record, which is wanted, and knows its key.
    fn settle(&mut self, connection: &Connection, source: &mut Source<'s>) -> Result<bool, Stop> {
        loop {
            if let Some(record) = self.current() {
                self.key = Key::of(record);
                if self.window.prune.keeps(self.key.time()) {
                    return Ok(true);
                }
                self.drop_current();
            } else {
                self.held = Held::default();
                let Some(part) = self.next_part() else { return Ok(false) };
                self.fill(&part, connection, source)?;
            }
        }
    }

    fn next_part(&self) -> Option<Part> {
        let index = if self.window.newest_first {
            self.body.parts().checked_sub(self.part + 1)?
        } else {
            self.part
        };
        self.body.part(index)
    }

    /// Holds records of the part, as far as there is room; it may be none.
    fn fill(
        &mut self,
        part: &Part,
        connection: &Connection,
        source: &mut Source<'s>,
    ) -> Result<(), Stop> {
        if !self.window.prune.overlaps(part.first, part.last) {
            self.leave_part();
            return Ok(());
        }
        match self.body.read(part, connection, &mut source.unpacker) {
            Ok(batch) => {
                let wanted = self.window.fitting(&batch, self.taken, self.rest);
                self.taken += wanted.len();
                if self.taken >= batch.len() {
                    self.leave_part();
                }
                self.held = Held::new(batch, wanted);
            }
            Err(unread) => {
                let left = part.records.saturating_sub(self.taken as u64);
                source.pass_over(self.rest, left, unread)?;
                self.leave_part();
            }
        }
        Ok(())
    }

    fn leave_part(&mut self) {
        self.part += 1;
        self.taken = 0;
    }
}

impl Window {
    fn room(&self, rest: Rest) -> usize {
        match rest {
            Rest::Hot(_) => self.hot_bytes,
            Rest::Packed(_) => self.packed_bytes,
        }
    }

    /// Which of the records are held next, after those that were taken: as many as there is room for.
    fn fitting(&self, batch: &Batch, taken: usize, rest: Rest) -> Range<usize> {
        let room = self.room(rest);
        if taken == 0 && batch.as_bytes().len() <= room {
            return 0..batch.len();
        }
        let mut bytes = 0;
        let mut fits = |record: &RawDocument| {
            bytes += record.as_bytes().len();
            bytes <= room
        };
        if self.newest_first {
            let end = batch.len().saturating_sub(taken);
            let count = batch.iter().rev().skip(taken).take_while(|record| fits(record)).count();
            end - count.clamp(end.min(1), end)..end
        } else {
            let start = taken.min(batch.len());
            let left = batch.len() - start;
            let count = batch.iter().skip(start).take_while(|record| fits(record)).count();
            start..start + count.clamp(left.min(1), left)
        }
    }
}

impl Ord for Cursor<'_> {
    /// The largest is at the top of the heap: it is the one to read from.
    fn cmp(&self, other: &Self) -> Ordering {
        let order = match (self.current(), other.current()) {
            (Some(record), Some(others)) => compare((&self.key, record), (&other.key, others)),
            _ => self.key.cmp(&other.key),
        };
        if self.window.newest_first { order } else { order.reverse() }
    }
}

impl PartialOrd for Cursor<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Cursor<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Cursor<'_> {}
