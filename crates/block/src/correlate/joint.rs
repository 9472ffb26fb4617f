//! Two columns of ids at once, without hashing: the rows of each id of the first, one id after another.

use super::IdColumn;
use crate::convert::{float, id as number};

/// The rows of a column by their ids.
#[derive(Debug)]
pub(super) struct Partition {
    rows: Vec<u32>,
    /// Where the rows of each id end.
    ends: Vec<usize>,
}

impl Partition {
    pub(super) fn of(column: &IdColumn) -> Self {
        let mut starts = vec![0_usize; column.distinct as usize + 1];
        for &id in &column.ids {
            if let Some(count) = starts.get_mut(id as usize + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut rows = vec![0; column.ids.len()];
        for (row, &id) in column.ids.iter().enumerate() {
            if let Some(next) = starts.get_mut(id as usize) {
                if let Some(slot) = rows.get_mut(*next) {
                    *slot = number(row);
                }
                *next += 1;
            }
        }
        starts.pop();
        Self { rows, ends: starts }
    }

    /// The rows of each id, in order.
    pub(super) fn parts(&self) -> impl Iterator<Item = &[u32]> {
        let mut start = 0;
        self.ends.iter().map(move |&end| {
            let part = self.rows.get(start..end).unwrap_or_default();
            start = end;
            part
        })
    }
}

/// The combinations of two columns as one column.
pub(super) fn join(first: &IdColumn, second: &IdColumn) -> IdColumn {
    let partition = Partition::of(first);
    let mut ids = vec![0; first.ids.len()];
    // For each id of the second column, the combination it was last part of, and with which of the first.
    let mut joined = vec![(u32::MAX, 0_u32); second.distinct as usize];
    let mut distinct = 0;
    for (part, rows) in (0_u32..).zip(partition.parts()) {
        for &row in rows {
            let other = second.ids.get(row as usize).and_then(|id| joined.get_mut(*id as usize));
            let (Some(other), Some(id)) = (other, ids.get_mut(row as usize)) else { continue };
            if other.0 != part {
                *other = (part, distinct);
                distinct += 1;
            }
            *id = other.1;
        }
    }
    IdColumn { ids, distinct }
}

/// For each id of the first column the id of the second that it always goes with; `None` where there is none.
pub(super) fn decides(first: &IdColumn, second: &IdColumn) -> Option<Vec<u32>> {
    const UNSEEN: u32 = u32::MAX;
    let mut with = vec![UNSEEN; first.distinct as usize];
    for (&id, &other) in first.ids.iter().zip(&second.ids) {
        let slot = with.get_mut(id as usize)?;
        if *slot == UNSEEN {
            *slot = other;
        } else if *slot != other {
            return None;
        }
    }
    Some(with)
}

/// Tells what combinations cost, from a sample of the rows.
pub(super) struct Entropy {
    /// `n * log2(n)` of each count.
    weights: Vec<f64>,
    counts: Vec<u32>,
    touched: Vec<u32>,
    /// For each row of the sample so many rows.
    scale: f64,
}

impl Entropy {
    /// Of so many rows, sampled of which are looked at.
    pub(super) fn new(rows: usize, sampled: usize) -> Self {
        let weight = |count: usize| float(count) * float(count.max(1)).log2();
        let weights = (0..=sampled).map(weight).collect();
        let scale = float(rows) / float(sampled.max(1));
        Self { weights, counts: Vec::new(), touched: Vec::new(), scale }
    }

    fn weight(&self, count: u32) -> f64 {
        self.weights.get(count as usize).copied().unwrap_or(0.0)
    }

    /// How many combinations there are, and the bits that name the one of each row.
    pub(super) fn joint(&mut self, first: &Partition, second: &IdColumn) -> (usize, f64) {
        let mut bits = self.weight(number(second.ids.len()));
        let mut combinations = 0;
        let needed = second.distinct as usize;
        if self.counts.len() < needed {
            self.counts.resize(needed, 0);
        }
        for rows in first.parts() {
            for &row in rows {
                let Some(&id) = second.ids.get(row as usize) else { continue };
                let Some(count) = self.counts.get_mut(id as usize) else { continue };
                if *count == 0 {
                    self.touched.push(id);
                }
                *count += 1;
            }
            combinations += self.touched.len();
            for id in self.touched.drain(..) {
                if let Some(count) = self.counts.get_mut(id as usize) {
                    let seen = std::mem::take(count) as usize;
                    bits -= self.weights.get(seen).copied().unwrap_or(0.0);
                }
            }
        }
        (combinations, bits * self.scale)
    }

    /// The bits that name the id of each row.
    pub(super) fn rows(&self, column: &IdColumn) -> f64 {
        self.single(column) * self.scale
    }

    /// The bits that name each of these ids.
    pub(super) fn single(&self, column: &IdColumn) -> f64 {
        let mut counts = vec![0_u32; column.distinct as usize];
        for &id in &column.ids {
            if let Some(count) = counts.get_mut(id as usize) {
                *count += 1;
            }
        }
        let weights: f64 = counts.into_iter().map(|count| self.weight(count)).sum();
        self.weight(number(column.ids.len())) - weights
    }
}
