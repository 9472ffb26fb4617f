//! What a block says of its columns, as they are written.

use super::filter::Vocabulary;
use super::summary::{ColumnSummary, MAX_TALLIES, Range};
use crate::convert::length;
use crate::shred::{Column, Data};
use crate::template::Learned;

/// A column may have one token in so many rows, or [`FEW_TOKENS`].
const ROWS_PER_TOKEN: usize = 8;
const FEW_TOKENS: usize = 64;
/// Values are counted if there are no more than one in so many rows, or [`FEW_TALLIES`].
const ROWS_PER_TALLY: usize = 64;
const FEW_TALLIES: usize = 16;
/// So many bytes of texts that are like no others are looked at for tokens.
const MAX_LOOSE_BYTES: usize = 64 * 1024;

/// The tokens of a column's distinct values, which have these places.
pub(super) fn dictionary_vocabulary(column: &Column, firsts: &[usize]) -> Vocabulary {
    match &column.data {
        Data::Texts(texts) => {
            let mut values = firsts.iter().filter_map(|place| texts.get(*place));
            Vocabulary::of(most_tokens(column), Vec::new(), |visit| values.all(visit))
        }
        _ => plain_vocabulary(column),
    }
}

/// The tokens of texts that are written by templates.
pub(super) fn template_vocabulary(column: &Column, learned: &Learned) -> Vocabulary {
    Vocabulary::of(most_tokens(column), learned.references(), |visit| learned.vocabulary(visit))
}

/// The tokens of values that are written one by one.
pub(super) fn plain_vocabulary(column: &Column) -> Vocabulary {
    match &column.data {
        Data::Texts(texts) if texts.as_bytes().len() <= MAX_LOOSE_BYTES => {
            Vocabulary::of(most_tokens(column), Vec::new(), |visit| texts.iter().all(visit))
        }
        // Their tokens begin with a digit.
        Data::Ints(_) => Vocabulary::of(0, Vec::new(), |_| true),
        Data::Doubles(bits) if bits.iter().all(|bits| f64::from_bits(*bits).is_finite()) => {
            Vocabulary::of(0, Vec::new(), |_| true)
        }
        _ => Vocabulary::default(),
    }
}

fn most_tokens(column: &Column) -> usize {
    (column.len() / ROWS_PER_TOKEN).max(FEW_TOKENS)
}

/// What the summary says of a column.
pub(super) fn summary(column: &Column, tallies: Option<Vec<u64>>) -> ColumnSummary {
    let range = match &column.data {
        Data::Ints(values) => Range::of_ints(values),
        Data::Doubles(bits) => Range::of_doubles(bits),
        _ => None,
    };
    ColumnSummary { values: length(column.len()), range, tallies }
}

/// How often each number is there; `None` where there are too many.
pub(super) fn counts(ids: &[u32], distinct: usize) -> Option<Vec<u64>> {
    let most = (ids.len() / ROWS_PER_TALLY).clamp(FEW_TALLIES, MAX_TALLIES);
    let mut counts = (distinct <= most).then(|| vec![0; distinct])?;
    for &id in ids {
        if let Some(count) = counts.get_mut(id as usize) {
            *count += 1;
        }
    }
    Some(counts)
}
