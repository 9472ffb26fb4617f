use super::bits::BitWriter;
use super::counts::Counts;
use super::model::Model;
use super::sink::Sink;
use super::{LOWEST, MAX_CONTEXTS, PRECISION, STATES, TOTAL};
use crate::convert::{length, low_byte};
use crate::varint;

/// Collects numbers, each in a context, and writes them once all are known.
#[derive(Debug, Default)]
pub(crate) struct SequenceWriter {
    symbols: Vec<(u8, u8)>,
    counts: Counts,
    bits: BitWriter,
}

impl Sink for SequenceWriter {
    fn symbol(&mut self, context: u8, symbol: u8) {
        debug_assert!(usize::from(context) < MAX_CONTEXTS);
        self.counts.add(context, symbol);
        self.symbols.push((context, symbol));
    }

    fn bits(&mut self, value: u64, count: u32) {
        self.bits.push(value, count);
    }
}

impl SequenceWriter {
    /// The models, the length of the coded symbols, these, and the bits.
    pub(crate) fn finish(self) -> Vec<u8> {
        let mut out = Vec::new();
        let models: Vec<Option<Model>> =
            self.counts.contexts().map(|counts| Model::of(counts)).collect();
        varint::write(length(models.len()), &mut out);
        for model in &models {
            match model {
                Some(model) => model.write(&mut out),
                None => varint::write(0, &mut out),
            }
        }
        let coded = code(&self.symbols, &models);
        varint::write(length(coded.len()), &mut out);
        out.extend_from_slice(&coded);
        out.extend_from_slice(&self.bits.finish());
        out
    }
}

/// Codes from the last symbol to the first, so that they are read from the first to the last.
fn code(symbols: &[(u8, u8)], models: &[Option<Model>]) -> Vec<u8> {
    let mut reversed = Vec::with_capacity(symbols.len() / 2);
    let mut states = [LOWEST; STATES];
    for (index, &(context, symbol)) in symbols.iter().enumerate().rev() {
        let model = models.get(usize::from(context)).and_then(Option::as_ref);
        let (start, part) = model.map_or((0, TOTAL), |model| model.range(symbol));
        if part < TOTAL
            && let Some(state) = states.get_mut(index % STATES)
        {
            *state = push_symbol(*state, start, part, &mut reversed);
        }
    }
    for state in states.iter().rev() {
        reversed.extend_from_slice(&state.to_le_bytes());
    }
    reversed.reverse();
    reversed
}

fn push_symbol(mut state: u32, start: u32, part: u32, reversed: &mut Vec<u8>) -> u32 {
    let limit = ((LOWEST >> PRECISION) << 8) * part;
    while state >= limit {
        reversed.push(low_byte(u64::from(state)));
        state >>= 8;
    }
    ((state / part) << PRECISION) + state % part + start
}
