//! Numbers in decimal, with their leading zeros.

/// Digits with a 1 before them: leading zeros are not lost.
pub(super) fn guarded(digits: &[u8]) -> i64 {
    digits.iter().fold(1_i64, |number, digit| {
        number.wrapping_mul(10).wrapping_add(i64::from(digit.wrapping_sub(b'0')))
    })
}

/// How many digits a guarded number stands for.
pub(super) fn count(guarded: i64) -> u32 {
    guarded.checked_ilog10().unwrap_or(0)
}

/// The number that they are.
pub(super) fn number(guarded: i64) -> i64 {
    guarded.wrapping_sub(10_i64.wrapping_pow(count(guarded)))
}

/// Whether the digits have no leading zero: their number alone gives them back.
pub(super) fn is_natural(guarded: i64) -> bool {
    count(guarded) == number(guarded).checked_ilog10().unwrap_or(0) + 1
}

/// Room for a number in decimal.
pub(crate) type Decimal = [u8; 32];

/// A number in decimal, without an allocation.
pub(crate) fn decimal(value: i64, room: &mut Decimal) -> &[u8] {
    let mut rest = value.unsigned_abs();
    let mut length = 0;
    for byte in room.iter_mut().rev() {
        *byte = b'0' + u8::try_from(rest % 10).unwrap_or(0);
        rest /= 10;
        length += 1;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        if let Some(byte) = room.iter_mut().nth_back(length) {
            *byte = b'-';
        }
        length += 1;
    }
    room.get(room.len() - length..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_everywhere() {
        for value in [0, 7, -7, i64::MAX, i64::MIN, 1_000] {
            assert_eq!(decimal(value, &mut [0; 32]), value.to_string().as_bytes());
        }
    }
}
