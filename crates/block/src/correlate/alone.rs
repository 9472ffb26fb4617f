//! Values by how frequent they are: ids are numbered from the most frequent on, and each is expected as
//! after the one before it.

use crate::entropy::{SequenceReader, SequenceWriter};

/// So many of the most frequent ids are contexts of their own.
const OWN_CONTEXTS: u32 = 24;

fn context(previous: u32) -> u8 {
    if previous < OWN_CONTEXTS {
        previous as u8
    } else {
        (OWN_CONTEXTS + 32 - previous.leading_zeros()) as u8
    }
}

pub(super) fn encode(ids: &[u32], with_context: bool) -> Vec<u8> {
    let mut writer = SequenceWriter::default();
    let mut previous = 0;
    for &id in ids {
        writer.push(if with_context { context(previous) } else { 0 }, u64::from(id));
        previous = id;
    }
    writer.finish()
}

pub(super) fn decode(bytes: &[u8], count: usize, with_context: bool) -> Option<Vec<u32>> {
    let mut reader = SequenceReader::new(bytes)?;
    let mut previous = 0;
    let mut ids = Vec::with_capacity(count);
    for _ in 0..count {
        previous =
            u32::try_from(reader.number(if with_context { context(previous) } else { 0 })).ok()?;
        ids.push(previous);
    }
    reader.finish().then_some(ids)
}
