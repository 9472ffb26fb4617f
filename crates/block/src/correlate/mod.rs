//! What one column says about another.
//!
//! Columns of few distinct values are written as numbers of these values. Those that go together (a path and
//! its status, a logger and its file) become one *unit*: their distinct combinations are written once, and a
//! row names its combination. A unit is then written in one of four modes, whichever is the shortest:
//!
//! - [`alone`]: by how frequent each value is;
//! - [`recent`]: by how long ago the value was last there, as visitors come back;
//! - [`repeats`]: the value that the same key had last, as a process keeps its name;
//! - [`follows`]: what mostly comes after the value that the same key had last, as a visitor goes from page to page.
//!
//! A chunk of one group of rows decodes alone, given the chunk of its key.

mod alone;
mod cluster;
mod follows;
mod plan;
mod recent;
mod repeats;
mod tuples;

pub(crate) use plan::{Correlated, Correlation, encode};

/// A column as numbers of its distinct values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IdColumn {
    /// For each row its value's number, below `distinct`.
    pub(crate) ids: Vec<u32>,
    /// How many distinct values there are.
    pub(crate) distinct: u32,
}

/// How often each id occurs.
fn frequencies(ids: &[u32], distinct: u32) -> Vec<u32> {
    let mut counts = vec![0; distinct as usize];
    for &id in ids {
        if let Some(count) = counts.get_mut(id as usize) {
            *count += 1;
        }
    }
    counts
}

/// A new numbering: the old id of each new one, and the new of each old.
#[derive(Debug, Clone)]
struct Renumbering {
    old: Vec<u32>,
    new: Vec<u32>,
}

impl Renumbering {
    fn of(old: Vec<u32>, distinct: u32) -> Self {
        let mut new = vec![0; distinct as usize];
        for (number, &id) in old.iter().enumerate() {
            if let Some(slot) = new.get_mut(id as usize) {
                *slot = number as u32;
            }
        }
        Self { old, new }
    }

    /// The most frequent first.
    fn by_frequency(ids: &[u32], distinct: u32) -> Self {
        let counts = frequencies(ids, distinct);
        let mut old: Vec<u32> = (0..distinct).collect();
        old.sort_by_key(|&id| std::cmp::Reverse(counts.get(id as usize).copied()));
        Self::of(old, distinct)
    }

    /// As they first occur; those that do not are left out.
    fn by_first(ids: &[u32], distinct: u32) -> Self {
        let mut seen = vec![false; distinct as usize];
        let mut old = Vec::with_capacity(distinct as usize);
        for &id in ids {
            if let Some(seen) = seen.get_mut(id as usize).filter(|seen| !**seen) {
                *seen = true;
                old.push(id);
            }
        }
        Self::of(old, distinct)
    }

    fn apply(&self, ids: &[u32]) -> Vec<u32> {
        ids.iter().map(|&id| self.new.get(id as usize).copied().unwrap_or(0)).collect()
    }
}
