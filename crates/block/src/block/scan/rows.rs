use super::plain::Plain;
use super::{Keep, Names, Selection};
use crate::BlockError;
use crate::block::bytes::Bytes;
use crate::block::read::Block;
use crate::template::Streams;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Where more than one row in so many is selected, all are asked, as that is quicker for each.
const DENSE: usize = 16;

/// A group of rows, of which only what is asked for is read and decoded; what was decoded is kept as long as this is,
/// and [`Rows::bytes`] tells how much that is. Whoever keeps several drops those that were not asked for long.
#[derive(Debug)]
pub struct Rows<B> {
    block: Arc<Block<B>>,
    group: usize,
    len: usize,
    names: Memo<usize, Names>,
    /// Whether the values of all shapes fit.
    pub(super) checked: OnceLock<()>,
    pub(super) plain: Memo<usize, Plain>,
    pub(super) streams: Memo<usize, Streams>,
    times: Memo<(), Vec<i64>>,
}

impl<B: Bytes> Rows<B> {
    /// A group of a block. Reads nothing.
    ///
    /// # Errors
    /// Where the block has no such group.
    pub fn new(block: Arc<Block<B>>, group: usize) -> Result<Self, BlockError> {
        let len = block.group(group)?.rows;
        Ok(Self {
            block,
            group,
            len,
            names: Memo::default(),
            checked: OnceLock::new(),
            plain: Memo::default(),
            streams: Memo::default(),
            times: Memo::default(),
        })
    }

    /// The block that it is a group of.
    pub fn block(&self) -> &Arc<Block<B>> {
        &self.block
    }

    /// Which group it is.
    pub fn group(&self) -> usize {
        self.group
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The combination of a unit that each row names.
    ///
    /// # Errors
    /// Names the part that is damaged.
    pub fn names(&self, unit: usize) -> Result<Arc<Names>, BlockError> {
        self.names.get_or(unit, || self.read_names(unit))
    }

    fn read_names(&self, unit: usize) -> Result<Names, BlockError> {
        let correlation = &self.block.units()?.correlation;
        // A key has no key of its own: this ends.
        let keys = match correlation.key_of(unit) {
            Some(key) => self.names(key)?.wide(),
            None => Vec::new(),
        };
        let chunk = self.block.chunk(self.group, unit)?;
        let names = correlation.rows(unit, &chunk, self.len, &keys);
        let damaged = || BlockError::damaged(format!("unit {unit} of group {}", self.group));
        Ok(Names::new(names.ok_or_else(damaged)?, correlation.distinct(unit)))
    }

    /// Leaves of the selected rows those whose combination is wanted; reads nothing where all or none are.
    ///
    /// # Errors
    /// Names the part that is damaged.
    pub fn narrow(&self, keep: &Keep, selected: &mut Selection) -> Result<(), BlockError> {
        if keep.is_none() {
            *selected = Selection::none(self.len);
        } else if !keep.is_all() && !selected.is_none() {
            let names = self.names(keep.unit)?;
            if selected.count() > self.len / DENSE {
                selected.and(&names.kept(keep));
            } else {
                selected.retain(|row| names.get(row).is_some_and(|name| keep.has(name)));
            }
        }
        Ok(())
    }

    /// Counts the selected rows by their combinations of a unit, onto what `counts` has; it grows as needed.
    ///
    /// # Errors
    /// Names the part that is damaged.
    pub fn tally(
        &self,
        unit: usize,
        selected: &Selection,
        counts: &mut Vec<u64>,
    ) -> Result<(), BlockError> {
        let distinct = self.block.units()?.correlation.distinct(unit) as usize;
        counts.resize(counts.len().max(distinct), 0);
        let names = self.names(unit)?;
        let mut count = |name: u32| {
            if let Some(count) = counts.get_mut(name as usize) {
                *count += 1;
            }
        };
        if selected.is_all() {
            names.each(|_, name| count(name));
        } else {
            selected.iter().filter_map(|row| names.get(row)).for_each(count);
        }
        Ok(())
    }

    /// When each row happened, in milliseconds since 1970: see [`event_time`](woodpile_record::event_time()).
    ///
    /// # Errors
    /// Names the part that is damaged.
    pub fn times(&self) -> Result<Arc<Vec<i64>>, BlockError> {
        self.times.get_or((), || {
            if let Some(times) = self.dates()?.filter(|times| times.len() == self.len) {
                return Ok(times);
            }
            let records = self.block.unpack_fields(self.group, &["timestamp", "_id"])?;
            Ok(records.iter().map(woodpile_record::event_time).collect())
        })
    }

    /// The bytes of memory that what was decoded so far takes.
    pub fn bytes(&self) -> usize {
        self.names.sum(Names::bytes)
            + self.plain.sum(Plain::bytes)
            + self.streams.sum(Streams::bytes)
            + self.times.sum(|times| size_of_val(times.as_slice()))
    }

    pub(super) fn damaged_column(&self, column: usize) -> BlockError {
        let name = self.block.column_name(column);
        BlockError::damaged(format!("column {name} of group {}", self.group))
    }
}

/// What was made, by what it was made of. Two threads may make the same at once: the first one counts.
#[derive(Debug)]
pub(in crate::block) struct Memo<K, V>(Mutex<HashMap<K, Arc<V>>>);

impl<K: Hash + Eq, V> Memo<K, V> {
    pub(super) fn get_or(
        &self,
        key: K,
        make: impl FnOnce() -> Result<V, BlockError>,
    ) -> Result<Arc<V>, BlockError> {
        if let Some(known) = self.known().get(&key) {
            return Ok(Arc::clone(known));
        }
        let new = Arc::new(make()?);
        Ok(Arc::clone(self.known().entry(key).or_insert(new)))
    }

    pub(super) fn sum(&self, bytes: impl Fn(&V) -> usize) -> usize {
        self.known().values().map(|value| bytes(value)).sum()
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashMap<K, Arc<V>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K, V> Default for Memo<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}
