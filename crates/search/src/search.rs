use crate::error::SearchError;
use crate::limits::CACHE_BYTES;
use crate::question::Question;
use crate::records::Records;
use crate::stored::StoredBlocks;
use crate::tally::Tally;
use std::cmp::Ordering;
use std::sync::Arc;
use woodpile_record::RawDocument;
use woodpile_store::{Finding, Order, Store, compare};

/// Searches a store, and keeps what it read of blocks for the next time.
#[derive(Debug)]
pub struct Search {
    stored: StoredBlocks,
}

impl Search {
    /// Of a store.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { stored: StoredBlocks::new(store, CACHE_BYTES) }
    }

    pub(crate) fn stored(&self) -> &StoredBlocks {
        &self.stored
    }

    /// The store that is searched.
    pub fn store(&self) -> &dyn Store {
        self.stored.store()
    }

    /// What matches in these collections, as one sequence.
    pub fn find<'s>(&'s self, question: &'s Question, collections: &'s [String]) -> Found<'s> {
        let records =
            collections.iter().enumerate().filter(|(_, name)| question.matcher.may_match_in(name));
        let open = records.map(|(number, name)| Source {
            number,
            records: Records::new(&self.stored, question, name),
            is_open: true,
        });
        Found {
            search: self,
            order: question.order,
            sources: open.collect(),
            given: None,
            begun: false,
            read_before: self.stored.read_bytes(),
        }
    }
}

/// Records that match, one after another.
pub struct Found<'s> {
    search: &'s Search,
    order: Order,
    sources: Vec<Source<'s>>,
    given: Option<usize>,
    begun: bool,
    read_before: u64,
}

struct Source<'s> {
    number: usize,
    records: Records<'s>,
    is_open: bool,
}

/// A record that matches.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// The collection's place among those that were given.
    pub collection: usize,
    /// The record.
    pub document: &'a RawDocument,
}

impl Found<'_> {
    /// The next record, from whichever collection has it.
    pub fn advance(&mut self) -> Result<Option<Row<'_>>, SearchError> {
        if !self.begun {
            self.begun = true;
            for source in &mut self.sources {
                source.is_open = source.records.advance()?;
            }
        } else if let Some(source) = self.given.take().and_then(|given| self.sources.get_mut(given))
        {
            source.is_open = source.records.advance()?;
        }
        self.given = self.first();
        let source = self.given.and_then(|given| self.sources.get(given));
        let row = source.and_then(|source| {
            Some(Row { collection: source.number, document: source.records.current()?.1 })
        });
        Ok(row)
    }

    /// What could not be read so far, and was passed over.
    pub fn damage(&self) -> impl Iterator<Item = &Finding> {
        self.sources.iter().flat_map(|source| &source.records.notes.damage)
    }

    /// What was looked at so far.
    pub fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        self.sources.iter().for_each(|source| tally += source.records.notes.tally);
        tally.read_bytes = self.search.stored.read_bytes() - self.read_before;
        tally
    }

    fn first(&self) -> Option<usize> {
        let open = (0..self.sources.len()).filter(|at| self.sources[*at].is_open);
        open.min_by(|a, b| {
            let current = |at: &usize| self.sources.get(*at)?.records.current();
            match (current(a), current(b), self.order) {
                (Some(a), Some(b), Order::OldestFirst) => compare(a, b),
                (Some(a), Some(b), Order::NewestFirst) => compare(b, a),
                _ => Ordering::Equal,
            }
        })
    }
}

impl Drop for Found<'_> {
    fn drop(&mut self) {
        self.search.stored.trim();
    }
}

impl std::fmt::Debug for Found<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Found").field("order", &self.order).finish_non_exhaustive()
    }
}
