//! Values by how long ago they were last there. Ids are numbered as they first occur in the block, so that
//! one that is new to the block is no more than "the next".

use super::recency::Recency;
use crate::convert::low_half;
use crate::entropy::{SequenceReader, SequenceWriter, Sink};
use crate::varint::{self, Cursor};

/// New to the block.
const NEW: u64 = 0;
/// In the block before, but not in this group of rows.
const KNOWN: u64 = 1;
/// In this group: this, and how many other values were there since.
const SEEN: u64 = 2;

/// What came before is the context: new, just now, a little while ago, long ago.
fn context(number: u64) -> u8 {
    match number {
        NEW => 1,
        KNOWN => 2,
        2..6 => 3,
        6..64 => 4,
        _ => 5,
    }
}

/// How many bits name one of `known` ids.
fn id_bits(known: u32) -> u32 {
    u32::BITS - known.saturating_sub(1).leading_zeros()
}

/// Puts a group of ids below `distinct`; before it, `known` ids were there.
pub(super) fn put(ids: &[u32], known: u32, distinct: u32, sink: &mut impl Sink) {
    let mut recency = Recency::new(ids.len());
    let mut rows: Vec<Option<usize>> = vec![None; distinct as usize];
    let mut known = known;
    let mut last = 0;
    for (row, &id) in ids.iter().enumerate() {
        let before = rows.get_mut(id as usize).and_then(|slot| slot.replace(row));
        let number = match before {
            Some(before) => {
                let since = recency.since(before);
                recency.unmark(before);
                SEEN + u64::from(since)
            }
            None if id >= known => {
                known += 1;
                NEW
            }
            None => {
                sink.bits(u64::from(id), id_bits(known));
                KNOWN
            }
        };
        recency.mark(row);
        sink.number(last, number);
        last = context(number);
    }
}

/// Writes a group, as [`put`] puts it.
pub(super) fn encode(ids: &[u32], known: u32, distinct: u32) -> Vec<u8> {
    let mut out = Vec::new();
    varint::write(u64::from(known), &mut out);
    let mut writer = SequenceWriter::default();
    put(ids, known, distinct, &mut writer);
    out.extend_from_slice(&writer.finish());
    out
}

/// Reads a group of `count` ids below `distinct`.
pub(super) fn decode(bytes: &[u8], count: usize, distinct: u32) -> Option<Vec<u32>> {
    let mut cursor = Cursor::new(bytes);
    let mut known = u32::try_from(cursor.varint()?).ok()?;
    let mut reader = SequenceReader::new(cursor.rest())?;
    // The ids of this group, that which was there last at the end.
    let mut seen: Vec<u32> = Vec::new();
    let mut ids = Vec::with_capacity(count);
    let mut last = 0;
    for _ in 0..count {
        let number = reader.number(last);
        last = context(number);
        match number {
            NEW => {
                seen.push(known);
                known = known.checked_add(1)?;
            }
            KNOWN => seen.push(low_half(reader.bits(id_bits(known)))),
            _ => {
                let since = usize::try_from(number.checked_sub(SEEN)?).ok()?;
                let at = seen.len().checked_sub(since)?.checked_sub(1)?;
                seen.get_mut(at..)?.rotate_left(1);
            }
        }
        ids.push(*seen.last().filter(|id| **id < distinct)?);
    }
    reader.finish().then_some(ids)
}
