use crate::convert::id;

/// Which rows of a group are meant: a bit for each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    words: Vec<u64>,
    rows: usize,
}

const WORD: usize = u64::BITS as usize;

impl Selection {
    /// None of so many rows.
    pub fn none(rows: usize) -> Self {
        Self { words: vec![0; rows.div_ceil(WORD)], rows }
    }

    /// All of so many rows.
    pub fn all(rows: usize) -> Self {
        let mut selection = Self { words: vec![u64::MAX; rows.div_ceil(WORD)], rows };
        selection.trim();
        selection
    }

    /// Those of so many rows for which `is_meant` says so.
    pub fn of(rows: usize, mut is_meant: impl FnMut(usize) -> bool) -> Self {
        let mut selection = Self::none(rows);
        for (place, word) in selection.words.iter_mut().enumerate() {
            let start = place * WORD;
            for bit in 0..WORD.min(rows - start) {
                *word |= u64::from(is_meant(start + bit)) << bit;
            }
        }
        selection
    }

    /// Those of the rows with these values for which `is_meant` says so; none of 64 rows for which `may_be` denies it.
    pub(super) fn of_values<V: Copy>(
        values: &[V],
        may_be: impl Fn(&[V]) -> bool,
        is_meant: impl Fn(V) -> bool,
    ) -> Self {
        let word = |stretch: &[V]| {
            let bits = (0..).zip(stretch).map(|(bit, value)| u64::from(is_meant(*value)) << bit);
            if may_be(stretch) { bits.fold(0, |word: u64, bit: u64| word | bit) } else { 0 }
        };
        Self { words: values.chunks(WORD).map(word).collect(), rows: values.len() }
    }

    /// How many rows there are, meant or not.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How many are meant.
    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether no row is meant.
    pub fn is_none(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// Whether every row is meant.
    pub fn is_all(&self) -> bool {
        self.count() == self.rows
    }

    /// Whether this row is meant.
    pub fn has(&self, row: usize) -> bool {
        self.words.get(row / WORD).is_some_and(|word| word >> (row % WORD) & 1 == 1)
    }

    /// Means this row, too; does nothing beyond the last one.
    pub fn add(&mut self, row: usize) {
        if let Some(word) = self.words.get_mut(row / WORD).filter(|_| row < self.rows) {
            *word |= 1 << (row % WORD);
        }
    }

    /// Leaves only what both mean.
    pub fn and(&mut self, other: &Self) {
        self.combine(other, |own, other| own & other);
    }

    /// Means what either means.
    pub fn or(&mut self, other: &Self) {
        self.combine(other, |own, other| own | other);
    }

    /// Leaves only what the other does not mean.
    pub fn and_not(&mut self, other: &Self) {
        self.combine(other, |own, other| own & !other);
    }

    /// Means the others.
    pub fn invert(&mut self) {
        for word in &mut self.words {
            *word = !*word;
        }
        self.trim();
    }

    /// Leaves only these rows.
    pub fn clip(&mut self, range: std::ops::Range<usize>) {
        let inside = Self::of(self.rows, |row| range.contains(&row));
        self.and(&inside);
    }

    /// Leaves only the last `count` of those that are meant.
    pub fn keep_last(&mut self, count: usize) {
        let mut surplus = self.count().saturating_sub(count);
        for word in &mut self.words {
            while surplus > 0 && *word != 0 {
                *word &= *word - 1;
                surplus -= 1;
            }
        }
    }

    /// The rows that are meant, from the first or from the last on.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = usize> + '_ {
        self.words
            .iter()
            .enumerate()
            .flat_map(|(place, word)| Bits { word: *word, start: place * WORD })
    }

    /// The bytes of memory it takes.
    pub fn bytes(&self) -> usize {
        size_of_val(self.words.as_slice())
    }

    fn combine(&mut self, other: &Self, with: impl Fn(u64, u64) -> u64) {
        let others = other.words.iter().copied().chain(std::iter::repeat(0));
        for (word, other) in self.words.iter_mut().zip(others) {
            *word = with(*word, other);
        }
        self.trim();
    }

    /// Means no row beyond the last one.
    fn trim(&mut self) {
        let used = self.rows % WORD;
        if let Some(last) = self.words.last_mut().filter(|_| used > 0) {
            *last &= (1 << used) - 1;
        }
    }

    /// Leaves of the rows that are meant those for which `keep` says so.
    pub(super) fn retain(&mut self, mut keep: impl FnMut(usize) -> bool) {
        for (place, word) in self.words.iter_mut().enumerate() {
            for row in (Bits { word: *word, start: place * WORD }) {
                if !keep(row) {
                    *word &= !(1 << (row % WORD));
                }
            }
        }
    }
}

/// The places of the ones in a word.
#[derive(Debug)]
struct Bits {
    word: u64,
    start: usize,
}

impl Iterator for Bits {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        let bit = self.word.trailing_zeros();
        (bit < u64::BITS).then(|| {
            self.word &= self.word - 1;
            self.start + bit as usize
        })
    }
}

impl DoubleEndedIterator for Bits {
    fn next_back(&mut self) -> Option<usize> {
        let bit = id(WORD - 1).checked_sub(self.word.leading_zeros())?;
        self.word &= !(1 << bit);
        Some(self.start + bit as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn listed(selection: &Selection) -> Vec<usize> {
        selection.iter().collect()
    }

    proptest! {
        #[test]
        fn it_is_the_set_of_its_rows(rows in 0..200_usize, a: [bool; 200], b: [bool; 200], count in 0..200_usize) {
            let (first, second) = (Selection::of(rows, |row| a[row]), Selection::of(rows, |row| b[row]));
            let expected = |meant: &dyn Fn(usize) -> bool| (0..rows).filter(|row| meant(*row)).collect::<Vec<_>>();
            prop_assert_eq!(listed(&first), expected(&|row| a[row]));
            prop_assert_eq!(first.iter().rev().collect::<Vec<_>>(), listed(&first).into_iter().rev().collect::<Vec<_>>());
            prop_assert_eq!(first.count(), listed(&first).len());
            let with = |change: &dyn Fn(&mut Selection)| { let mut changed = first.clone(); change(&mut changed); listed(&changed) };
            prop_assert_eq!(with(&|own| own.and(&second)), expected(&|row| a[row] && b[row]));
            prop_assert_eq!(with(&|own| own.or(&second)), expected(&|row| a[row] || b[row]));
            prop_assert_eq!(with(&|own| own.and_not(&second)), expected(&|row| a[row] && !b[row]));
            prop_assert_eq!(with(&Selection::invert), expected(&|row| !a[row]));
            prop_assert_eq!(with(&|own| own.retain(|row| b[row])), expected(&|row| a[row] && b[row]));
            let meant = expected(&|row| a[row]);
            prop_assert_eq!(with(&|own| own.keep_last(count)), meant[meant.len().saturating_sub(count)..].to_vec());
            prop_assert!(Selection::all(rows).is_all() && Selection::none(rows).is_none());
            prop_assert_eq!(Selection::all(rows).count(), rows);
        }
    }
}
