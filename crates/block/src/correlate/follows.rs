//! What mostly comes after the value that the same key had last. The block says once, for each value, what
//! came after it more than a few times; a row then says which of these it is.

use crate::entropy::{SequenceReader, SequenceWriter};
use std::collections::HashMap;

/// The most values that are remembered as coming after another.
const MAX_SUCCESSORS: usize = 8;
/// What came after another less often costs more to say than it saves.
const MIN_TIMES: u32 = 3;
/// The contexts of which successor it is: how the last two went, and whether the key is new to the group.
const FIRST_OF_KEY: u8 = 4;
/// The contexts of values that are none of the successors.
const VALUES: u8 = 8;
const FIRST_VALUES: u8 = 9;

/// The value that each key had last, in one group of rows.
pub(super) struct LastOfKey(Vec<u32>);

impl LastOfKey {
    const NONE: u32 = u32::MAX;

    pub(super) fn new(distinct_keys: u32) -> Self {
        Self(vec![Self::NONE; distinct_keys as usize])
    }

    pub(super) fn get(&self, key: u32) -> Option<u32> {
        self.0.get(key as usize).copied().filter(|id| *id != Self::NONE)
    }

    /// Remembers the value and tells the one before.
    pub(super) fn replace(&mut self, key: u32, id: u32) -> Option<u32> {
        let slot = self.0.get_mut(key as usize)?;
        Some(std::mem::replace(slot, id)).filter(|id| *id != Self::NONE)
    }
}

/// What comes after each value, and first of all; most often first.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Successors {
    /// `of[id]` is what comes after `id`; the last is what comes first.
    of: Vec<Vec<u32>>,
}

impl Successors {
    /// Counted over all groups, each a slice of ids and of their keys.
    pub(super) fn learn<'a>(
        groups: impl Iterator<Item = (&'a [u32], &'a [u32])>,
        distinct: u32,
        distinct_keys: u32,
    ) -> Self {
        let mut counts: HashMap<(u32, u32), u32> = HashMap::new();
        for (ids, keys) in groups {
            let mut last = LastOfKey::new(distinct_keys);
            for (&id, &key) in ids.iter().zip(keys) {
                let previous = last.replace(key, id).unwrap_or(distinct);
                *counts.entry((previous, id)).or_default() += 1;
            }
        }
        let mut of = vec![Vec::new(); distinct as usize + 1];
        for ((previous, id), count) in counts {
            if let Some(after) = of.get_mut(previous as usize).filter(|_| count >= MIN_TIMES) {
                after.push((count, id));
            }
        }
        let most_often = |mut after: Vec<(u32, u32)>| {
            after.sort_unstable_by_key(|&(count, id)| (std::cmp::Reverse(count), id));
            after.truncate(MAX_SUCCESSORS);
            after.into_iter().map(|(_, id)| id).collect()
        };
        Self { of: of.into_iter().map(most_often).collect() }
    }

    fn after(&self, previous: Option<u32>) -> &[u32] {
        let at = previous.map_or(self.of.len().saturating_sub(1), |id| id as usize);
        self.of.get(at).map_or(&[], Vec::as_slice)
    }

    pub(super) fn write(&self) -> Vec<u8> {
        let mut writer = SequenceWriter::default();
        for after in &self.of {
            writer.push(0, after.len() as u64);
            for &id in after {
                writer.push(1, u64::from(id));
            }
        }
        writer.finish()
    }

    pub(super) fn read(bytes: &[u8], distinct: u32) -> Option<Self> {
        let mut reader = SequenceReader::new(bytes)?;
        let mut of = Vec::new();
        for _ in 0..=distinct {
            let length = usize::try_from(reader.number(0)).ok().filter(|n| *n <= MAX_SUCCESSORS)?;
            let after: Option<Vec<u32>> = (0..length)
                .map(|_| u32::try_from(reader.number(1)).ok().filter(|id| *id < distinct))
                .collect();
            of.push(after?);
        }
        reader.finish().then_some(Self { of })
    }
}

/// How the last two went.
#[derive(Default)]
struct History(u8);

impl History {
    fn context(&self, previous: Option<u32>) -> u8 {
        if previous.is_none() { FIRST_OF_KEY } else { self.0 }
    }

    fn add(&mut self, hit: bool) {
        self.0 = (self.0 << 1 | u8::from(!hit)) & 3;
    }
}

pub(super) fn encode(
    ids: &[u32],
    keys: &[u32],
    distinct_keys: u32,
    successors: &Successors,
) -> Vec<u8> {
    let mut writer = SequenceWriter::default();
    let mut last = LastOfKey::new(distinct_keys);
    let mut history = History::default();
    for (&id, &key) in ids.iter().zip(keys) {
        let previous = last.replace(key, id);
        let after = successors.after(previous);
        let place = after.iter().position(|&successor| successor == id);
        if !after.is_empty() {
            writer.symbol(history.context(previous), place.unwrap_or(MAX_SUCCESSORS) as u8);
            history.add(place.is_some());
        }
        if place.is_none() {
            writer.push(if previous.is_none() { FIRST_VALUES } else { VALUES }, u64::from(id));
        }
    }
    writer.finish()
}

pub(super) fn decode(
    bytes: &[u8],
    keys: &[u32],
    distinct_keys: u32,
    successors: &Successors,
) -> Option<Vec<u32>> {
    let mut reader = SequenceReader::new(bytes)?;
    let mut last = LastOfKey::new(distinct_keys);
    let mut history = History::default();
    let mut ids = Vec::with_capacity(keys.len());
    for &key in keys {
        let previous = last.get(key);
        let after = successors.after(previous);
        let mut hit = None;
        if !after.is_empty() {
            let place = usize::from(reader.symbol(history.context(previous)));
            hit = after.get(place).copied();
            history.add(hit.is_some());
        }
        let id = match hit {
            Some(id) => id,
            None => {
                let context = if previous.is_none() { FIRST_VALUES } else { VALUES };
                u32::try_from(reader.number(context)).ok()?
            }
        };
        last.replace(key, id);
        ids.push(id);
    }
    reader.finish().then_some(ids)
}
