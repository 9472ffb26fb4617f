use super::counts::Counts;
use super::sink::Sink;
use super::{PRECISION, SYMBOLS};

/// About what one symbol takes in a model.
const MODEL_BITS: f64 = 12.0;
/// What a sequence takes beside its symbols: its length and two states.
const FRAME_BITS: f64 = 8.0 * (2.0 + 8.0);

/// Tells about how long a sequence would be, without writing it.
#[derive(Debug, Default)]
pub(crate) struct SequenceMeter {
    counts: Counts,
    bits: u64,
}

impl SequenceMeter {
    /// In bytes.
    pub(crate) fn size(&self) -> usize {
        let coded: f64 = self.counts.contexts().map(context_bits).sum();
        let bits = (coded + FRAME_BITS).ceil();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a size in memory, and never negative"
        )]
        let bits = bits as usize;
        (bits + usize::try_from(self.bits).unwrap_or(usize::MAX / 2)).div_ceil(8)
    }
}

/// The symbols of one context and their model.
fn context_bits(counts: &[u32; SYMBOLS]) -> f64 {
    let seen = || counts.iter().filter(|count| **count > 0).map(|count| f64::from(*count));
    let total: f64 = seen().sum();
    if total == 0.0 {
        return 8.0;
    }
    let longest = f64::from(PRECISION);
    let symbols: f64 = seen().map(|count| count * (total / count).log2().min(longest)).sum();
    symbols + seen().map(|_| MODEL_BITS).sum::<f64>() + 8.0
}

impl Sink for SequenceMeter {
    fn symbol(&mut self, context: u8, symbol: u8) {
        self.counts.add(context, symbol);
    }

    fn bits(&mut self, _value: u64, count: u32) {
        self.bits += u64::from(count);
    }
}

#[cfg(test)]
mod tests {
    use super::super::SequenceWriter;
    use super::*;

    /// Within a tenth and a few bytes of what is written.
    fn check(numbers: impl Iterator<Item = (u8, u64)>) {
        let (mut writer, mut meter) = (SequenceWriter::default(), SequenceMeter::default());
        for (context, number) in numbers {
            writer.number(context, number);
            meter.number(context, number);
        }
        let (written, told) = (writer.finish().len(), meter.size());
        assert!(written.abs_diff(told) <= 24 + written / 10, "{written} bytes, {told} told");
    }

    #[test]
    fn what_it_tells_is_about_what_is_written() {
        check(std::iter::empty());
        check((0..5_000).map(|_| (0, 3)));
        check((0..5_000_u64).map(|n| ((n % 3) as u8, n * n % 97)));
        check((0..5_000_u64).map(|n| (0, n.wrapping_mul(0x9E37_79B9_7F4A_7C15))));
    }
}
