use crate::convert::low_byte;

/// A number as a symbol and the bits that it leaves open: 0 to 15 are symbols of their own, from there on
/// four symbols share each power of two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Split {
    pub(super) symbol: u8,
    pub(super) extra: u64,
    pub(super) extra_bits: u32,
}

/// Numbers below this are symbols of their own.
const EXACT: u64 = 16;
/// Of larger ones the symbol keeps the leading bit and so many behind it.
const KEPT: u32 = 2;
/// The bits of the first number that is not exact.
const FIRST_BITS: u32 = 5;

/// Splits any number.
pub(super) fn split(number: u64) -> Split {
    if number < EXACT {
        return Split { symbol: low_byte(number), extra: 0, extra_bits: 0 };
    }
    let bits = 64 - number.leading_zeros();
    let extra_bits = bits - 1 - KEPT;
    let kept = (number >> extra_bits) & 3;
    let symbol = 16 + (u64::from(bits - FIRST_BITS) << KEPT) + kept;
    Split { symbol: low_byte(symbol), extra: number & ((1 << extra_bits) - 1), extra_bits }
}

/// How many bits a symbol leaves open.
pub(super) fn extra_bits(symbol: u8) -> u32 {
    match u32::from(symbol).checked_sub(16) {
        None => 0,
        Some(above) => (above >> KEPT).wrapping_add(FIRST_BITS - 1 - KEPT),
    }
}

/// The inverse of [`split`].
pub(super) fn join(symbol: u8, extra: u64) -> u64 {
    match u64::from(symbol).checked_sub(16) {
        None => u64::from(symbol),
        Some(above) => ((4 | (above & 3)) << extra_bits(symbol)) | extra,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(number: u64) {
        let Split { symbol, extra, extra_bits: bits } = split(number);
        assert_eq!(extra_bits(symbol), bits, "{number}");
        assert_eq!(join(symbol, extra), number);
    }

    #[test]
    fn the_borders_join_again() {
        for bit in 0..64 {
            for number in [1_u64 << bit, (1 << bit) - 1, (1 << bit) + 1] {
                check(number);
            }
        }
        check(u64::MAX);
        assert_eq!(split(u64::MAX).symbol, 255);
    }

    proptest! {
        #[test]
        fn every_number_joins_again(number: u64, shift in 0_u32..64) {
            check(number >> shift);
        }
    }
}
