//! The value that the same key had last, or another.

use super::follows::LastOfKey;
use crate::entropy::{SequenceReader, SequenceWriter};

const SAME: u8 = 0;
const OTHER: u8 = 1;
/// The context of values that are not the last.
const VALUES: u8 = 8;

/// Whether the last three were the same, in one number.
#[derive(Default)]
struct History(u8);

impl History {
    fn add(&mut self, symbol: u8) {
        self.0 = (self.0 << 1 | symbol) & 7;
    }
}

pub(super) fn encode(ids: &[u32], keys: &[u32], distinct_keys: u32) -> Vec<u8> {
    let mut writer = SequenceWriter::default();
    let mut last = LastOfKey::new(distinct_keys);
    let mut history = History::default();
    for (&id, &key) in ids.iter().zip(keys) {
        match last.replace(key, id) {
            Some(previous) => {
                let symbol = if previous == id { SAME } else { OTHER };
                writer.symbol(history.0, symbol);
                history.add(symbol);
                if symbol == OTHER {
                    writer.push(VALUES, u64::from(id));
                }
            }
            None => writer.push(VALUES, u64::from(id)),
        }
    }
    writer.finish()
}

pub(super) fn decode(bytes: &[u8], keys: &[u32], distinct_keys: u32) -> Option<Vec<u32>> {
    let mut reader = SequenceReader::new(bytes)?;
    let mut last = LastOfKey::new(distinct_keys);
    let mut history = History::default();
    let mut ids = Vec::with_capacity(keys.len());
    for &key in keys {
        let mut same = None;
        if let Some(previous) = last.get(key) {
            let symbol = reader.symbol(history.0);
            history.add(symbol);
            same = (symbol == SAME).then_some(previous);
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
