use super::budget::Budget;
use super::last::LastOfKey;
use crate::convert::{id as number, length};
use crate::entropy::{SequenceReader, SequenceWriter, Sink};
use std::cmp::Reverse;

/// The most values that are remembered as coming after another.
pub(super) const MAX_SUCCESSORS: u8 = 8;
/// What came after another less often costs more to say than it saves.
const MIN_TIMES: usize = 3;

/// What comes after each value, and first of all; most often first.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Successors {
    /// All that come after anything, and where those of each value end; the last are what comes first.
    ids: Vec<u32>,
    ends: Vec<u32>,
}

impl Successors {
    /// Counted over groups, each a slice of ids below `distinct` and of their keys.
    pub(super) fn learn<'a>(
        groups: impl Iterator<Item = (&'a [u32], &'a [u32])>,
        distinct: u32,
        distinct_keys: u32,
    ) -> Self {
        let mut pairs: Vec<(u32, u32)> = Vec::new();
        for (ids, keys) in groups {
            let mut last = LastOfKey::new(distinct_keys);
            let previous = |(&id, &key)| (last.replace(key, id).unwrap_or(distinct), id);
            pairs.extend(ids.iter().zip(keys).map(previous));
        }
        pairs.sort_unstable();
        let mut found = Self::default();
        for after in pairs.chunk_by(|a, b| a.0 == b.0) {
            let previous = after.first().map_or(0, |pair| pair.0);
            found.ends.resize(previous as usize, number(found.ids.len()));
            found.push(after);
        }
        found.ends.resize(distinct as usize + 1, number(found.ids.len()));
        found
    }

    /// Adds what came after one value, of sorted pairs.
    fn push(&mut self, after: &[(u32, u32)]) {
        let mut times: Vec<(usize, u32)> = after
            .chunk_by(|a, b| a.1 == b.1)
            .filter(|same| same.len() >= MIN_TIMES)
            .filter_map(|same| Some((same.len(), same.first()?.1)))
            .collect();
        times.sort_unstable_by_key(|&(count, id)| (Reverse(count), id));
        times.truncate(usize::from(MAX_SUCCESSORS));
        self.ids.extend(times.into_iter().map(|(_, id)| id));
        self.ends.push(number(self.ids.len()));
    }

    /// What comes after a value, or first.
    pub(super) fn after(&self, previous: Option<u32>) -> &[u32] {
        let at = previous.map_or(self.ends.len().saturating_sub(1), |id| id as usize);
        let end = |at: usize| self.ends.get(at).map_or(0, |end| *end as usize);
        let start = at.checked_sub(1).map_or(0, end);
        self.ids.get(start..end(at)).unwrap_or_default()
    }

    /// How many numbers are kept of it.
    pub(super) fn cells(&self) -> usize {
        self.ids.len() + self.ends.len()
    }

    fn all(&self) -> impl Iterator<Item = &[u32]> {
        (0..number(self.ends.len())).map(|id| self.after(Some(id)))
    }

    pub(super) fn put(&self, sink: &mut impl Sink) {
        for after in self.all() {
            sink.number(0, length(after.len()));
            for &id in after {
                sink.number(1, u64::from(id));
            }
        }
    }

    pub(super) fn write(&self) -> Vec<u8> {
        let mut writer = SequenceWriter::default();
        self.put(&mut writer);
        writer.finish()
    }

    pub(super) fn read(bytes: &[u8], distinct: u32, budget: &mut Budget) -> Option<Self> {
        let mut reader = SequenceReader::new(bytes)?;
        let mut read = Self::default();
        budget.take(distinct as usize)?;
        for _ in 0..=distinct {
            let length = reader.number(0);
            if length > u64::from(MAX_SUCCESSORS) {
                return None;
            }
            for _ in 0..length {
                budget.take(1)?;
                let id = u32::try_from(reader.number(1)).ok().filter(|id| *id < distinct)?;
                read.ids.push(id);
            }
            read.ends.push(number(read.ids.len()));
        }
        reader.finish().then_some(read)
    }
}
