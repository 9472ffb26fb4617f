//! Values by how frequent they are: ids are numbered from the most frequent on, and each is expected as
//! after the one before it.

use crate::convert::low_byte;
use crate::entropy::{SequenceReader, Sink};

/// So many of the most frequent ids are contexts of their own.
const OWN_CONTEXTS: u8 = 24;

fn context(previous: u32) -> u8 {
    match u8::try_from(previous).ok().filter(|id| *id < OWN_CONTEXTS) {
        Some(id) => id,
        None => OWN_CONTEXTS + low_byte(u64::from(u32::BITS - previous.leading_zeros())),
    }
}

pub(super) fn put(ids: &[u32], with_context: bool, sink: &mut impl Sink) {
    let mut previous = 0;
    for &id in ids {
        sink.number(if with_context { context(previous) } else { 0 }, u64::from(id));
        previous = id;
    }
}

pub(super) fn decode(bytes: &[u8], count: usize, with_context: bool) -> Option<Vec<u32>> {
    let mut reader = SequenceReader::new(bytes)?;
    let mut previous = 0;
    let mut ids = Vec::with_capacity(count);
    for _ in 0..count {
        let context = if with_context { context(previous) } else { 0 };
        previous = u32::try_from(reader.number(context)).ok()?;
        ids.push(previous);
    }
    reader.finish().then_some(ids)
}
