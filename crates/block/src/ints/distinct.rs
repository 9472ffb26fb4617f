use crate::entropy::{SequenceReader, SequenceWriter};
use crate::varint::{self, Cursor, unzigzag, zigzag};
use std::cmp::Reverse;
use std::collections::HashMap;

/// With more distinct numbers than this, other ways are shorter.
const MAX_DISTINCT: usize = 65_536;
/// So many of the most frequent numbers are contexts of their own for what follows them.
const OWN_CONTEXTS: u64 = 32;

/// The distinct numbers, the most frequent first, then the place of each, in the context of the place before.
pub(super) fn encode(values: &[i64]) -> Option<Vec<u8>> {
    let mut counts: HashMap<i64, u32> = HashMap::new();
    for &value in values {
        *counts.entry(value).or_default() += 1;
    }
    if counts.len() > MAX_DISTINCT.min(values.len() / 2 + 1) {
        return None;
    }
    let mut distinct: Vec<(i64, u32)> = counts.into_iter().collect();
    distinct.sort_unstable_by_key(|&(value, count)| (Reverse(count), value));
    let mut out = Vec::new();
    varint::write(distinct.len() as u64, &mut out);
    let mut previous = 0_i64;
    for &(value, _) in &distinct {
        varint::write(zigzag(value.wrapping_sub(previous)), &mut out);
        previous = value;
    }
    let places: HashMap<i64, u64> =
        distinct.iter().enumerate().map(|(place, &(value, _))| (value, place as u64)).collect();
    let mut writer = SequenceWriter::default();
    let mut context = 0;
    for value in values {
        let place = places.get(value).copied().unwrap_or(0);
        writer.push(context, place);
        context = own_context(place);
    }
    out.extend_from_slice(&writer.finish());
    Some(out)
}

fn own_context(place: u64) -> u8 {
    1 + place.min(OWN_CONTEXTS) as u8
}

pub(super) fn decode(bytes: &[u8], count: usize) -> Option<Vec<i64>> {
    let mut cursor = Cursor::new(bytes);
    let length = cursor.length().filter(|length| *length <= MAX_DISTINCT)?;
    let mut distinct = Vec::with_capacity(length);
    let mut previous = 0_i64;
    for _ in 0..length {
        previous = previous.wrapping_add(unzigzag(cursor.varint()?));
        distinct.push(previous);
    }
    let mut reader = SequenceReader::new(cursor.rest())?;
    let mut context = 0;
    let mut values = Vec::with_capacity(count);
    for _ in 0..count {
        let place = reader.number(context);
        context = own_context(place);
        values.push(*distinct.get(usize::try_from(place).ok()?)?);
    }
    reader.finish().then_some(values)
}
