//! Percentiles in little room: exact of few numbers, within 1 % of many.
//!
//! As a [`DDSketch`](https://arxiv.org/abs/1908.10693) does: numbers are counted in buckets whose bounds grow by a constant
//! factor. It does not matter in which order or in how many parts they are counted.

use std::collections::BTreeMap;

/// So many numbers are kept as they are.
const MAX_EXACT: usize = 256;
/// How far a percentile may be off, as a part of it.
const ERROR: f64 = 0.01;
/// What is nearer to 0 than this counts as 0.
const LEAST: f64 = 1e-9;

/// The numbers of which percentiles are asked.
#[derive(Debug, Clone)]
pub(super) struct Percentiles {
    least: f64,
    greatest: f64,
    /// All of them, while they are few.
    exact: Vec<f64>,
    /// All of them, once they are many.
    buckets: Option<Box<Buckets>>,
}

/// How many numbers are in each bucket. From a microsecond to a year, in milliseconds, there are some 1,700; all doubles
/// of one sign are in 37,000.
#[derive(Debug, Clone, Default)]
struct Buckets {
    negative: BTreeMap<i32, u64>,
    zeros: u64,
    positive: BTreeMap<i32, u64>,
}

impl Default for Percentiles {
    fn default() -> Self {
        Self { least: f64::INFINITY, greatest: f64::NEG_INFINITY, exact: Vec::new(), buckets: None }
    }
}

impl Percentiles {
    /// Takes a number so many times; a NaN is none.
    pub(super) fn add(&mut self, number: f64, times: u64) {
        if number.is_nan() {
            return;
        }
        self.least = self.least.min(number);
        self.greatest = self.greatest.max(number);
        if self.buckets.is_none() && fits(self.exact.len(), times) {
            self.exact.extend((0..times).map(|_| number));
        } else {
            self.counted().add(number, times);
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.least = self.least.min(other.least);
        self.greatest = self.greatest.max(other.greatest);
        match &other.buckets {
            Some(buckets) => self.counted().merge(buckets),
            None => other.exact.iter().for_each(|number| self.add(*number, 1)),
        }
    }

    /// The number below or at which this part of the numbers lies; `None` of no numbers.
    pub(super) fn at(&self, fraction: f64) -> Option<f64> {
        if let Some(buckets) = &self.buckets {
            let number = buckets.at(rank(fraction, buckets.count()))?;
            return Some(number.clamp(self.least, self.greatest));
        }
        let mut sorted = self.exact.clone();
        sorted.sort_by(f64::total_cmp);
        let rank = rank(fraction, u64::try_from(sorted.len()).ok()?);
        sorted.get(usize::try_from(rank).ok()?).copied()
    }

    /// About how much memory it takes.
    pub(super) fn weight(&self) -> usize {
        const BUCKET_BYTES: usize = 24;
        let buckets = self.buckets.as_ref().map_or(0, |b| b.negative.len() + b.positive.len());
        self.exact.capacity() * size_of::<f64>() + buckets * BUCKET_BYTES
    }

    /// The buckets, into which all numbers go from now on.
    fn counted(&mut self) -> &mut Buckets {
        let exact = std::mem::take(&mut self.exact);
        let buckets = self.buckets.get_or_insert_default();
        for number in exact {
            buckets.add(number, 1);
        }
        buckets
    }
}

fn fits(length: usize, more: u64) -> bool {
    usize::try_from(more).is_ok_and(|more| length.saturating_add(more) <= MAX_EXACT)
}

/// Which of so many numbers in order it is, from 0: the nearest rank.
#[expect(clippy::cast_precision_loss, reason = "a rank among 2^53 may be off by one")]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and count")]
fn rank(fraction: f64, count: u64) -> u64 {
    ((fraction * count as f64).ceil() as u64).clamp(1, count.max(1)) - 1
}

impl Buckets {
    fn add(&mut self, number: f64, times: u64) {
        if number.abs() < LEAST {
            self.zeros += times;
        } else if number < 0.0 {
            *self.negative.entry(bucket_of(-number)).or_default() += times;
        } else {
            *self.positive.entry(bucket_of(number)).or_default() += times;
        }
    }

    fn merge(&mut self, other: &Self) {
        self.zeros += other.zeros;
        for (bucket, count) in &other.negative {
            *self.negative.entry(*bucket).or_default() += count;
        }
        for (bucket, count) in &other.positive {
            *self.positive.entry(*bucket).or_default() += count;
        }
    }

    fn count(&self) -> u64 {
        self.zeros + self.negative.values().sum::<u64>() + self.positive.values().sum::<u64>()
    }

    fn at(&self, rank: u64) -> Option<f64> {
        let negative = self.negative.iter().rev().map(|(at, count)| (-middle(*at), *count));
        let positive = self.positive.iter().map(|(at, count)| (middle(*at), *count));
        let mut before = 0;
        let mut all = negative.chain([(0.0, self.zeros)]).chain(positive);
        all.find(|(_, count)| {
            before += count;
            before > rank
        })
        .map(|(number, _)| number)
    }
}

fn growth() -> f64 {
    (1.0 + ERROR) / (1.0 - ERROR)
}

/// The bucket of a positive number: what lies above `growth^(bucket - 1)`, up to `growth^bucket`.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a double's logarithm is small; infinity saturates"
)]
fn bucket_of(number: f64) -> i32 {
    (number.ln() / growth().ln()).ceil() as i32
}

/// What is at most the error away from any number of the bucket.
fn middle(bucket: i32) -> f64 {
    growth().powi(bucket) * (1.0 - ERROR)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(numbers: &[f64]) -> Percentiles {
        let mut percentiles = Percentiles::default();
        for number in numbers {
            percentiles.add(*number, 1);
        }
        percentiles
    }

    #[test]
    fn few_numbers_are_exact() {
        let numbers = of(&[4.0, 1.0, 3.0, 2.0]);
        for (fraction, expected) in [(0.0, 1.0), (0.5, 2.0), (0.75, 3.0), (0.99, 4.0), (1.0, 4.0)] {
            assert_eq!(numbers.at(fraction), Some(expected), "{fraction}");
        }
        assert_eq!(Percentiles::default().at(0.5), None);
    }

    #[test]
    fn a_count_is_so_many_numbers() {
        let mut numbers = of(&[1.0]);
        numbers.add(5.0, 1_000_000);
        assert_eq!(numbers.at(0.0), Some(1.0));
        assert!((numbers.at(0.5).unwrap() - 5.0).abs() <= 0.05);
    }

    proptest! {
        #[test]
        fn many_numbers_are_within_the_error(
            numbers in prop::collection::vec(-1e6_f64..1e9, 1..2_000),
            split in 0_usize..2_000,
            fraction in 0.0_f64..1.0,
        ) {
            let (first, second) = numbers.split_at(split.min(numbers.len()));
            let mut parts = of(first);
            parts.merge(&of(second));
            let mut sorted = numbers.clone();
            sorted.sort_by(f64::total_cmp);
            let rank = rank(fraction, u64::try_from(sorted.len()).unwrap());
            let exact = sorted[usize::try_from(rank).unwrap()];
            let found = parts.at(fraction).unwrap();
            prop_assert!((found - exact).abs() <= exact.abs() * (ERROR + 1e-9), "{found} for {exact}");
            prop_assert_eq!(parts.at(fraction), of(&numbers).at(fraction));
        }
    }
}
