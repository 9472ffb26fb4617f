use crate::convert::id as number;
use std::cmp::Reverse;

/// How the ids of a column are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// The most frequent first.
    Frequency,
    /// As they first occur.
    First,
}

/// A new numbering of ids: ids that do not occur are left out.
#[derive(Debug, Clone)]
pub(super) struct Renumbering {
    /// The old id of each new one.
    pub(super) old: Vec<u32>,
    new: Vec<u32>,
}

impl Renumbering {
    /// Of ids below `distinct`.
    pub(super) fn new(order: Order, ids: &[u32], distinct: u32) -> Self {
        let mut old = match order {
            Order::First => by_first(ids, distinct),
            Order::Frequency => by_frequency(ids, distinct),
        };
        old.shrink_to_fit();
        let mut new = vec![0; distinct as usize];
        for (at, &id) in old.iter().enumerate() {
            if let Some(slot) = new.get_mut(id as usize) {
                *slot = number(at);
            }
        }
        Self { old, new }
    }

    /// How many ids occur.
    pub(super) fn distinct(&self) -> u32 {
        number(self.old.len())
    }

    /// The new ids of old ones.
    pub(super) fn apply(&self, ids: &[u32]) -> Vec<u32> {
        ids.iter().map(|&id| self.new.get(id as usize).copied().unwrap_or(0)).collect()
    }

    /// What belongs to each new id, from what belongs to each old one.
    pub(super) fn pick(&self, of_old: &[u32]) -> Vec<u32> {
        self.old.iter().filter_map(|&old| of_old.get(old as usize).copied()).collect()
    }
}

fn by_first(ids: &[u32], distinct: u32) -> Vec<u32> {
    let mut seen = vec![false; distinct as usize];
    let mut old = Vec::new();
    for &id in ids {
        if let Some(seen) = seen.get_mut(id as usize).filter(|seen| !**seen) {
            *seen = true;
            old.push(id);
        }
    }
    old
}

fn by_frequency(ids: &[u32], distinct: u32) -> Vec<u32> {
    let mut counts = vec![0_u32; distinct as usize];
    for &id in ids {
        if let Some(count) = counts.get_mut(id as usize) {
            *count += 1;
        }
    }
    let count = |id: &u32| counts.get(*id as usize).copied().unwrap_or(0);
    let mut old: Vec<u32> = (0..distinct).filter(|id| count(id) > 0).collect();
    old.sort_by_key(|id| Reverse(count(id)));
    old
}
