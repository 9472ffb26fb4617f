//! Values by how long ago they were last there. Ids are numbered as they first occur in the block, so that
//! one that is new to the block is no more than "the next".

use crate::entropy::{SequenceReader, SequenceWriter};
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
    32 - known.saturating_sub(1).leading_zeros()
}

/// Writes a group; before it, `known` ids were there.
pub(super) fn encode(ids: &[u32], known: u32) -> Vec<u8> {
    let mut out = Vec::new();
    varint::write(u64::from(known), &mut out);
    let mut writer = SequenceWriter::default();
    let mut recent: Vec<u32> = Vec::new();
    let mut known = known;
    let mut last = 0;
    for &id in ids {
        let number = match recent.iter().rposition(|&other| other == id) {
            Some(at) => {
                let since = recent.len() - 1 - at;
                recent.remove(at);
                SEEN + since as u64
            }
            None if id >= known => {
                known += 1;
                NEW
            }
            None => {
                writer.bits(u64::from(id), id_bits(known));
                KNOWN
            }
        };
        writer.push(last, number);
        last = context(number);
        recent.push(id);
    }
    out.extend_from_slice(&writer.finish());
    out
}

/// Reads a group of ids below `distinct`.
pub(super) fn decode(bytes: &[u8], count: usize, distinct: u32) -> Option<Vec<u32>> {
    let mut cursor = Cursor::new(bytes);
    let mut known = u32::try_from(cursor.varint()?).ok()?;
    let mut reader = SequenceReader::new(cursor.rest())?;
    let mut recent: Vec<u32> = Vec::new();
    let mut ids = Vec::with_capacity(count);
    let mut last = 0;
    for _ in 0..count {
        let number = reader.number(last);
        last = context(number);
        let id = match number {
            NEW => {
                known = known.checked_add(1)?;
                known - 1
            }
            KNOWN => reader.bits(id_bits(known)) as u32,
            _ => {
                let since = usize::try_from(number - SEEN).ok()?;
                recent.remove(recent.len().checked_sub(1)?.checked_sub(since)?)
            }
        };
        if id >= distinct {
            return None;
        }
        recent.push(id);
        ids.push(id);
    }
    reader.finish().then_some(ids)
}
