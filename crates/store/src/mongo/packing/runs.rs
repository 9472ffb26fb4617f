//! The records of many blocks in one order: a group of rows is unpacked when its first record may be the
//! next, and let go after its last.

use super::super::MongoStore;
use super::super::read::{Row, in_order};
use super::bytes::MongoBlock;
use super::root::{Root, Stored};
use super::stored::Opened;
use crate::order::{Key, compare};
use crate::{BlockId, Order, Prune, StoreError};
use std::cmp::Ordering;
use std::sync::Arc;
use woodpile_record::{Batch, RawDocument};

/// What is left of the blocks of a read.
#[derive(Debug)]
pub(super) struct Runs<'s> {
    store: &'s MongoStore,
    prune: Prune,
    order: Order,
    /// Everything before is given already.
    after: Option<Row>,
    collection: String,
    /// What was not unpacked yet; the next one last.
    pending: Vec<Pending<'s>>,
    active: Vec<Run>,
}

/// A block or a group of rows that was not unpacked yet.
#[derive(Debug)]
struct Pending<'s> {
    first: i64,
    last: i64,
    records: u64,
    block: BlockId,
    source: Source<'s>,
}

#[derive(Debug)]
enum Source<'s> {
    Block(Stored),
    Group(Arc<Opened<'s>>, usize),
}

/// An unpacked group; what is left of it, the next one last.
#[derive(Debug)]
struct Run {
    batch: Batch,
    left: Vec<(Key, usize)>,
}

/// What could not be read, and was passed over.
#[derive(Debug)]
pub(super) struct Trouble {
    pub(super) block: BlockId,
    pub(super) records: u64,
    pub(super) error: StoreError,
}

impl<'s> Runs<'s> {
    /// All blocks of a root, after a record that was given already.
    pub(super) fn new(
        store: &'s MongoStore,
        root: &Root,
        prune: Prune,
        order: Order,
        after: Option<Row>,
    ) -> Self {
        let collection = root.collection.clone();
        let (pending, active) = (Vec::new(), Vec::new());
        let mut runs = Self { store, prune, order, after, collection, pending, active };
        runs.wait(root.blocks.iter().map(|block| Pending {
            first: block.entry.first,
            last: block.entry.last,
            records: block.entry.records,
            block: block.entry.id,
            source: Source::Block(block.clone()),
        }));
        runs
    }

    /// The next record, without taking it.
    pub(super) fn peek(&mut self) -> Result<Option<(&Key, &RawDocument)>, Trouble> {
        loop {
            let next = self.next_run();
            let time = next.and_then(|run| self.active[run].head()).map(|(key, _)| key.time);
            match self.pending.last() {
                Some(pending) if time.is_none_or(|time| self.may_precede(pending, time)) => {
                    self.unpack()?;
                }
                _ => {
                    // The next record last, so that it can be taken without being looked for.
                    let Some(next) = next else { return Ok(None) };
                    let last = self.active.len() - 1;
                    self.active.swap(next, last);
                    return Ok(self.active.last().and_then(Run::head));
                }
            }
        }
    }

    /// Takes the record that was given by [`Self::peek`].
    pub(super) fn take(&mut self) {
        if let Some(run) = self.active.last_mut() {
            run.left.pop();
            if run.left.is_empty() {
                self.active.pop();
            }
        }
    }

    fn next_run(&self) -> Option<usize> {
        let heads = self.active.iter().map(Run::head).enumerate();
        let heads = heads.filter_map(|(run, head)| Some((run, head?)));
        heads.min_by(|(_, a), (_, b)| directed(self.order, compare(*a, *b))).map(|(run, _)| run)
    }

    fn may_precede(&self, pending: &Pending<'_>, time: i64) -> bool {
        match self.order {
            Order::OldestFirst => pending.first <= time,
            Order::NewestFirst => pending.last >= time,
        }
    }

    fn wait(&mut self, pending: impl IntoIterator<Item = Pending<'s>>) {
        let (prune, order) = (self.prune, self.order);
        let after = self.after.as_ref().map(|row| row.key.time);
        let is_wanted = |pending: &Pending<'_>| {
            let is_left = after.is_none_or(|time| match order {
                Order::OldestFirst => pending.last >= time,
                Order::NewestFirst => pending.first <= time,
            });
            is_left && prune.overlaps(pending.first, pending.last)
        };
        self.pending.extend(pending.into_iter().filter(is_wanted));
        match order {
            Order::OldestFirst => self.pending.sort_by_key(|pending| -i128::from(pending.first)),
            Order::NewestFirst => self.pending.sort_by_key(|pending| pending.last),
        }
    }

    /// Unpacks what is pending next; what is not damaged and yet cannot be read stays pending.
    fn unpack(&mut self) -> Result<(), Trouble> {
        let Some(pending) = self.pending.pop() else { return Ok(()) };
        let read = match &pending.source {
            Source::Block(block) => self.open(block.clone()),
            Source::Group(block, group) => block.unpack(*group).map(|batch| self.start(batch)),
        };
        read.map_err(|error| {
            let trouble = Trouble { block: pending.block, records: pending.records, error };
            if !matches!(trouble.error, StoreError::Damaged { .. }) {
                self.pending.push(pending);
            }
            trouble
        })
    }

    fn open(&mut self, block: Stored) -> Result<(), StoreError> {
        let id = block.entry.id;
        let bytes = MongoBlock::new(self.store, &self.collection, block);
        let opened = Arc::new(Opened::new(bytes)?);
        let groups: Vec<_> = opened.groups().collect();
        self.wait(groups.into_iter().enumerate().map(|(number, group)| Pending {
            first: group.first,
            last: group.last,
            records: group.records as u64,
            block: id,
            source: Source::Group(opened.clone(), number),
        }));
        Ok(())
    }

    fn start(&mut self, batch: Batch) {
        let keys = batch.iter().map(Key::of).enumerate().map(|(index, key)| (key, index));
        let mut left: Vec<_> = keys.filter(|(key, _)| self.prune.keeps(key.time)).collect();
        let place = |(key, index): &(Key, usize)| Some((*key, batch.get(*index)?));
        if let Some(after) = &self.after {
            let after = (&after.key, &*after.document);
            left.retain(|row| {
                place(row).is_some_and(|(key, document)| {
                    directed(self.order, compare((&key, document), after)).is_gt()
                })
            });
        }
        left.sort_by(|a, b| match (place(a), place(b)) {
            (Some(a), Some(b)) => directed(self.order, compare((&b.0, b.1), (&a.0, a.1))),
            _ => Ordering::Equal,
        });
        if !left.is_empty() {
            self.active.push(Run { batch, left });
        }
    }
}

impl Run {
    fn head(&self) -> Option<(&Key, &RawDocument)> {
        let (key, index) = self.left.last()?;
        Some((key, self.batch.get(*index)?))
    }
}

fn directed(order: Order, rising: Ordering) -> Ordering {
    match order {
        Order::OldestFirst => rising,
        Order::NewestFirst => rising.reverse(),
    }
}

/// Whether a hot record comes before a packed one; of two that are the same the packed one counts.
pub(super) fn precedes(order: Order, hot: &Row, packed: (&Key, &RawDocument)) -> bool {
    directed(order, compare((&hot.key, &hot.document), packed)).is_lt()
}

/// Whether a row comes after another one.
pub(super) fn is_after(order: Order, row: &Row, other: Option<&Row>) -> bool {
    other.is_none_or(|other| in_order(order, row, other).is_gt())
}
