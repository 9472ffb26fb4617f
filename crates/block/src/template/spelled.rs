//! Words letter by letter, as often as each letter is there; those that were there before, by how long ago.

use crate::convert::{id, length, low_byte};
use crate::entropy::{SequenceMeter, SequenceReader, SequenceWriter, Sink};
use crate::ints;
use crate::recall::{self, Recall};
use crate::texts::Texts;
use crate::varint::{self, Cursor};

/// Letters may have contexts by their places in the word: so many places are told apart.
const PLACES: [u8; 3] = [1, 4, 40];

/// Writes words of one group.
pub(super) fn encode(words: &Texts, level: i32) -> Vec<u8> {
    let recall = Recall::of((0..words.len()).map(|at| words.get(at)));
    let new: Vec<&[u8]> = recall.new.iter().filter_map(|at| words.get(*at)).collect();
    let lengths: Vec<i64> = new.iter().map(|word| i64::from(id(word.len()))).collect();
    let mut out = Vec::new();
    for part in [recall.write(), ints::encode(&lengths, level)] {
        varint::write(length(part.len()), &mut out);
        out.extend_from_slice(&part);
    }
    let size = |places: &u8| {
        let mut meter = SequenceMeter::default();
        put(&new, *places, &mut meter);
        meter.size()
    };
    let places = PLACES.into_iter().min_by_key(size).unwrap_or(1);
    let mut writer = SequenceWriter::default();
    put(&new, places, &mut writer);
    out.push(places);
    out.extend_from_slice(&writer.finish());
    out
}

fn put(words: &[&[u8]], places: u8, sink: &mut impl Sink) {
    for word in words {
        for (place, letter) in word.iter().enumerate() {
            sink.symbol(context(place, places), *letter);
        }
    }
}

fn context(place: usize, places: u8) -> u8 {
    low_byte(length(place).min(u64::from(places - 1)))
}

/// Reads the inverse of [`encode`], of `count` words and at most `max` bytes.
pub(super) fn decode(bytes: &[u8], count: usize, max: usize) -> Option<Texts> {
    let mut cursor = Cursor::new(bytes);
    let mut part = || {
        let length = cursor.length()?;
        cursor.take(length)
    };
    let places = recall::read(part()?, count)?;
    let lengths = ints::decode(part()?, recall::count_new(&places))?;
    let new = read_new(cursor.rest(), &lengths, max)?;
    let numbers: Vec<u32> = (0..id(new.len())).collect();
    let mut words = Texts::default();
    for number in recall::resolve(&places, &numbers)? {
        words.push(new.get(number as usize)?);
        (words.as_bytes().len() <= max).then_some(())?;
    }
    Some(words)
}

fn read_new(bytes: &[u8], lengths: &[i64], max: usize) -> Option<Texts> {
    let (&places, letters) = bytes.split_first()?;
    PLACES.contains(&places).then_some(())?;
    let mut reader = SequenceReader::new(letters)?;
    let (mut new, mut word) = (Texts::default(), Vec::new());
    for &letters in lengths {
        let letters = usize::try_from(letters).ok()?;
        (letters <= max.checked_sub(new.as_bytes().len())?).then_some(())?;
        word.clear();
        word.extend((0..letters).map(|place| reader.symbol(context(place, places))));
        new.push(&word);
    }
    reader.finish().then_some(new)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn words_come_back(words in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..60), 0..60)) {
            let words: Texts = words.iter().map(Vec::as_slice).collect();
            prop_assert_eq!(decode(&encode(&words, 19), words.len(), 1 << 16), Some(words));
        }

        #[test]
        fn any_bytes_are_words_or_not(bytes in proptest::collection::vec(any::<u8>(), 0..120), count in 0..100_usize) {
            decode(&bytes, count, 1 << 16);
        }
    }
}
