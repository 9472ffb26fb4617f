//! Floating-point numbers, as their bits.

use crate::compress;
use crate::ints;

/// Decimals of so many digits behind the point are tried.
const MAX_DECIMALS: u8 = 9;
/// Whole numbers up to here are exact.
const MAX_EXACT: f64 = 9_007_199_254_740_992.0;
const BYTES: usize = 8;
/// The first byte of bits that are no short decimals.
const BITS: u8 = 0xFF;

/// Writes a chunk: numbers that are short decimals as whole numbers, others byte by byte of the bits.
pub(crate) fn encode(values: &[u64], level: i32) -> Vec<u8> {
    for decimals in 0..=MAX_DECIMALS {
        let whole: Option<Vec<i64>> = values.iter().map(|bits| to_whole(*bits, decimals)).collect();
        if let Some(whole) = whole {
            let mut out = vec![decimals];
            out.extend_from_slice(&ints::encode(&whole, level));
            return out;
        }
    }
    let mut planes = Vec::with_capacity(values.len() * BYTES);
    for plane in 0..BYTES {
        planes.extend(values.iter().filter_map(|bits| bits.to_le_bytes().get(plane).copied()));
    }
    let mut out = vec![BITS];
    compress::append(&planes, level, &mut out);
    out
}

/// Reads a chunk of `count` numbers; `None` where it is none.
pub(crate) fn decode(bytes: &[u8], count: usize) -> Option<Vec<u64>> {
    let (&first, rest) = bytes.split_first()?;
    if first != BITS {
        let decimals = Some(first).filter(|decimals| *decimals <= MAX_DECIMALS)?;
        return Some(
            ints::decode(rest, count)?
                .into_iter()
                .map(|whole| from_whole(whole, decimals))
                .collect(),
        );
    }
    let planes = compress::decompress(rest, count.checked_mul(BYTES)?)?;
    let mut values = vec![0_u64; planes.len() / BYTES];
    for (shift, plane) in (0..).step_by(8).zip(planes.chunks_exact(count.max(1))) {
        for (value, &byte) in values.iter_mut().zip(plane) {
            *value |= u64::from(byte).checked_shl(shift)?;
        }
    }
    (planes.len() == count.checked_mul(BYTES)?).then_some(values)
}

#[expect(clippy::cast_possible_truncation, reason = "whole and below what is exact")]
fn to_whole(bits: u64, decimals: u8) -> Option<i64> {
    let scaled = (f64::from_bits(bits) * 10_f64.powi(i32::from(decimals))).round();
    let whole = (scaled.abs() < MAX_EXACT).then_some(scaled as i64)?;
    (from_whole(whole, decimals) == bits).then_some(whole)
}

#[expect(clippy::cast_precision_loss, reason = "written only where nothing is lost")]
fn from_whole(whole: i64, decimals: u8) -> u64 {
    (whole as f64 / 10_f64.powi(i32::from(decimals))).to_bits()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(values: &[u64]) -> usize {
        let bytes = encode(values, 3);
        assert_eq!(decode(&bytes, values.len()).as_deref(), Some(values));
        bytes.len()
    }

    #[test]
    fn durations_are_short() {
        let values: Vec<u64> = (0..1_000).map(|n| (f64::from(n % 100) / 10.0).to_bits()).collect();
        assert!(check(&values) < 1_000);
    }

    proptest! {
        #[test]
        fn any_bits_come_back(values in proptest::collection::vec(any::<u64>(), 0..100)) {
            check(&values);
        }

        #[test]
        fn decimals_come_back(values in proptest::collection::vec(-1_000_000..1_000_000, 0..100), decimals in 0..6_i32) {
            let values: Vec<u64> = values.into_iter().map(|n| (f64::from(n) / 10_f64.powi(decimals)).to_bits()).collect();
            check(&values);
        }

        #[test]
        fn any_bytes_are_numbers_or_not(bytes in proptest::collection::vec(any::<u8>(), 0..100), count in 0..200_usize) {
            decode(&bytes, count);
        }
    }
}
