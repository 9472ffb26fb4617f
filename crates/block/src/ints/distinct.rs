use crate::convert::{id, length};
use crate::entropy::{SequenceMeter, SequenceReader, SequenceWriter, Sink};
use crate::varint::{self, Cursor, unzigzag, zigzag};
use std::cmp::Reverse;

/// With more distinct numbers than this, other ways are shorter.
const MAX_DISTINCT: usize = 65_536;
/// So many of the most frequent numbers are contexts of their own for what follows them.
const OWN_CONTEXTS: u8 = 32;

/// The distinct numbers, the most frequent first, then the place of each, in the context of the place before.
#[derive(Debug)]
pub(super) struct Distinct {
    head: Vec<u8>,
    places: Vec<u32>,
}

impl Distinct {
    /// `None` where there are too many for this to be short.
    pub(super) fn of(values: &[i64]) -> Option<Self> {
        let mut sorted: Vec<(i64, u32)> = values.iter().copied().zip(0_u32..).collect();
        sorted.sort_unstable();
        let mut runs: Vec<&[(i64, u32)]> = sorted.chunk_by(|a, b| a.0 == b.0).collect();
        if runs.len() > MAX_DISTINCT.min(values.len() / 2 + 1) {
            return None;
        }
        runs.sort_by_key(|run| Reverse(run.len()));
        let mut head = Vec::new();
        varint::write(length(runs.len()), &mut head);
        let mut places = vec![0; values.len()];
        let mut previous = 0_i64;
        for (place, run) in runs.iter().enumerate() {
            let value = run.first().map_or(0, |(value, _)| *value);
            varint::write(zigzag(value.wrapping_sub(previous)), &mut head);
            previous = value;
            for (_, at) in *run {
                if let Some(slot) = places.get_mut(*at as usize) {
                    *slot = id(place);
                }
            }
        }
        Some(Self { head, places })
    }

    fn put(&self, sink: &mut impl Sink) {
        let mut context = 0;
        for &place in &self.places {
            sink.number(context, u64::from(place));
            context = own_context(u64::from(place));
        }
    }

    /// About how many bytes it takes.
    pub(super) fn size(&self) -> usize {
        let mut meter = SequenceMeter::default();
        self.put(&mut meter);
        self.head.len() + meter.size()
    }

    pub(super) fn write(self) -> Vec<u8> {
        let mut writer = SequenceWriter::default();
        self.put(&mut writer);
        let mut out = self.head;
        out.extend_from_slice(&writer.finish());
        out
    }
}

fn own_context(place: u64) -> u8 {
    const OTHERS: u8 = 1 + OWN_CONTEXTS;
    u8::try_from(place).map_or(OTHERS, |place| place.saturating_add(1).min(OTHERS))
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
