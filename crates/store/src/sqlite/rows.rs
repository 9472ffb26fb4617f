//! Reading in order: a merge of all batches and blocks that overlap in time, in bounded memory however many they
//! are, and whatever moves between hot and packed meanwhile.

use super::cursor::{Cursor, Source, Stop, Window};
use super::file::Readers;
use super::mark::Mark;
use super::span::{self, Rest, Span, Wanted};
use crate::{Finding, Order, Prune, Rows, StoreError};
use rusqlite::Connection;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::iter::Peekable;
use std::vec::IntoIter;
use woodpile_record::Batch;

/// BSON of a portion, at least, unless it is the last.
const PORTION_BYTES: usize = 256 * 1024;

/// BSON that all open batches of a reader hold together, and as much that all open blocks hold.
const MERGE_BYTES: usize = 32 * 1024 * 1024;

/// BSON that an open batch holds at least, however many are open.
const MIN_HOT_BYTES: usize = 4 * 1024;

/// BSON that an open block holds at least: its groups are unpacked again for each time it is filled.
const MIN_PACKED_BYTES: usize = 256 * 1024;

/// The records of a collection, in order.
pub(super) struct SqliteRows<'s> {
    readers: &'s Readers,
    wanted: Wanted,
    /// In the order in which they have to be opened.
    waiting: Peekable<IntoIter<Span>>,
    open: BinaryHeap<Cursor<'s>>,
    source: Source<'s>,
    /// The last record that was given.
    mark: Option<Mark>,
    /// After a new list: what was given already, and comes again.
    passing: Option<Mark>,
}

impl<'s> SqliteRows<'s> {
    pub(super) fn new(readers: &'s Readers, wanted: Wanted) -> Result<Self, StoreError> {
        let place = format!("{}, {}", readers.file.path().display(), wanted.collection);
        let window = window(&wanted.prune, wanted.order, &[]);
        let mut rows = Self {
            readers,
            wanted,
            waiting: Vec::new().into_iter().peekable(),
            open: BinaryHeap::new(),
            source: Source::new(readers, place, window)?,
            mark: None,
            passing: None,
        };
        readers.with(|connection| rows.list(connection, None).map_err(readers.file.error()))?;
        Ok(rows)
    }

    /// Lists what is to be read from here on; `gone` is what was listed before and was not there.
    fn list(&mut self, connection: &Connection, gone: Option<Rest>) -> rusqlite::Result<()> {
        self.open.clear();
        self.source.told = self.source.damage.len();
        let Wanted { prune, order, .. } = self.wanted;
        let prune = self.mark.as_ref().map_or(prune, |mark| mark.left(&prune, order));
        let left = Wanted { prune, ..self.wanted.clone() };
        let (mut spans, damage) = span::list(connection, &left)?;
        for finding in damage {
            self.source.note(finding);
        }
        // No id is used twice: what is listed again, and yet was not there, never will be.
        if let Some(lost) = spans.extract_if(.., |span| Some(span.rest) == gone).next() {
            self.source.note(Finding {
                place: format!("{}, {}", self.source.place, lost.rest),
                problem: "it is listed, but it is not there".to_owned(),
                records: Some(lost.records),
            });
        }
        self.source.window = window(&prune, order, &spans);
        self.waiting = spans.into_iter().peekable();
        self.passing.clone_from(&self.mark);
        Ok(())
    }

    fn portion(&mut self, connection: &Connection) -> rusqlite::Result<Batch> {
        let mut batch = Batch::new();
        loop {
            let start = batch.len();
            let filled = self.fill(connection, &mut batch);
            self.mark = Mark::after(self.mark.take(), &batch, start);
            match filled {
                Ok(()) => return Ok(batch),
                Err(Stop::Gone(rest)) => self.list(connection, Some(rest))?,
                Err(Stop::Failed(error)) => return Err(error),
            }
        }
    }

    fn fill(&mut self, connection: &Connection, batch: &mut Batch) -> Result<(), Stop> {
        while batch.as_bytes().len() < PORTION_BYTES {
            self.open_due(connection)?;
            let Some(mut top) = self.open.peek_mut() else { break };
            if let Some(record) = top.current() {
                let passing = self.passing.as_mut();
                if !passing.is_some_and(|mark| mark.has_passed(&top.key, record, self.wanted.order))
                {
                    batch.push(record);
                }
            }
            if !top.advance(connection, &mut self.source)? {
                PeekMut::pop(top);
            }
        }
        Ok(())
    }

    /// Opens each batch or block that may hold a record that comes before all that are open.
    fn open_due(&mut self, connection: &Connection) -> Result<(), Stop> {
        loop {
            let next = self.open.peek().map(|cursor| cursor.key.time);
            let due = |span: &Span| match (next, self.wanted.order) {
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

/// What may be held of each while so many are open at once.
fn window(prune: &Prune, order: Order, spans: &[Span]) -> Window {
    let share = |packed: bool| {
        let open = span::most_open(spans.iter().filter(move |span| span.is_packed() == packed));
        MERGE_BYTES / open.max(1)
    };
    Window {
        prune: *prune,
        newest_first: order == Order::NewestFirst,
        hot_bytes: share(false).max(MIN_HOT_BYTES),
        packed_bytes: share(true).max(MIN_PACKED_BYTES),
    }
}
