//! The value that the same key had last, or another.

use super::history::History;
use super::last::LastOfKey;
use crate::entropy::{SequenceReader, Sink};

const SAME: u8 = 0;
const OTHER: u8 = 1;
/// Whether the last three were the same.
type LastThree = History<7>;
/// The context of values that are not the last.
const VALUES: u8 = 8;

pub(super) fn put(ids: &[u32], keys: &[u32], distinct_keys: u32, sink: &mut impl Sink) {
    let mut last = LastOfKey::new(distinct_keys);
    let mut history = LastThree::default();
    for (&id, &key) in ids.iter().zip(keys) {
        let mut same = false;
        if let Some(previous) = last.replace(key, id) {
            same = previous == id;
            sink.symbol(history.context(), if same { SAME } else { OTHER });
            history.add(same);
        }
        if !same {
            sink.number(VALUES, u64::from(id));
        }
    }
}

pub(super) fn decode(bytes: &[u8], keys: &[u32], distinct_keys: u32) -> Option<Vec<u32>> {
    let mut reader = SequenceReader::new(bytes)?;
    let mut last = LastOfKey::new(distinct_keys);
    let mut history = LastThree::default();
    let mut ids = Vec::with_capacity(keys.len());
    for &key in keys {
        let mut same = None;
        if let Some(previous) = last.get(key) {
            same = (reader.symbol(history.context()) == SAME).then_some(previous);
            history.add(same.is_some());
        }
        let id = match same {
            Some(id) => id,
            None => u32::try_from(reader.number(VALUES)).ok()?,
        };
        last.replace(key, id);
        ids.push(id);
    }
    reader.finish().then_some(ids)
}
