//! Values that were there a little while ago: how many other values ago, instead of the value again.

use crate::convert::id;
use crate::correlate::Recency;
use crate::entropy::{SequenceReader, SequenceWriter, Sink};
use crate::hash::HashMap;
use std::hash::Hash;

/// Not there before, in this chunk.
const NEW: u64 = 0;

/// Which of a chunk's values were there before.
#[derive(Debug, Default)]
pub(crate) struct Recall {
    /// For each value 0 where it is new, else 1 more than how many others were there since.
    numbers: Vec<u64>,
    /// The places of the new ones.
    pub(crate) new: Vec<usize>,
}

impl Recall {
    pub(crate) fn of<T: Hash + Eq>(values: impl ExactSizeIterator<Item = T>) -> Self {
        let mut recency = Recency::new(values.len());
        let mut last: HashMap<T, usize> = HashMap::default();
        let mut found = Self::default();
        for (place, value) in values.enumerate() {
            found.numbers.push(if let Some(before) = last.insert(value, place) {
                let since = recency.since(before);
                recency.unmark(before);
                1 + u64::from(since)
            } else {
                found.new.push(place);
                NEW
            });
            recency.mark(place);
        }
        found
    }

    /// Puts the numbers, each in the context of the one before.
    pub(crate) fn put(&self, sink: &mut impl Sink) {
        let mut last = NEW;
        for &number in &self.numbers {
            sink.number(context(last), number);
            last = number;
        }
    }

    pub(crate) fn write(&self) -> Vec<u8> {
        let mut writer = SequenceWriter::default();
        self.put(&mut writer);
        writer.finish()
    }
}

/// New, the one before, the one before that, a little while ago, long ago.
fn context(number: u64) -> u8 {
    match number {
        NEW => 0,
        1 => 1,
        2 => 2,
        3..16 => 3,
        _ => 4,
    }
}

/// For each of `count` values the place where it was first, its own where it is new.
pub(crate) fn read(bytes: &[u8], count: usize) -> Option<Vec<u32>> {
    let mut reader = SequenceReader::new(bytes)?;
    // The places of the values that were there, the last at the end.
    let mut seen: Vec<u32> = Vec::new();
    let mut places = Vec::with_capacity(count);
    let mut last = NEW;
    for place in 0..id(count) {
        let number = reader.number(context(last));
        last = number;
        if number == NEW {
            seen.push(place);
        } else {
            let at = seen.len().checked_sub(usize::try_from(number).ok()?)?;
            seen.get_mut(at..)?.rotate_left(1);
        }
        places.push(*seen.last()?);
    }
    reader.finish().then_some(places)
}

/// How many are new.
pub(crate) fn count_new(places: &[u32]) -> usize {
    (0_u32..).zip(places).filter(|(place, from)| place == *from).count()
}

/// Puts the new values in their places, and the others behind them.
pub(crate) fn resolve<T: Copy>(places: &[u32], new: &[T]) -> Option<Vec<T>> {
    let mut new = new.iter();
    let mut values = Vec::with_capacity(places.len());
    for (place, &from) in (0_u32..).zip(places) {
        let value = if from == place { *new.next()? } else { *values.get(from as usize)? };
        values.push(value);
    }
    Some(values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn values_come_back(values in proptest::collection::vec(0..30_u32, 0..300)) {
            let recall = Recall::of(values.iter());
            let new: Vec<u32> = recall.new.iter().map(|place| values[*place]).collect();
            let places = read(&recall.write(), values.len()).expect("places");
            prop_assert_eq!(count_new(&places), new.len());
            prop_assert_eq!(resolve(&places, &new), Some(values));
        }

        #[test]
        fn any_bytes_are_places_or_not(bytes in proptest::collection::vec(any::<u8>(), 0..100), count in 0..200_usize) {
            if let Some(places) = read(&bytes, count) {
                prop_assert!((0_u32..).zip(&places).all(|(place, from)| *from <= place));
            }
        }
    }
}
