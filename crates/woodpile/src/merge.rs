//! The records of several collections as one sequence.

use crate::filter::Filter;
use std::cmp::Ordering;
use woodpile_record::{Batch, RawDocument};
use woodpile_store::{CollectionStats, Order, OrderKey, Prune, Rows, Store, StoreError, compare};

/// Reads collections side by side and gives their records in one order, holding one portion of each.
pub(crate) struct Merged<'s> {
    order: Order,
    cursors: Vec<Cursor<'s>>,
    /// The cursor whose record was given last: it moves on before the next is chosen.
    given: Option<usize>,
}

/// A record, and the collection it is in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row<'a> {
    /// The collection's place among those that [`Merged::open`] was given.
    pub(crate) collection: usize,
    pub(crate) document: &'a RawDocument,
}

struct Cursor<'s> {
    rows: Box<dyn Rows + 's>,
    batch: Batch,
    index: usize,
    key: Option<OrderKey>,
}

impl<'s> Merged<'s> {
    /// Starts to read these collections.
    pub(crate) fn open(
        store: &'s dyn Store,
        collections: &[String],
        prune: &Prune,
        order: Order,
    ) -> Result<Self, StoreError> {
        let mut cursors = Vec::with_capacity(collections.len());
        for name in collections {
            let mut cursor = Cursor {
                rows: store.read(name, prune, order)?,
                batch: Batch::new(),
                index: 0,
                key: None,
            };
            cursor.settle()?;
            cursors.push(cursor);
        }
        Ok(Self { order, cursors, given: None })
    }

    /// The next record in the order, from whichever collection has it.
    pub(crate) fn next(&mut self) -> Result<Option<Row<'_>>, StoreError> {
        if let Some(cursor) = self.given.take().and_then(|given| self.cursors.get_mut(given)) {
            cursor.index += 1;
            cursor.settle()?;
        }
        let Some(first) = self.first() else { return Ok(None) };
        self.given = Some(first);
        let document = self.cursors.get(first).and_then(Cursor::document);
        Ok(document.map(|document| Row { collection: first, document }))
    }

    /// Reads no further in one collection.
    pub(crate) fn close(&mut self, collection: usize) {
        if let Some(cursor) = self.cursors.get_mut(collection) {
            cursor.key = None;
        }
        self.given = self.given.filter(|given| *given != collection);
    }

    fn first(&self) -> Option<usize> {
        let open = (0..self.cursors.len()).filter(|index| self.cursors[*index].key.is_some());
        open.min_by(|a, b| {
            let rising = self.cursors[*a].cmp(&self.cursors[*b]);
            match self.order {
                Order::OldestFirst => rising,
                Order::NewestFirst => rising.reverse(),
            }
        })
    }
}

impl Cursor<'_> {
    /// Finds the record at `index`, in the next portion if this one has ended.
    fn settle(&mut self) -> Result<(), StoreError> {
        while self.index >= self.batch.len() {
            let Some(batch) = self.rows.next()? else {
                self.key = None;
                return Ok(());
            };
            self.batch = batch;
            self.index = 0;
        }
        self.key = self.document().map(OrderKey::of);
        Ok(())
    }

    fn document(&self) -> Option<&RawDocument> {
        self.batch.get(self.index)
    }

    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.key, self.document(), &other.key, other.document()) {
            (Some(a), Some(left), Some(b), Some(right)) => compare((a, left), (b, right)),
            _ => Ordering::Equal,
        }
    }
}

/// The collections that the filter takes and that may hold something within the times, by name.
pub(crate) fn collections(
    store: &dyn Store,
    filter: &Filter,
    prune: &Prune,
) -> Result<Vec<String>, StoreError> {
    let overlaps = |stats: &CollectionStats| match (stats.first, stats.last) {
        (Some(first), Some(last)) => prune.overlaps(first, last),
        _ => true,
    };
    let all = store.collections()?.into_iter();
    Ok(all
        .filter(|stats| filter.takes_collection(&stats.name) && overlaps(stats))
        .map(|stats| stats.name)
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use woodpile_record::{Entry, EventTime, IdSource};
    use woodpile_store::{Identity, MemoryStore};

    fn store() -> MemoryStore {
        let store = MemoryStore::default();
        let ids = IdSource::new([7; 5]);
        for (collection, times) in [("a", [1, 4, 4]), ("b", [2, 4, 9])] {
            let mut batch = Batch::new();
            for time in times {
                let message = format!("{collection}{time}").into();
                let entry = Entry { message, ..Entry::default() };
                entry.encode_into(ids.next(1), EventTime::from_millis(time), &mut batch);
            }
            store.append(&[(collection, &batch)], Identity::Fresh).unwrap();
        }
        store
    }

    fn read(order: Order, close_a_after: usize) -> Vec<String> {
        let store = store();
        let names = collections(&store, &Filter::default(), &Prune::NONE).unwrap();
        let mut merged = Merged::open(&store, &names, &Prune::NONE, order).unwrap();
        let mut messages = Vec::new();
        while let Some(row) = merged.next().unwrap() {
            messages.push(woodpile_record::View::of(row.document).message().unwrap().to_owned());
            if messages.len() == close_a_after {
                merged.close(0);
            }
        }
        messages
    }

    #[test]
    fn collections_are_merged_by_time_and_then_id() {
        let rising = ["a1", "b2", "a4", "a4", "b4", "b9"];
        assert_eq!(read(Order::OldestFirst, 99), rising);
        let mut falling = rising;
        falling.reverse();
        assert_eq!(read(Order::NewestFirst, 99), falling);
    }

    #[test]
    fn a_closed_collection_gives_no_more() {
        assert_eq!(read(Order::OldestFirst, 1), ["a1", "b2", "b4", "b9"]);
        assert_eq!(read(Order::OldestFirst, 2), ["a1", "b2", "b4", "b9"]);
    }
}
