//! Texts of many words, and of few that differ: each as the numbers of its pieces, the most frequent ones first.

use super::values::{decode_words, encode_words};
use crate::convert::{id, length, low_byte};
use crate::entropy::{SequenceMeter, SequenceReader, SequenceWriter, Sink};
use crate::hash::{HashMap, HashSet};
use crate::ints;
use crate::texts::Texts;
use crate::varint::{self, Cursor};
use std::cmp::Reverse;

/// Where more pieces than one in so many are new, texts are no phrases.
const MAX_NEW_PART: usize = 4;
/// The most pieces that differ, in one group.
const MAX_PIECES: usize = 4_194_304;
/// Texts of fewer pieces are words.
const MIN_PIECES: usize = 3;
/// Pieces may have contexts by the piece before: so many contexts there are.
const CONTEXTS: [u8; 2] = [1, 64];

/// Whether few pieces of these texts are new.
pub(super) fn are_phrases(texts: &Texts) -> bool {
    let all = texts.iter().map(|text| pieces(text).count()).sum::<usize>();
    let mut distinct: HashSet<&[u8]> = HashSet::default();
    let mut is_few = |piece| {
        distinct.insert(piece);
        distinct.len() <= all / MAX_NEW_PART
    };
    texts.iter().flat_map(pieces).all(&mut is_few) && all >= texts.len() * MIN_PIECES
}

/// Writes texts of one group.
pub(super) fn encode(texts: &Texts, level: i32) -> Vec<u8> {
    let mut counts: HashMap<&[u8], u32> = HashMap::default();
    for piece in texts.iter().flat_map(pieces) {
        *counts.entry(piece).or_default() += 1;
    }
    let mut order: Vec<(&[u8], u32)> = counts.into_iter().collect();
    order.sort_unstable_by_key(|&(piece, count)| (Reverse(count), piece));
    let vocabulary: Texts = order.iter().map(|(piece, _)| *piece).collect();
    let ranks: HashMap<&[u8], u32> = order.into_iter().map(|(piece, _)| piece).zip(0..).collect();
    let rank = |piece| ranks.get(piece).copied().unwrap_or(0);
    let numbers: Vec<u32> = texts.iter().flat_map(pieces).map(rank).collect();
    let lengths: Vec<i64> = texts.iter().map(|text| i64::from(id(pieces(text).count()))).collect();
    write(&vocabulary, &lengths, &numbers, level)
}

/// The pieces of a text: each begins with a space, but for the first.
fn pieces(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let behind = memchr::memchr(b' ', rest.get(1..)?).map_or(rest.len(), |at| at + 1);
        let (piece, after) = rest.split_at_checked(behind)?;
        rest = after;
        Some(piece)
    })
}

fn write(vocabulary: &Texts, lengths: &[i64], numbers: &[u32], level: i32) -> Vec<u8> {
    let mut out = Vec::new();
    varint::write(length(vocabulary.len()), &mut out);
    for part in [encode_words(vocabulary, level), ints::encode(lengths, level)] {
        varint::write(length(part.len()), &mut out);
        out.extend_from_slice(&part);
    }
    let size = |contexts: &u8| {
        let mut meter = SequenceMeter::default();
        put(numbers, *contexts, &mut meter);
        meter.size()
    };
    let contexts = CONTEXTS.into_iter().min_by_key(size).unwrap_or(1);
    let mut writer = SequenceWriter::default();
    put(numbers, contexts, &mut writer);
    out.push(contexts);
    out.extend_from_slice(&writer.finish());
    out
}

fn put(numbers: &[u32], contexts: u8, sink: &mut impl Sink) {
    let mut last = 0;
    for &number in numbers {
        sink.number(context(last, contexts), u64::from(number));
        last = u64::from(number);
    }
}

fn context(last: u64, contexts: u8) -> u8 {
    low_byte(last.min(u64::from(contexts - 1)))
}

/// Reads the inverse of [`encode`], of `count` texts and at most `max` bytes.
pub(super) fn decode(bytes: &[u8], count: usize, max: usize) -> Option<Texts> {
    let mut cursor = Cursor::new(bytes);
    let pieces = cursor.length().filter(|pieces| *pieces <= MAX_PIECES)?;
    let mut part = || {
        let length = cursor.length()?;
        cursor.take(length)
    };
    let vocabulary = decode_words(part()?, pieces)?;
    let lengths = ints::decode(part()?, count)?;
    let [contexts] = cursor.array()?;
    CONTEXTS.contains(&contexts).then_some(())?;
    let mut reader = SequenceReader::new(cursor.rest())?;
    let (mut texts, mut last) = (Texts::with_room(count), 0);
    for pieces in lengths {
        texts.push_with(|text| {
            for _ in 0..pieces {
                last = reader.number(context(last, contexts));
                let piece = vocabulary.get(usize::try_from(last).ok()?)?;
                // A piece has bytes: so this ends.
                (!piece.is_empty() && text.len() + piece.len() <= max).then_some(())?;
                text.extend_from_slice(piece);
            }
            Some(())
        })?;
    }
    reader.finish().then_some(texts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn texts_of_few_words_cost_what_tells_the_words() {
        let words = ["order", "of", "a", "customer", "was", "sent", "back", "again"];
        let word = |at: usize| words[(at * at + at / 7) % 8];
        let lines = (0..2_000)
            .map(|row| (0..10).map(|at| word(row * 3 + at * row)).collect::<Vec<_>>().join(" "));
        let lines: Vec<String> = lines.collect();
        let texts: Texts = lines.iter().map(String::as_bytes).collect();
        assert!(are_phrases(&texts));
        let written = encode(&texts, 19);
        assert!(written.len() < 10 * 2_000 / 2, "{}", written.len());
        assert_eq!(decode(&written, texts.len(), 1 << 20), Some(texts));
    }

    #[test]
    fn words_that_never_come_again_are_no_phrases() {
        let lines: Vec<String> = (0..200).map(|row| format!("word{row} of{row}")).collect();
        assert!(!are_phrases(&lines.iter().map(String::as_bytes).collect()));
    }

    proptest! {
        #[test]
        fn texts_come_back(texts in proptest::collection::vec("[ab ]{0,30}", 0..60)) {
            let texts: Texts = texts.iter().map(String::as_bytes).collect();
            prop_assert_eq!(decode(&encode(&texts, 19), texts.len(), 1 << 16), Some(texts));
        }

        #[test]
        fn any_bytes_are_texts_or_not(bytes in proptest::collection::vec(any::<u8>(), 0..120), count in 0..100_usize) {
            decode(&bytes, count, 1 << 16);
        }
    }
}
