//! Reading in order: a merge of all batches that overlap in time, in bounded memory however many they are.

use super::batch::{Stored, Unread};
use super::file::Readers;
use super::frame::{Frame, Unpacker, documents};
use super::table::{self, Header};
use crate::order::{Key, compare};
use crate::{Finding, Order, Prune, Rows, StoreError};
use rusqlite::Connection;
use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::iter::Peekable;
use std::vec::IntoIter;
use woodpile_record::{Batch, RawDocument, event_time};

/// BSON of a portion, at least, unless it is the last.
const PORTION_BYTES: usize = 256 * 1024;

/// BSON that all open batches of a reader hold together.
const MERGE_BYTES: usize = 32 * 1024 * 1024;

/// BSON that an open batch holds at least, however many are open.
const MIN_BUFFER_BYTES: usize = 4 * 1024;

/// A batch that is still to be opened.
#[derive(Debug, Clone, Copy)]
struct Span {
    id: i64,
    first: i64,
    last: i64,
    records: u64,
}

/// The records of a collection, in order.
pub(super) struct SqliteRows<'s> {
    readers: &'s Readers,
    order: Order,
    /// In the order in which they have to be opened.
    waiting: Peekable<IntoIter<Span>>,
    open: BinaryHeap<Cursor>,
    source: Source,
}

/// What of a batch is wanted, and how much of it may be held.
#[derive(Debug, Clone, Copy)]
struct Window {
    prune: Prune,
    newest_first: bool,
    buffer_bytes: usize,
}

impl<'s> SqliteRows<'s> {
    pub(super) fn new(
        readers: &'s Readers,
        collection: &str,
        prune: &Prune,
        order: Order,
    ) -> Result<Self, StoreError> {
        let (mut spans, damage) = readers.with(|connection| {
            spans(connection, collection, prune).map_err(readers.file.error())
        })?;
        let window = Window {
            prune: *prune,
            newest_first: order == Order::NewestFirst,
            buffer_bytes: (MERGE_BYTES / most_open(&spans).max(1)).max(MIN_BUFFER_BYTES),
        };
        match order {
            Order::OldestFirst => spans.sort_by_key(|span| span.first),
            Order::NewestFirst => spans.sort_by_key(|span| std::cmp::Reverse(span.last)),
        }
        Ok(Self {
            readers,
            order,
            waiting: spans.into_iter().peekable(),
            open: BinaryHeap::new(),
            source: Source {
                place: format!("{}, {collection}", readers.file.path().display()),
                window,
                unpacker: Unpacker::new().map_err(super::codec_failed)?,
                damage,
            },
        })
    }

    fn portion(&mut self, connection: &Connection) -> rusqlite::Result<Batch> {
        let mut batch = Batch::new();
        while batch.as_bytes().len() < PORTION_BYTES {
            self.open_due(connection)?;
            let Some(mut top) = self.open.peek_mut() else { break };
            if let Some(record) = top.current() {
                batch.push(record);
            }
            if !top.advance(connection, &mut self.source)? {
                PeekMut::pop(top);
            }
        }
        Ok(batch)
    }

    /// Opens each batch that may hold a record that comes before all that are open.
    fn open_due(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        loop {
            let next = self.open.peek().map(|cursor| cursor.key.time);
            let due = |span: &Span| match (next, self.order) {
                (None, _) => true,
                (Some(time), Order::OldestFirst) => span.first <= time,
                (Some(time), Order::NewestFirst) => span.last >= time,
            };
            let Some(span) = self.waiting.next_if(due) else { return Ok(()) };
            self.open.extend(self.source.open(connection, span)?);
        }
    }
}

impl Rows for SqliteRows<'_> {
    fn next(&mut self) -> Result<Option<Batch>, StoreError> {
        let readers = self.readers;
        let batch =
            readers.with(|connection| self.portion(connection).map_err(readers.file.error()))?;
        Ok((!batch.is_empty()).then_some(batch))
    }

    fn damage(&self) -> &[Finding] {
        &self.source.damage
    }
}

/// The batches of a collection that the prune leaves.
fn spans(
    connection: &Connection,
    collection: &str,
    prune: &Prune,
) -> rusqlite::Result<(Vec<Span>, Vec<Finding>)> {
    let mut spans = Vec::new();
    let Some(collection) = table::find_collection(connection, collection)? else {
        return Ok((spans, Vec::new()));
    };
    let damage = table::headers(connection, |header: Header| {
        if header.collection == collection && prune.overlaps(header.first, header.last) {
            let Header { id, first, last, records, .. } = header;
            spans.push(Span { id, first, last, records });
        }
    })?;
    Ok((spans, damage))
}

/// How many batches are open at once, at most.
fn most_open(spans: &[Span]) -> usize {
    let mut starts: Vec<i64> = spans.iter().map(|span| span.first).collect();
    let mut ends: Vec<i64> = spans.iter().map(|span| span.last).collect();
    starts.sort_unstable();
    ends.sort_unstable();
    let mut ended = 0;
    let open_at = |(started, start): (usize, &i64)| {
        ended += ends[ended..].iter().take_while(|end| *end < start).count();
        started + 1 - ended
    };
    starts.iter().enumerate().map(open_at).max().unwrap_or(0)
}

/// What open batches share.
struct Source {
    place: String,
    window: Window,
    unpacker: Unpacker,
    damage: Vec<Finding>,
}

impl Source {
    /// Opens a batch; `None` where it has nothing that is wanted, or nothing that can be read.
    fn open(&mut self, connection: &Connection, span: Span) -> rusqlite::Result<Option<Cursor>> {
        match Stored::open(connection, span.id) {
            Ok(Some(stored)) => Cursor::open(stored, connection, self),
            Ok(None) => Ok(None),
            Err(Unread::Damaged(problem)) => {
                self.note(span.id, problem, span.records);
                Ok(None)
            }
            Err(Unread::Failed(error)) => Err(error),
        }
    }

    fn note(&mut self, batch: i64, problem: String, records: u64) {
        let place = format!("{}, batch {batch}", self.place);
        self.damage.push(Finding { place, problem, records: Some(records) });
    }
}

/// A batch that is being read: what is held of it, and where it goes on.
struct Cursor {
    id: i64,
    stored: Stored,
    /// The frame to read next: its place in the order of reading.
    frame: usize,
    /// Records of that frame that were taken already.
    taken: usize,
    newest_first: bool,
    held: Held,
    key: Key,
}

/// Records that were unpacked and wait for their turn, in the order of reading.
#[derive(Default)]
struct Held {
    batch: Batch,
    /// The one whose turn it is.
    at: usize,
}

impl Cursor {
    /// Opens the batch at its first record that is wanted; `None` where there is none.
    fn open(
        stored: Stored,
        connection: &Connection,
        source: &mut Source,
    ) -> rusqlite::Result<Option<Self>> {
        let mut cursor = Self {
            id: stored.id(),
            stored,
            frame: 0,
            taken: 0,
            newest_first: source.window.newest_first,
            held: Held::default(),
            key: Key::LEAST,
        };
        Ok(cursor.settle(connection, source)?.then_some(cursor))
    }

    /// The record whose turn it is.
    fn current(&self) -> Option<&RawDocument> {
        self.held.batch.get(self.held.at)
    }

    /// Goes to the next record; `false` where there is none.
    fn advance(&mut self, connection: &Connection, source: &mut Source) -> rusqlite::Result<bool> {
        self.held.at += 1;
        self.settle(connection, source)
    }

    /// Makes sure that there is a current record, and knows its key.
    fn settle(&mut self, connection: &Connection, source: &mut Source) -> rusqlite::Result<bool> {
        loop {
            if let Some(record) = self.current() {
                self.key = Key::of(record);
                return Ok(true);
            }
            self.held.batch.clear();
            self.held.at = 0;
            let Some(frame) = self.next_frame() else { return Ok(false) };
            self.fill(&frame, connection, source)?;
        }
    }

    fn next_frame(&self) -> Option<Frame> {
        let frames = &self.stored.frames;
        let index =
            if self.newest_first { frames.len().checked_sub(self.frame + 1)? } else { self.frame };
        frames.get(index).cloned()
    }

    /// Holds what is wanted of the frame, as far as there is room; it may be nothing.
    fn fill(
        &mut self,
        frame: &Frame,
        connection: &Connection,
        source: &mut Source,
    ) -> rusqlite::Result<()> {
        let window = source.window;
        if !window.prune.overlaps(frame.first, frame.last) {
            self.leave_frame();
            return Ok(());
        }
        match self.stored.read(connection, frame, &mut source.unpacker) {
            Ok(raw) => {
                let mut records: Vec<&RawDocument> = documents(raw).collect();
                if window.newest_first {
                    records.reverse();
                }
                self.taken += window.hold(&records[self.taken..], frame, &mut self.held.batch);
                if self.taken >= records.len() {
                    self.leave_frame();
                }
            }
            Err(Unread::Damaged(problem)) => {
                source.note(self.id, problem, frame.records.saturating_sub(self.taken as u64));
                self.leave_frame();
            }
            Err(Unread::Failed(error)) => return Err(error),
        }
        Ok(())
    }

    fn leave_frame(&mut self) {
        self.frame += 1;
        self.taken = 0;
    }
}

impl Window {
    /// Copies records of a frame to `held` until there is no more room; says how many were dealt with.
    fn hold(&self, records: &[&RawDocument], frame: &Frame, held: &mut Batch) -> usize {
        let all_wanted = self.prune.keeps(frame.first) && self.prune.keeps(frame.last);
        for (index, record) in records.iter().enumerate() {
            let size = record.as_bytes().len();
            if !held.is_empty() && held.as_bytes().len() + size > self.buffer_bytes {
                return index;
            }
            if all_wanted || self.prune.keeps(event_time(record)) {
                held.push(record);
            }
        }
        records.len()
    }
}

impl Ord for Cursor {
    /// The largest is at the top of the heap: it is the one to read from.
    fn cmp(&self, other: &Self) -> Ordering {
        let order = match (self.current(), other.current()) {
            (Some(record), Some(others)) => compare((&self.key, record), (&other.key, others)),
            _ => self.key.cmp(&other.key),
        };
        if self.newest_first { order } else { order.reverse() }
    }
}

impl PartialOrd for Cursor {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Cursor {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Cursor {}
