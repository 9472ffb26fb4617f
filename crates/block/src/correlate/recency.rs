#![warn(clippy::arithmetic_side_effects, clippy::indexing_slicing)]

/// Which rows hold the last occurrence of their value, and how many of them are behind a row: a binary
/// indexed tree (P. Fenwick, 1994), so that every question takes the logarithm of the rows.
#[derive(Debug)]
pub(crate) struct Recency {
    /// `tree[n]` counts marks of the rows that `n` stands for; `tree[0]` of none.
    tree: Vec<u32>,
    marked: u32,
}

impl Recency {
    pub(crate) fn new(rows: usize) -> Self {
        Self { tree: vec![0; rows.saturating_add(1)], marked: 0 }
    }

    pub(crate) fn mark(&mut self, row: usize) {
        self.marked = self.marked.wrapping_add(1);
        self.add(row, 1);
    }

    pub(crate) fn unmark(&mut self, row: usize) {
        self.marked = self.marked.wrapping_sub(1);
        self.add(row, u32::MAX);
    }

    /// Adds to the mark of a row, modulo 2^32.
    fn add(&mut self, row: usize, change: u32) {
        let mut at = row.wrapping_add(1);
        while let Some(count) = self.tree.get_mut(at) {
            *count = count.wrapping_add(change);
            at = at.wrapping_add(lowest_bit(at));
        }
    }

    /// How many marked rows are behind this one.
    pub(crate) fn since(&self, row: usize) -> u32 {
        let mut at = row.wrapping_add(1);
        let mut sum = 0_u32;
        while at > 0 {
            sum = sum.wrapping_add(self.tree.get(at).copied().unwrap_or(0));
            at = at.wrapping_sub(lowest_bit(at));
        }
        self.marked.wrapping_sub(sum)
    }
}

fn lowest_bit(number: usize) -> usize {
    number & number.wrapping_neg()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn it_tells_what_a_list_of_the_marked_rows_tells(rows in proptest::collection::vec(any::<bool>(), 1..200)) {
            let mut recency = Recency::new(rows.len());
            let mut marked: Vec<usize> = Vec::new();
            for (row, keep) in rows.iter().enumerate() {
                recency.mark(row);
                marked.push(row);
                if !keep {
                    let gone = marked.remove(row.checked_rem(marked.len()).unwrap_or(0));
                    recency.unmark(gone);
                }
                for (since, row) in (0_u32..).zip(marked.iter().rev()) {
                    prop_assert_eq!(recency.since(*row), since);
                }
            }
        }
    }
}
