//! Counts rows by the combinations that they name of one or several units.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;
use woodpile_block::Names;

/// So many counts are kept side by side; where more are possible, only those that occur are kept.
const MOST_DENSE: u64 = 1 << 20;

/// How often each combination of combinations occurred.
pub(crate) struct Counter {
    /// How many combinations each unit has.
    sizes: Vec<u64>,
    dense: Vec<u32>,
    sparse: HashMap<u64, u32>,
    /// In the order of their first occurrence.
    seen: Vec<u64>,
}

impl Counter {
    /// `None` where the combinations of all units together cannot be numbered.
    pub(crate) fn new(sizes: &[usize]) -> Option<Self> {
        let sizes: Vec<u64> = sizes.iter().map(|size| (*size as u64).max(1)).collect();
        let all = sizes.iter().try_fold(1_u64, |all, size| all.checked_mul(*size))?;
        let dense = if all <= MOST_DENSE { usize::try_from(all).ok()? } else { 0 };
        Some(Self { sizes, dense: vec![0; dense], sparse: HashMap::new(), seen: Vec::new() })
    }

    /// Counts a row by what it names of each unit.
    pub(crate) fn count(&mut self, names: &[Arc<Names>], row: usize) {
        let mut number = 0;
        for (names, size) in names.iter().zip(&self.sizes) {
            number = number * size + u64::from(names.get(row).unwrap_or(0));
        }
        let place = usize::try_from(number).unwrap_or(usize::MAX);
        let count = match self.dense.get_mut(place) {
            Some(count) => count,
            None => self.sparse.entry(number).or_default(),
        };
        if *count == 0 {
            self.seen.push(number);
        }
        *count += 1;
    }

    /// Counts all rows of a range.
    pub(crate) fn count_all(&mut self, names: &[Arc<Names>], rows: Range<usize>) {
        let (seen, dense) = (&mut self.seen, &mut self.dense);
        match names {
            [] => {
                if let (Some(count), Ok(more)) = (dense.first_mut(), u32::try_from(rows.len())) {
                    if *count == 0 && more > 0 {
                        seen.push(0);
                    }
                    *count += more;
                }
            }
            [names] if !dense.is_empty() => names.each_in(rows, |name| {
                if let Some(count) = dense.get_mut(name as usize) {
                    if *count == 0 {
                        seen.push(u64::from(name));
                    }
                    *count += 1;
                }
            }),
            _ => rows.for_each(|row| self.count(names, row)),
        }
    }

    /// What was counted, each with what it names of each unit; nothing is counted any more.
    pub(crate) fn take(&mut self) -> Vec<(Vec<u32>, u64)> {
        let seen = std::mem::take(&mut self.seen);
        let mut counts = Vec::with_capacity(seen.len());
        for number in seen {
            let place = usize::try_from(number).unwrap_or(usize::MAX);
            let count = match self.dense.get_mut(place) {
                Some(count) => std::mem::take(count),
                None => self.sparse.remove(&number).unwrap_or(0),
            };
            counts.push((self.combinations(number), u64::from(count)));
        }
        counts
    }

    fn combinations(&self, mut number: u64) -> Vec<u32> {
        let mut combinations = vec![0; self.sizes.len()];
        for (combination, size) in combinations.iter_mut().zip(&self.sizes).rev() {
            *combination = u32::try_from(number % size).unwrap_or(0);
            number /= size;
        }
        combinations
    }
}
