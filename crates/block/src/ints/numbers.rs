use crate::entropy::{SequenceMeter, SequenceReader, SequenceWriter, Sink};

/// Numbers that are written as one sequence, behind a few bytes that say what they are.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    pub(super) head: Vec<u8>,
    pub(super) numbers: Vec<u64>,
}

impl Numbers {
    /// About how many bytes they take, and whether that is with contexts.
    pub(super) fn size(&self) -> (usize, bool) {
        let size = |contexts| {
            let mut meter = SequenceMeter::default();
            put(&self.numbers, contexts, &mut meter);
            meter.size()
        };
        let (without, with) = (size(false), size(true));
        (self.head.len() + 1 + without.min(with), with < without)
    }

    /// Each number in the context of the one before, where `contexts`; a byte says whether.
    pub(super) fn write(self, contexts: bool) -> Vec<u8> {
        let mut writer = SequenceWriter::default();
        put(&self.numbers, contexts, &mut writer);
        let mut out = self.head;
        out.push(u8::from(contexts));
        out.extend_from_slice(&writer.finish());
        out
    }
}

fn put(numbers: &[u64], contexts: bool, sink: &mut impl Sink) {
    let mut context = 0;
    for &number in numbers {
        sink.number(context, number);
        context = if contexts { magnitude(number) } else { 0 };
    }
}

/// Reads the inverse of [`Numbers::write`], behind the head. The caller bounds `count`.
pub(super) fn read(bytes: &[u8], count: usize) -> Option<Vec<u64>> {
    let (&contexts, rest) = bytes.split_first()?;
    let mut reader = SequenceReader::new(rest)?;
    let mut numbers = Vec::with_capacity(count);
    let mut context = 0;
    for _ in 0..count {
        let number = reader.number(context);
        context = if contexts == 1 { magnitude(number) } else { 0 };
        numbers.push(number);
    }
    (contexts <= 1 && reader.finish()).then_some(numbers)
}

/// The context of a number: about how large the one before it was.
fn magnitude(number: u64) -> u8 {
    const LARGEST: u8 = 31;
    u8::try_from(u64::BITS - number.leading_zeros()).map_or(LARGEST, |bits| bits.min(LARGEST))
}
