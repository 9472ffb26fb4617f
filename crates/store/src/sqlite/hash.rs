//! FNV-1a (<http://www.isthe.com/chongo/tech/comp/fnv/>). It is in files and their names: it never changes.

/// Of 64 bits.
pub(crate) fn fnv1a_64(bytes: &[u8]) -> u64 {
    const OFFSET: u64 = 0xCBF2_9CE4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01B3;
    bytes.iter().fold(OFFSET, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME))
}

/// Of 64 bits, folded to 32.
pub(super) fn fnv1a(bytes: &[u8]) -> u32 {
    let hash = fnv1a_64(bytes);
    let [a, b, c, d, ..] = (hash ^ (hash >> 32)).to_le_bytes();
    u32::from_le_bytes([a, b, c, d])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_what_files_hold() {
        assert_eq!(fnv1a_64(b"foobar"), 0x8594_4171_F739_67E8);
        assert_eq!(fnv1a(b""), 0x4FD0_BFC1);
        assert_eq!(fnv1a(b"woodpile"), 0x9000_D1CB);
    }
}
