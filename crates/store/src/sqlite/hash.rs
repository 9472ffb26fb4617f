/// FNV-1a of 64 bits (<http://www.isthe.com/chongo/tech/comp/fnv/>) folded to 32. It is in files: it never changes.
pub(super) fn fnv1a(bytes: &[u8]) -> u32 {
    const OFFSET: u64 = 0xCBF2_9CE4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01B3;
    let hash =
        bytes.iter().fold(OFFSET, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME));
    let [a, b, c, d, ..] = (hash ^ (hash >> 32)).to_le_bytes();
    u32::from_le_bytes([a, b, c, d])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_what_files_hold() {
        assert_eq!(fnv1a(b""), 0x4FD0_BFC1);
        assert_eq!(fnv1a(b"woodpile"), 0x9000_D1CB);
    }
}
