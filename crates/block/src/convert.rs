//! Numbers as numbers of another size, where what is lost is meant to be lost, or cannot be there.

/// How many, as ids are counted. A block holds fewer rows than this can say.
pub(crate) fn id(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The lowest byte.
pub(crate) fn low_byte(number: u64) -> u8 {
    let [low, ..] = number.to_le_bytes();
    low
}

/// The lowest 32 bits.
pub(crate) fn low_half(number: u64) -> u32 {
    let [a, b, c, d, ..] = number.to_le_bytes();
    u32::from_le_bytes([a, b, c, d])
}

/// The lowest two bytes.
pub(crate) fn low_two(number: u32) -> u16 {
    let [a, b, ..] = number.to_le_bytes();
    u16::from_le_bytes([a, b])
}

/// A length as a number that is written.
pub(crate) fn length(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// A count to reckon with.
pub(crate) fn float(count: usize) -> f64 {
    f64::from(id(count))
}
