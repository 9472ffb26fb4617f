//! Whole numbers: times, counts, lengths, numbers found in text. One chunk decodes alone.
//!
//! A chunk begins with the way it was written: see [`Way`]. The shortest is kept.

mod distinct;
mod keyed;
mod numbers;
mod recalled;
mod steps;

use crate::varint::{self, Cursor, unzigzag, zigzag};
use distinct::Distinct;
use numbers::Numbers;

/// How numbers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// All are the same: that number.
    Same = 0,
    /// Each by itself, as its distance from the least.
    Plain = 1,
    /// Each as the step from the one before.
    Step = 2,
    /// Each as the change of the step.
    StepOfStep = 3,
    /// The distinct numbers once, the most frequent first, then each as its place among them.
    Distinct = 4,
    /// [`Way::Step`], as bytes that are searched for repetitions.
    Repeating = 5,
    /// Each as the step from the last that had the same key.
    Keyed = 6,
    /// Each as how long ago it was there, and the new ones in another way.
    Recalled = 7,
}

/// Numbers made ready for one of the ways that write a sequence.
enum Prepared {
    Numbers(Numbers, bool),
    Distinct(Distinct),
}

/// Writes a chunk; `level` is zstd's for the ways that use it.
pub(crate) fn encode(values: &[i64], level: i32) -> Vec<u8> {
    encode_keyed(values, None, level)
}

/// Writes a chunk of numbers that may continue those of the same key; the reader has to know the keys.
pub(crate) fn encode_keyed(values: &[i64], keys: Option<&[u32]>, level: i32) -> Vec<u8> {
    let first = values.first().copied().unwrap_or(0);
    if values.iter().all(|value| *value == first) {
        let mut out = vec![Way::Same as u8];
        varint::write(zigzag(first), &mut out);
        return out;
    }
    let mut shortest = sequence(values, keys);
    if let Some(bytes) = recalled::encode(values, level) {
        let recalled = chunk(Way::Recalled, &bytes);
        if recalled.len() < shortest.len() {
            shortest = recalled;
        }
    }
    let repeating = steps::repeating(values, level, shortest.len());
    repeating.map_or(shortest, |bytes| chunk(Way::Repeating, &bytes))
}

/// The shortest, as far as their sizes are known before, of the ways that write a sequence.
fn sequence(values: &[i64], keys: Option<&[u32]>) -> Vec<u8> {
    let ways = [Way::Plain, Way::Step, Way::StepOfStep, Way::Distinct, Way::Keyed];
    let prepared = ways.into_iter().filter_map(|way| {
        let (size, prepared) = prepare(way, values, keys)?;
        Some((size, way, prepared))
    });
    match prepared.min_by_key(|(size, ..)| *size) {
        Some((_, way, prepared)) => chunk(way, &prepared.write()),
        None => Vec::new(),
    }
}

/// Makes numbers ready for a way, and tells about how long that is.
fn prepare(way: Way, values: &[i64], keys: Option<&[u32]>) -> Option<(usize, Prepared)> {
    let numbers = match way {
        Way::Plain => steps::plain(values),
        Way::Step => steps::first_order(values),
        Way::StepOfStep => steps::second_order(values),
        Way::Distinct => {
            let distinct = Distinct::of(values)?;
            return Some((distinct.size(), Prepared::Distinct(distinct)));
        }
        Way::Keyed => keyed::steps(values, keys?),
        Way::Same | Way::Repeating | Way::Recalled => return None,
    };
    let (size, contexts) = numbers.size();
    Some((size, Prepared::Numbers(numbers, contexts)))
}

impl Prepared {
    fn write(self) -> Vec<u8> {
        match self {
            Self::Numbers(numbers, contexts) => numbers.write(contexts),
            Self::Distinct(distinct) => distinct.write(),
        }
    }
}

fn chunk(way: Way, bytes: &[u8]) -> Vec<u8> {
    [&[way as u8], bytes].concat()
}

/// Reads a chunk of `count` numbers; `None` where it is none. A few bytes may be many numbers: the caller
/// bounds `count`.
pub(crate) fn decode(bytes: &[u8], count: usize) -> Option<Vec<i64>> {
    decode_keyed(bytes, count, None)
}

/// The inverse of [`encode_keyed`].
pub(crate) fn decode_keyed(bytes: &[u8], count: usize, keys: Option<&[u32]>) -> Option<Vec<i64>> {
    let (&way, rest) = bytes.split_first()?;
    match way {
        0 => {
            let mut cursor = Cursor::new(rest);
            let value = unzigzag(cursor.varint()?);
            cursor.rest().is_empty().then(|| vec![value; count])
        }
        1 => steps::read_plain(rest, count),
        2 => steps::read_first_order(rest, count),
        3 => steps::read_second_order(rest, count),
        4 => distinct::decode(rest, count),
        5 => steps::read_repeating(rest, count),
        6 => keyed::read(rest, count, keys?),
        7 => recalled::decode(rest, count),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn size(values: &[i64]) -> usize {
        let bytes = encode(values, 3);
        assert_eq!(decode(&bytes, values.len()).as_deref(), Some(values));
        bytes.len()
    }

    #[test]
    fn regular_numbers_cost_next_to_nothing() {
        assert!(size(&vec![i64::MIN; 10_000]) < 12);
        assert!(size(&(0..10_000).collect::<Vec<_>>()) < 30);
        assert!(size(&(0..10_000).map(|n| 1_700_000_000_000 + n * 1_000).collect::<Vec<_>>()) < 40);
        let days: Vec<_> = (0..10_000).map(|n| i64::from(n % 7 == 0)).collect();
        assert!(size(&days) < 60, "{}", size(&days));
    }

    #[test]
    fn few_distinct_numbers_cost_their_entropy() {
        let codes = [200, 200, 200, 304, 200, 404, 200, 500];
        let values: Vec<_> = (0..16_000_usize).map(|n| codes[(n * n + n / 7) % 8]).collect();
        assert!(size(&values) < 16_000 * 2 / 8, "{}", size(&values));
    }

    fn numbers() -> impl Strategy<Value = Vec<i64>> {
        prop_oneof![
            proptest::collection::vec(any::<i64>(), 0..300),
            proptest::collection::vec(-20..20_i64, 0..300),
            proptest::collection::vec(prop_oneof![Just(i64::MIN), Just(i64::MAX), Just(0)], 0..50),
        ]
    }

    proptest! {
        #[test]
        fn decode_is_the_inverse_of_encode(values in numbers()) {
            size(&values);
        }

        #[test]
        fn every_way_round_trips(values in numbers()) {
            let keys: Vec<u32> = values.iter().map(|value| u32::from(value % 3 == 0)).collect();
            for way in [Way::Plain, Way::Step, Way::StepOfStep, Way::Distinct, Way::Keyed] {
                if let Some((_, prepared)) = prepare(way, &values, Some(&keys)) {
                    let chunk = chunk(way, &prepared.write());
                    let read = decode_keyed(&chunk, values.len(), Some(&keys));
                    prop_assert_eq!(read, Some(values.clone()), "{:?}", way);
                }
            }
            let chunk = chunk(Way::Repeating, &steps::repeating(&values, 1, usize::MAX).unwrap());
            prop_assert_eq!(decode(&chunk, values.len()), Some(values), "repeating");
        }

        #[test]
        fn any_bytes_are_numbers_or_not(bytes in proptest::collection::vec(any::<u8>(), 0..200), count in 0..1_000_usize) {
            decode(&bytes, count);
        }
    }
}
