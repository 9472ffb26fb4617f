//! Bits, the lowest of each byte first.

use crate::convert::id;

/// Collects bits.
#[derive(Debug, Default)]
pub(super) struct BitWriter {
    bytes: Vec<u8>,
    pending: u64,
    count: u32,
}

impl BitWriter {
    /// Adds the lowest `count` bits of `value`, at most 61.
    pub(super) fn push(&mut self, value: u64, count: u32) {
        let room = 64 - self.count;
        self.pending |= value << self.count;
        if count >= room {
            self.bytes.extend_from_slice(&self.pending.to_le_bytes());
            self.pending = value.checked_shr(room).unwrap_or(0);
            self.count = count - room;
        } else {
            self.count += count;
        }
    }

    pub(super) fn finish(mut self) -> Vec<u8> {
        let rest = self.count.div_ceil(8) as usize;
        self.bytes.extend(self.pending.to_le_bytes().into_iter().take(rest));
        self.bytes
    }
}

/// Hands bits out; beyond the end they are zero, and [`BitReader::is_off`] says so.
#[derive(Debug)]
pub(super) struct BitReader<'a> {
    rest: &'a [u8],
    pending: u64,
    count: u32,
    missing: bool,
}

impl<'a> BitReader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, pending: 0, count: 0, missing: false }
    }

    /// The next `count` bits, at most 61.
    pub(super) fn take(&mut self, count: u32) -> u64 {
        if count <= self.count {
            let value = self.pending & ((1 << count) - 1);
            self.pending >>= count;
            self.count -= count;
            return value;
        }
        let low = self.pending;
        let have = self.count;
        self.refill();
        let wanted = count - have;
        if wanted > self.count {
            self.missing = true;
            self.count = wanted;
        }
        let high = self.pending & ((1 << wanted) - 1);
        self.pending >>= wanted;
        self.count -= wanted;
        low | (high << have)
    }

    fn refill(&mut self) {
        if let Some((chunk, rest)) = self.rest.split_first_chunk::<8>() {
            self.pending = u64::from_le_bytes(*chunk);
            self.count = 64;
            self.rest = rest;
            return;
        }
        let mut chunk = [0; 8];
        for (to, from) in chunk.iter_mut().zip(self.rest) {
            *to = *from;
        }
        self.pending = u64::from_le_bytes(chunk);
        // Fewer than eight bytes are left.
        self.count = 8 * id(self.rest.len());
        self.rest = &[];
    }

    /// Whether more was taken than there was, or whole bytes are left.
    pub(super) fn is_off(&self) -> bool {
        self.missing || !self.rest.is_empty() || self.count >= 8 || self.pending != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_goes_in_comes_out(values in proptest::collection::vec((any::<u64>(), 0_u32..62), 0..200)) {
            let mut writer = BitWriter::default();
            for &(value, count) in &values {
                writer.push(value & ((1 << count) - 1), count);
            }
            let bytes = writer.finish();
            let mut reader = BitReader::new(&bytes);
            for &(value, count) in &values {
                prop_assert_eq!(reader.take(count), value & ((1 << count) - 1));
            }
            prop_assert!(!reader.is_off());
        }

        #[test]
        fn beyond_the_end_is_noticed(bytes in proptest::collection::vec(any::<u8>(), 0..20)) {
            let mut reader = BitReader::new(&bytes);
            for _ in 0..=bytes.len() {
                reader.take(8);
            }
            prop_assert!(reader.is_off());
        }
    }
}
