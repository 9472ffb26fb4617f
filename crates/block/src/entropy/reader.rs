use super::bits::BitReader;
use super::model::Model;
use super::number::{extra_bits, join};
use super::{LOWEST, MAX_CONTEXTS, PRECISION, STATES, TOTAL};
use crate::convert::low_two;
use crate::varint::Cursor;

/// Reads what a [`SequenceWriter`](super::SequenceWriter) wrote, number by number.
///
/// Reading never fails: a sequence that is damaged gives wrong numbers, and [`SequenceReader::finish`]
/// says so. Whoever reads checks each number against what it may be.
#[derive(Debug)]
pub(crate) struct SequenceReader<'a> {
    tables: Vec<Table>,
    states: [u32; STATES],
    turn: usize,
    coded: &'a [u8],
    missing: bool,
    bits: BitReader<'a>,
}

/// Whose each part of the total is; nobody's in a context that does not occur.
#[derive(Debug)]
struct Table {
    /// The symbol of each part of the total; or one for all, where only one is expected.
    symbols: Vec<u8>,
    /// For each symbol where its parts begin, and how many there are.
    ranges: Vec<(u16, u16)>,
}

impl<'a> SequenceReader<'a> {
    /// `None` where the bytes do not even begin as a sequence does.
    pub(crate) fn new(bytes: &'a [u8]) -> Option<Self> {
        let mut cursor = Cursor::new(bytes);
        let contexts =
            usize::try_from(cursor.varint()?).ok().filter(|count| *count <= MAX_CONTEXTS)?;
        let tables = (0..contexts).map(|_| Table::read(&mut cursor)).collect::<Option<_>>()?;
        let length = usize::try_from(cursor.varint()?).ok()?;
        let mut coded = Cursor::new(cursor.take(length)?);
        let mut states = [0; STATES];
        for state in &mut states {
            *state = u32::from_be_bytes(coded.array()?);
        }
        let bits = BitReader::new(cursor.rest());
        Some(Self { tables, states, turn: 0, coded: coded.rest(), missing: false, bits })
    }

    /// The next number, in its context.
    pub(crate) fn number(&mut self, context: u8) -> u64 {
        let symbol = self.symbol(context);
        let extra = self.bits.take(extra_bits(symbol));
        join(symbol, extra)
    }

    /// The next symbol, in its context.
    pub(crate) fn symbol(&mut self, context: u8) -> u8 {
        let turn = self.turn;
        self.turn ^= 1;
        let (Some(table), Some(state)) =
            (self.tables.get(usize::from(context)), self.states.get_mut(turn))
        else {
            self.missing = true;
            return 0;
        };
        if let [only] = *table.symbols.as_slice() {
            return only;
        }
        let at = *state & (TOTAL - 1);
        let Some(&symbol) = table.symbols.get(at as usize) else {
            self.missing = true;
            return 0;
        };
        let (start, part) = table.ranges.get(usize::from(symbol)).copied().unwrap_or_default();
        let mut next = u32::from(part)
            .wrapping_mul(*state >> PRECISION)
            .wrapping_add(at.wrapping_sub(u32::from(start)));
        while next < LOWEST {
            let Some((&byte, rest)) = self.coded.split_first() else {
                self.missing = true;
                next |= LOWEST;
                break;
            };
            self.coded = rest;
            next = (next << 8) | u32::from(byte);
        }
        *state = next;
        symbol
    }

    /// The next bits of which nothing was expected, at most 61.
    pub(crate) fn bits(&mut self, count: u32) -> u64 {
        self.bits.take(count)
    }

    /// Whether all was read, to the last bit, and nothing more.
    pub(crate) fn finish(self) -> bool {
        !self.missing
            && self.coded.is_empty()
            && self.states == [LOWEST; STATES]
            && !self.bits.is_off()
    }
}

impl Table {
    /// An empty model is that of a context that does not occur.
    fn read(cursor: &mut Cursor<'_>) -> Option<Self> {
        if cursor.peek() == Some(0) {
            cursor.varint()?;
            return Some(Self { symbols: Vec::new(), ranges: Vec::new() });
        }
        let model = Model::read(cursor)?;
        let only = model.ranges().find(|(_, _, part)| *part == TOTAL);
        if let Some((symbol, _, _)) = only {
            return Some(Self { symbols: vec![symbol], ranges: Vec::new() });
        }
        let mut symbols = Vec::with_capacity(TOTAL as usize);
        for (symbol, start, part) in model.ranges() {
            symbols.resize((start + part) as usize, symbol);
        }
        let range = |(_, start, part)| (low_two(start), low_two(part));
        Some(Self { symbols, ranges: model.ranges().map(range).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{SequenceWriter, Sink};
    use super::*;
    use proptest::prelude::*;

    fn coded(numbers: &[(u8, u64)]) -> Vec<u8> {
        let mut writer = SequenceWriter::default();
        for &(context, number) in numbers {
            writer.number(context, number);
        }
        writer.finish()
    }

    #[test]
    fn what_is_expected_costs_nothing() {
        let same = vec![(0, 7); 100_000];
        assert!(coded(&same).len() < 20, "{}", coded(&same).len());
    }

    #[test]
    fn a_skewed_sequence_comes_close_to_its_entropy() {
        // One in 64 is different: 0.116 bits each.
        let numbers: Vec<_> = (0..64_000_u64)
            .map(|n| (0, u64::from((n.wrapping_mul(2_654_435_761) >> 7).is_multiple_of(64))))
            .collect();
        assert!(coded(&numbers).len() < 1_050, "{}", coded(&numbers).len());
    }

    fn numbers() -> impl Strategy<Value = Vec<(u8, u64)>> {
        let number = prop_oneof![0_u64..20, any::<u64>(), any::<u64>().prop_map(|n| n >> 40)];
        proptest::collection::vec((0_u8..5, number), 0..500)
    }

    proptest! {
        #[test]
        fn what_goes_in_comes_out(numbers in numbers()) {
            let bytes = coded(&numbers);
            let mut reader = SequenceReader::new(&bytes).unwrap();
            for &(context, number) in &numbers {
                prop_assert_eq!(reader.number(context), number);
            }
            prop_assert!(reader.finish());
        }

        #[test]
        fn bytes_of_any_kind_end(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            if let Some(mut reader) = SequenceReader::new(&bytes) {
                for context in 0..100 {
                    reader.number(context % 5);
                }
                reader.finish();
            }
        }
    }
}
