//! How many values differ: exact of few, within about 1 % of many.
//!
//! By [HyperLogLog](https://en.wikipedia.org/wiki/HyperLogLog). It does not matter in which order or in how many parts
//! the values are counted.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

/// So many different values are counted exactly.
const MAX_EXACT: usize = 4_096;
/// The bits of a hash that choose a register: 2^14 registers are off by 0.8 % usually.
const REGISTER_BITS: u32 = 14;
const REGISTERS: usize = 1 << REGISTER_BITS;

/// The different values that were seen.
#[derive(Debug, Clone)]
pub(super) enum Distinct {
    /// Their hashes: two values have the same once in 10^12.
    Exact(HashSet<u64>),
    /// The greatest number of leading zeros that a hash had, per register.
    Estimated(Box<[u8]>),
}

impl Default for Distinct {
    fn default() -> Self {
        Self::Exact(HashSet::new())
    }
}

impl Distinct {
    /// Takes a value, by its key.
    pub(super) fn add(&mut self, key: &[u8]) {
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        self.add_hash(hasher.finish());
    }

    fn add_hash(&mut self, hash: u64) {
        match self {
            Self::Exact(hashes) => {
                hashes.insert(hash);
                if hashes.len() > MAX_EXACT {
                    let mut registers = vec![0; REGISTERS].into_boxed_slice();
                    register_all(&mut registers, hashes);
                    *self = Self::Estimated(registers);
                }
            }
            Self::Estimated(registers) => register(registers, hash),
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        match (&mut *self, other) {
            (_, Self::Exact(hashes)) => hashes.iter().for_each(|hash| self.add_hash(*hash)),
            (Self::Exact(hashes), Self::Estimated(registers)) => {
                let mut registers = registers.clone();
                register_all(&mut registers, hashes);
                *self = Self::Estimated(registers);
            }
            (Self::Estimated(own), Self::Estimated(others)) => {
                own.iter_mut().zip(others).for_each(|(own, other)| *own = (*own).max(*other));
            }
        }
    }

    /// How many there are.
    pub(super) fn count(&self) -> u64 {
        match self {
            Self::Exact(hashes) => u64::try_from(hashes.len()).unwrap_or(u64::MAX),
            Self::Estimated(registers) => estimate(registers),
        }
    }

    /// About how much memory it takes.
    pub(super) fn weight(&self) -> usize {
        match self {
            Self::Exact(hashes) => hashes.capacity() * (size_of::<u64>() + 1),
            Self::Estimated(registers) => registers.len(),
        }
    }
}

fn register_all(registers: &mut [u8], hashes: &HashSet<u64>) {
    for hash in hashes {
        register(registers, *hash);
    }
}

fn register(registers: &mut [u8], hash: u64) {
    let index = usize::try_from(hash >> (u64::BITS - REGISTER_BITS)).unwrap_or_default();
    // One bit more bounds the zeros.
    let rest = (hash << REGISTER_BITS) | (1 << (REGISTER_BITS - 1));
    let zeros = u8::try_from(rest.leading_zeros() + 1).unwrap_or(u8::MAX);
    if let Some(register) = registers.get_mut(index) {
        *register = (*register).max(zeros);
    }
}

#[expect(clippy::cast_precision_loss, reason = "it is an estimate")]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positive and rounded")]
fn estimate(registers: &[u8]) -> u64 {
    let count = registers.len() as f64;
    let sum: f64 = registers.iter().map(|zeros| (-f64::from(*zeros)).exp2()).sum();
    let empty = registers.iter().map(|zeros| f64::from(u8::from(*zeros == 0))).sum::<f64>();
    let raw = 0.7213 / (1.0 + 1.079 / count) * count * count / sum;
    // Of few values, the registers that none fell into tell more.
    let estimate =
        if raw <= 2.5 * count && empty > 0.0 { count * (count / empty).ln() } else { raw };
    estimate.round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(range: std::ops::Range<u32>) -> Distinct {
        let mut distinct = Distinct::default();
        range.for_each(|number| distinct.add(&number.to_le_bytes()));
        distinct
    }

    #[test]
    fn few_are_counted_exactly() {
        let mut distinct = of(0..3_000);
        distinct.merge(&of(1_000..4_000));
        assert_eq!(distinct.count(), 4_000);
    }

    #[test]
    fn many_are_estimated_the_same_in_any_parts() {
        for count in [5_000_u32, 20_000, 50_000, 200_000] {
            let whole = of(0..count).count();
            assert!(whole.abs_diff(count.into()) * 40 <= u64::from(count), "{whole} of {count}");
            let mut parts = of(0..count / 3);
            parts.merge(&of(count / 4..count));
            assert_eq!(parts.count(), whole);
        }
    }
}
