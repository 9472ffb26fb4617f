//! What mostly comes after the value that the same key had last. The block says once, for each value, what
//! came after it more than a few times; a row then says which of these it is.

use super::history::History;
use super::last::LastOfKey;
use super::successors::{MAX_SUCCESSORS, Successors};
use crate::entropy::{SequenceReader, Sink};

/// How the last two went: a context of which successor it is.
type LastTwo = History<3>;
/// The context of which successor it is, where the key is new to the group.
const FIRST_OF_KEY: u8 = 4;
/// The contexts of values that are none of the successors.
const VALUES: u8 = 8;
const FIRST_VALUES: u8 = 9;

fn place_context(history: &LastTwo, previous: Option<u32>) -> u8 {
    if previous.is_none() { FIRST_OF_KEY } else { history.context() }
}

fn value_context(previous: Option<u32>) -> u8 {
    if previous.is_none() { FIRST_VALUES } else { VALUES }
}

pub(super) fn put(
    ids: &[u32],
    keys: &[u32],
    distinct_keys: u32,
    successors: &Successors,
    sink: &mut impl Sink,
) {
    let mut last = LastOfKey::new(distinct_keys);
    let mut history = LastTwo::default();
    for (&id, &key) in ids.iter().zip(keys) {
        let previous = last.replace(key, id);
        let after = successors.after(previous);
        let place = (0..MAX_SUCCESSORS).zip(after).find(|(_, successor)| **successor == id);
        if !after.is_empty() {
            let symbol = place.map_or(MAX_SUCCESSORS, |(place, _)| place);
            sink.symbol(place_context(&history, previous), symbol);
            history.add(place.is_some());
        }
        if place.is_none() {
            sink.number(value_context(previous), u64::from(id));
        }
    }
}

pub(super) fn decode(
    bytes: &[u8],
    keys: &[u32],
    distinct_keys: u32,
    successors: &Successors,
) -> Option<Vec<u32>> {
    let mut reader = SequenceReader::new(bytes)?;
    let mut last = LastOfKey::new(distinct_keys);
    let mut history = LastTwo::default();
    let mut ids = Vec::with_capacity(keys.len());
    for &key in keys {
        let previous = last.get(key);
        let after = successors.after(previous);
        let mut hit = None;
        if !after.is_empty() {
            let place = usize::from(reader.symbol(place_context(&history, previous)));
            hit = after.get(place).copied();
            history.add(hit.is_some());
        }
        let id = match hit {
            Some(id) => id,
            None => u32::try_from(reader.number(value_context(previous))).ok()?,
        };
        last.replace(key, id);
        ids.push(id);
    }
    reader.finish().then_some(ids)
}
