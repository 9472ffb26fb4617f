//! ObjectIds: seconds, process and counter, each a column of its own.

use crate::convert::length;
use crate::ints;
use crate::varint::{self, Cursor};

/// Writes a chunk, of ids that may continue those of the same key.
pub(crate) fn encode(ids: &[[u8; 12]], keys: Option<&[u32]>, level: i32) -> Vec<u8> {
    let mut out = Vec::new();
    for part in [seconds, process, counter] {
        let values: Vec<i64> = ids.iter().map(part).collect();
        let chunk = ints::encode_keyed(&values, keys, level);
        varint::write(length(chunk.len()), &mut out);
        out.extend_from_slice(&chunk);
    }
    out
}

/// Reads a chunk of `count` ids of these keys; `None` where it is none.
pub(crate) fn decode(bytes: &[u8], count: usize, keys: Option<&[u32]>) -> Option<Vec<[u8; 12]>> {
    let mut cursor = Cursor::new(bytes);
    let mut part = || {
        let chunk = cursor.length()?;
        ints::decode_keyed(cursor.take(chunk)?, count, keys)
    };
    let (seconds, processes, counters) = (part()?, part()?, part()?);
    let ids = seconds.iter().zip(&processes).zip(&counters);
    cursor.rest().is_empty().then(|| {
        ids.map(|((second, process), counter)| join(*second, *process, *counter)).collect()
    })
}

fn seconds(id: &[u8; 12]) -> i64 {
    let [a, b, c, d, ..] = *id;
    i64::from(u32::from_be_bytes([a, b, c, d]))
}

fn process(id: &[u8; 12]) -> i64 {
    let mut bytes = [0; 8];
    for (to, from) in bytes.iter_mut().skip(3).zip(id.iter().skip(4)) {
        *to = *from;
    }
    i64::from_be_bytes(bytes)
}

fn counter(id: &[u8; 12]) -> i64 {
    let [.., a, b, c] = *id;
    i64::from_be_bytes([0, 0, 0, 0, 0, a, b, c])
}

fn join(second: i64, process: i64, counter: i64) -> [u8; 12] {
    let [_, _, _, _, s0, s1, s2, s3] = second.to_be_bytes();
    let [_, _, _, p0, p1, p2, p3, p4] = process.to_be_bytes();
    let [_, _, _, _, _, c0, c1, c2] = counter.to_be_bytes();
    [s0, s1, s2, s3, p0, p1, p2, p3, p4, c0, c1, c2]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ids_of_one_process_cost_nothing() {
        let ids: Vec<_> = (0..10_000).map(|n| join(1_700_000_000, 0x12_3456_789A, n)).collect();
        assert!(encode(&ids, None, 3).len() < 64);
    }

    proptest! {
        #[test]
        fn ids_come_back(ids in proptest::collection::vec(any::<[u8; 12]>(), 0..100)) {
            prop_assert_eq!(decode(&encode(&ids, None, 3), ids.len(), None), Some(ids));
        }
    }
}
