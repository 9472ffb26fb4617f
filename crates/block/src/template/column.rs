use super::clock::Clock;
use super::digits::{self, guarded};
use super::fields::{FieldsOfRow, RowTime};
use super::hex::{self, Hex};
use super::kind::Kind;
use super::phrases;
use super::shape::{Filling, Part};
use super::spelled;
use super::streams::{MEASURED_LEVEL, MEASURING_LEVEL};
use super::uuid;
use super::values::{Values, encode_words};
use crate::hash::HashMap;
use crate::ints;
use crate::texts::Texts;
use std::ops::Range;

/// A word is written as a place in a list if the list has at most this part of the words.
const LIST_PART: usize = 3;
/// High levels make of what [`MEASURING_LEVEL`] makes no less than this, in hundredths.
const HOPED_PERCENT: usize = 75;
/// So many values say what all will cost.
const SAMPLE: usize = 16_384;

/// What fills a slot, or slots that go together, text by text.
#[derive(Debug)]
pub(super) enum Column {
    /// 10 to the power of how many digits there are, plus the number that they are.
    Digits(Vec<i64>),
    /// The times, and how far each is from the record's own.
    Times {
        clock: Clock,
        times: Vec<i64>,
        beside: Vec<i64>,
        /// How far with the nanoseconds of this column, where there is one.
        fine: Vec<i64>,
        nanos: Option<u32>,
    },
    Words(Texts),
    Addresses(Vec<i64>),
    Uuids(Vec<u128>),
}

impl Column {
    /// An empty one for a slot.
    pub(super) fn new(slot: &Part) -> Self {
        match slot {
            Part::Digits => Self::Digits(Vec::new()),
            Part::Time(clock) => {
                let (times, beside, fine) = Default::default();
                Self::Times { clock: *clock, times, beside, fine, nanos: None }
            }
            Part::Address => Self::Addresses(Vec::new()),
            Part::Uuid => Self::Uuids(Vec::new()),
            _ => Self::Words(Texts::default()),
        }
    }

    /// An empty one of the same sort.
    pub(super) fn empty(&self) -> Self {
        match self {
            Self::Digits(_) => Self::Digits(Vec::new()),
            Self::Times { clock, .. } => Self::new(&Part::Time(*clock)),
            Self::Words(_) => Self::Words(Texts::default()),
            Self::Addresses(_) => Self::Addresses(Vec::new()),
            Self::Uuids(_) => Self::Uuids(Vec::new()),
        }
    }

    /// Adds what fills a slot.
    pub(super) fn push(&mut self, filling: &Filling<'_>, time: FieldsOfRow<'_>) {
        match (self, filling) {
            (Self::Digits(numbers), Filling::Digits(digits)) => numbers.push(guarded(digits)),
            (Self::Times { clock, times, beside, fine, nanos }, Filling::Time(number)) => {
                times.push(*number);
                beside.push(number.wrapping_sub(time.coarse(clock.per_second())));
                *nanos = time.nanos_column();
                fine.extend(
                    nanos.map(|nanos| number.wrapping_sub(time.fine(clock.per_second(), nanos))),
                );
            }
            (Self::Words(words), Filling::Word(word)) => words.push(word),
            (Self::Addresses(numbers), Filling::Address(number)) => numbers.push(*number),
            (Self::Uuids(uuids), Filling::Uuid(uuid)) => uuids.push(*uuid),
            _ => {}
        }
    }

    /// Adds a value of another column of the same sort.
    pub(super) fn push_of(&mut self, other: &Self, at: usize) {
        match (self, other) {
            (Self::Digits(to), Self::Digits(from))
            | (Self::Addresses(to), Self::Addresses(from)) => to.extend(from.get(at)),
            (
                Self::Times { times, beside, fine, nanos, .. },
                Self::Times { times: from, beside: too, fine: finely, nanos: column, .. },
            ) => {
                times.extend(from.get(at));
                beside.extend(too.get(at));
                fine.extend(finely.get(at));
                *nanos = *column;
            }
            (Self::Uuids(to), Self::Uuids(from)) => to.extend(from.get(at)),
            (Self::Words(to), Self::Words(from)) => to.push(from.get(at).unwrap_or_default()),
            _ => {}
        }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Digits(numbers) | Self::Addresses(numbers) => numbers.len(),
            Self::Times { times, .. } => times.len(),
            Self::Words(words) => words.len(),
            Self::Uuids(uuids) => uuids.len(),
        }
    }

    /// A value as it stands in the text, of words and UUIDs.
    pub(super) fn text(&self, at: usize) -> Option<Vec<u8>> {
        let mut text = Vec::new();
        match self {
            Self::Words(words) => text.extend_from_slice(words.get(at)?),
            Self::Uuids(uuids) => uuid::write(*uuids.get(at)?, &mut text),
            _ => return None,
        }
        Some(text)
    }

    /// About how many bytes it takes.
    pub(super) fn cost(&self, level: i32) -> usize {
        let kind = self.kind(level);
        let mut bytes = Vec::new();
        kind.write(&mut bytes);
        let sample = self.len().min(SAMPLE);
        let encoded = kind.values(self, 0..sample).encode(level).len();
        bytes.len() + encoded * self.len() / sample.max(1)
    }

    /// How it is best written.
    pub(super) fn kind(&self, level: i32) -> Kind {
        match self {
            Self::Digits(numbers) => Kind::of_digits(numbers),
            Self::Times { clock, times, beside, fine, nanos } => {
                let size = |times: &[i64]| {
                    let sample = times.get(..times.len().min(SAMPLE)).unwrap_or_default();
                    ints::encode(sample, 1).len()
                };
                let kinds = [(Kind::Absolute(*clock), times), (Kind::Beside(*clock), beside)];
                let finely = nanos.map(|nanos| (Kind::Finely(*clock, nanos), fine));
                let kinds = kinds.into_iter().chain(finely);
                let shortest = kinds.min_by_key(|(_, times)| size(times));
                shortest.map_or(Kind::Absolute(*clock), |(kind, _)| kind)
            }
            Self::Words(words) => words_kind(words, level),
            Self::Uuids(_) => Kind::Uuids,
            Self::Addresses(_) => Kind::Addresses,
        }
    }
}

fn words_kind(words: &Texts, level: i32) -> Kind {
    if let Some(hex) = Hex::of(words) {
        return Kind::Hex(hex);
    }
    let most = words.len() / LIST_PART;
    let mut counts: HashMap<&[u8], usize> = HashMap::default();
    for word in words.iter() {
        *counts.entry(word).or_default() += 1;
        if counts.len() > most {
            return as_they_are(words, level);
        }
    }
    let mut list: Vec<(&[u8], usize)> = counts.into_iter().collect();
    list.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    Kind::Listed(list.into_iter().map(|(word, _)| word).collect())
}

/// How words are written that are too different for a list.
fn as_they_are(words: &Texts, level: i32) -> Kind {
    if level < MEASURED_LEVEL {
        return Kind::Plain;
    }
    let sample: Texts = words.iter().take(SAMPLE).collect();
    let (kind, size) = if phrases::are_phrases(&sample) {
        (Kind::Phrases, phrases::encode(&sample, level).len())
    } else {
        (Kind::Spelled, spelled::encode(&sample, level).len())
    };
    let plain = encode_words(&sample, MEASURING_LEVEL).len();
    let is_shorter = size < plain
        && (size < plain / 100 * HOPED_PERCENT || size < encode_words(&sample, level).len());
    if is_shorter { kind } else { Kind::Plain }
}

impl Kind {
    /// What a range of a column is written as.
    pub(super) fn values(&self, column: &Column, range: Range<usize>) -> Values {
        match (column, self) {
            (Column::Digits(numbers), Self::Natural | Self::Padded(_)) => {
                let numbers = numbers.get(range).unwrap_or_default().iter();
                Values::Ints(numbers.map(|number| digits::number(*number)).collect())
            }
            (Column::Times { beside, .. }, Self::Beside(_)) => slice(beside, range),
            (Column::Times { fine, .. }, Self::Finely(..)) => slice(fine, range),
            (Column::Uuids(uuids), _) => {
                Values::Uuids(uuids.get(range).unwrap_or_default().to_vec())
            }
            (
                Column::Times { times: numbers, .. }
                | Column::Digits(numbers)
                | Column::Addresses(numbers),
                _,
            ) => slice(numbers, range),
            (Column::Words(words), Self::Listed(list)) => {
                let places: HashMap<&[u8], i64> = list.iter().zip(0..).collect();
                let place = |word| places.get(word).copied().unwrap_or(0);
                Values::Ints(range.filter_map(|at| words.get(at)).map(place).collect())
            }
            (Column::Words(words), Self::Hex(_)) => {
                Values::Packed(range.filter_map(|at| words.get(at)).flat_map(hex::pack).collect())
            }
            (Column::Words(words), Self::Spelled) => {
                Values::Spelled(range.filter_map(|at| words.get(at)).collect())
            }
            (Column::Words(words), Self::Phrases) => {
                Values::Phrases(range.filter_map(|at| words.get(at)).collect())
            }
            (Column::Words(words), _) => {
                Values::Words(range.filter_map(|at| words.get(at)).collect())
            }
        }
    }
}

fn slice(numbers: &[i64], range: Range<usize>) -> Values {
    Values::Ints(numbers.get(range).unwrap_or_default().to_vec())
}
