//! What fills the slots: a column for each slot of each template, and how these are written.

use super::clock::Clock;
use super::shape::{Filling, Part, Templates};
use super::token::MAX_DIGITS;
use crate::ints;
use crate::texts::Texts;
use crate::varint::{self, Cursor, unzigzag, zigzag};
use std::collections::HashMap;
use std::ops::Range;

/// Slots of templates with fewer texts in a group are written together with others.
const OWN_CHUNK: usize = 256;
/// The most bytes that the texts of one group's slots take when read.
const MAX_GROUP_BYTES: usize = 256 * 1024 * 1024;
/// A word is written as a number of a list if the list has at most this part of the words.
const LIST_PART: usize = 3;

/// The columns of all slots, filled text by text.
#[derive(Debug)]
pub(crate) struct SlotColumns {
    /// For each template its slots.
    templates: Vec<Vec<Column>>,
    /// How many texts each template has.
    texts: Vec<usize>,
}

/// What one slot holds, text by text.
#[derive(Debug)]
enum Column {
    /// 10 to the power of how many digits there are, plus the number that they are.
    Digits(Vec<i64>),
    /// The times, and how far each is from the record's own.
    Times {
        clock: Clock,
        times: Vec<i64>,
        beside: Vec<i64>,
    },
    Words(Texts),
}

/// How a slot is written, the same in every group.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    /// Digits without leading zeros.
    Natural,
    /// So many digits.
    Padded(u8),
    /// Digits with a 1 before them.
    Guarded,
    /// Times.
    Absolute(Clock),
    /// Times as their distance from the record's own.
    Beside(Clock),
    /// Words as places in a list.
    Listed(Texts),
    /// So many hexadecimal digits, of this case.
    Hex { digits: u8, upper: bool },
    /// Words as they are.
    Plain,
}

impl SlotColumns {
    pub(super) fn new(templates: &Templates) -> Self {
        let column = |part: &Part| match part {
            Part::Digits => Column::Digits(Vec::new()),
            Part::Time(clock) => {
                Column::Times { clock: *clock, times: Vec::new(), beside: Vec::new() }
            }
            _ => Column::Words(Texts::default()),
        };
        let columns = templates.0.iter().map(|template| template.slots().map(column).collect());
        Self { templates: columns.collect(), texts: vec![0; templates.0.len()] }
    }

    /// Adds what fills a text of this template; `time` is the record's own, in units of a second's part.
    pub(super) fn add(
        &mut self,
        template: u32,
        fillings: &[Filling<'_>],
        time: impl Fn(i64) -> i64,
    ) {
        if let Some(texts) = self.texts.get_mut(template as usize) {
            *texts += 1;
        }
        let columns = self.templates.get_mut(template as usize).into_iter().flatten();
        for (column, filling) in columns.zip(fillings) {
            match (column, filling) {
                (Column::Digits(numbers), Filling::Digits(digits)) => numbers.push(guarded(digits)),
                (Column::Times { clock, times, beside }, Filling::Time(number)) => {
                    times.push(*number);
                    beside.push(number.wrapping_sub(time(clock.per_second())));
                }
                (Column::Words(words), Filling::Word(word)) => words.push(word),
                _ => {}
            }
        }
    }

    /// What all groups need, and each group's chunk. `groups` are ranges of texts, `ids` their templates.
    pub(crate) fn encode(
        &self,
        ids: &[u32],
        groups: &[Range<usize>],
        level: i32,
    ) -> (Vec<u8>, Vec<Vec<u8>>) {
        let kinds: Vec<Vec<Kind>> = self
            .templates
            .iter()
            .map(|columns| columns.iter().map(|column| column.kind(level)).collect())
            .collect();
        let mut raw = Vec::new();
        for kind in kinds.iter().flatten() {
            kind.write(&mut raw);
        }
        let mut shared = Vec::new();
        varint::write(raw.len() as u64, &mut shared);
        shared.extend_from_slice(&zstd::bulk::compress(&raw, level).unwrap_or_default());
        let mut done = vec![0; self.templates.len()];
        let chunks = groups.iter().map(|group| {
            let counts = counts(ids.get(group.clone()).unwrap_or_default(), self.templates.len());
            let chunk = self.encode_group(&kinds, &done, &counts, level);
            for (done, count) in done.iter_mut().zip(counts) {
                *done += count;
            }
            chunk
        });
        let chunks = chunks.collect();
        (shared, chunks)
    }

    fn encode_group(
        &self,
        kinds: &[Vec<Kind>],
        done: &[usize],
        counts: &[usize],
        level: i32,
    ) -> Vec<u8> {
        let mut out = Vec::new();
        let mut pool = Pool::default();
        for (template, &count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            let start = done.get(template).copied().unwrap_or(0);
            let columns = self.templates.get(template).into_iter().flatten();
            for (column, kind) in columns.zip(kinds.get(template).into_iter().flatten()) {
                let part = column.part(kind, start..start + count);
                if count < OWN_CHUNK {
                    pool.add(&part);
                } else {
                    let chunk = part.encode(level);
                    varint::write(chunk.len() as u64, &mut out);
                    out.extend_from_slice(&chunk);
                }
            }
        }
        pool.write(&mut out, level);
        out
    }
}

fn counts(ids: &[u32], templates: usize) -> Vec<usize> {
    let mut counts = vec![0; templates];
    for &id in ids {
        if let Some(count) = counts.get_mut(id as usize) {
            *count += 1;
        }
    }
    counts
}

/// Digits with a 1 before them: leading zeros are not lost.
fn guarded(digits: &[u8]) -> i64 {
    digits.iter().fold(1, |number, digit| number * 10 + i64::from(digit.wrapping_sub(b'0')))
}

/// How many digits a guarded number stands for, and their number.
fn unguarded(guarded: i64) -> (u32, i64) {
    let digits = guarded.checked_ilog10().unwrap_or(0);
    (digits, guarded - 10_i64.pow(digits))
}

/// Whether the digits have no leading zero that another number of digits would not give.
fn is_natural(guarded: i64) -> bool {
    let (digits, number) = unguarded(guarded);
    digits == number.checked_ilog10().unwrap_or(0) + 1
}

/// Numbers or words of one slot in one group, as they are written.
enum Values {
    Ints(Vec<i64>),
    Words(Texts),
    /// Raw bytes, of so many a word.
    Packed(Vec<u8>),
}

impl Column {
    fn kind(&self, level: i32) -> Kind {
        match self {
            Self::Digits(numbers) => digits_kind(numbers),
            Self::Times { clock, times, beside } => {
                let size = |numbers: &[i64]| {
                    ints::encode(
                        numbers.get(..numbers.len().min(16_384)).unwrap_or_default(),
                        level.min(3),
                    )
                    .len()
                };
                if size(beside) < size(times) {
                    Kind::Beside(*clock)
                } else {
                    Kind::Absolute(*clock)
                }
            }
            Self::Words(words) => words_kind(words),
        }
    }

    fn part(&self, kind: &Kind, range: Range<usize>) -> Values {
        match (self, kind) {
            (Self::Digits(numbers), kind) => {
                let numbers = numbers.get(range).unwrap_or_default();
                Values::Ints(match kind {
                    Kind::Guarded => numbers.to_vec(),
                    _ => numbers.iter().map(|number| unguarded(*number).1).collect(),
                })
            }
            (Self::Times { beside, .. }, Kind::Beside(_)) => {
                Values::Ints(beside.get(range).unwrap_or_default().to_vec())
            }
            (Self::Times { times, .. }, _) => {
                Values::Ints(times.get(range).unwrap_or_default().to_vec())
            }
            (Self::Words(words), kind) => {
                let part = range.filter_map(|at| words.get(at));
                match kind {
                    Kind::Listed(list) => {
                        let places: HashMap<&[u8], i64> = list.iter().zip(0..).collect();
                        Values::Ints(
                            part.map(|word| places.get(word).copied().unwrap_or(0)).collect(),
                        )
                    }
                    Kind::Hex { .. } => Values::Packed(part.flat_map(pack_hex).collect()),
                    _ => Values::Words(part.collect()),
                }
            }
        }
    }
}

fn digits_kind(numbers: &[i64]) -> Kind {
    if numbers.iter().all(|number| is_natural(*number)) {
        return Kind::Natural;
    }
    let length = |number: &i64| unguarded(*number).0;
    let first = numbers.first().map_or(0, length);
    if numbers.iter().all(|number| length(number) == first) {
        Kind::Padded(first as u8)
    } else {
        Kind::Guarded
    }
}

fn words_kind(words: &Texts) -> Kind {
    if let Some(hex) = hex_kind(words) {
        return hex;
    }
    let mut counts: HashMap<&[u8], usize> = HashMap::new();
    for word in words.iter() {
        *counts.entry(word).or_default() += 1;
    }
    if counts.len() > words.len() / LIST_PART {
        return Kind::Plain;
    }
    let mut list: Vec<(&[u8], usize)> = counts.into_iter().collect();
    list.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    Kind::Listed(list.into_iter().map(|(word, _)| word).collect())
}

/// Words that are all hexadecimal, of one length and case, and differ.
fn hex_kind(words: &Texts) -> Option<Kind> {
    let first = words.get(0)?;
    let digits = u8::try_from(first.len()).ok().filter(|digits| *digits >= 6 && digits % 2 == 0)?;
    let all = |is_digit: fn(u8) -> bool| {
        words
            .iter()
            .all(|word| word.len() == first.len() && word.iter().all(|byte| is_digit(*byte)))
    };
    let lower = all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let upper = !lower && all(|byte| matches!(byte, b'0'..=b'9' | b'A'..=b'F'));
    let mut seen = std::collections::HashSet::new();
    let differ = words.iter().take(1_000).filter(|word| seen.insert(*word)).count() * 2
        > words.len().min(1_000);
    ((lower || upper) && differ).then_some(Kind::Hex { digits, upper })
}

fn pack_hex(word: &[u8]) -> Vec<u8> {
    let nibble = |byte: u8| match byte {
        b'0'..=b'9' => byte - b'0',
        b'a'..=b'f' => byte - b'a' + 10,
        b'A'..=b'F' => byte - b'A' + 10,
        _ => 0,
    };
    word.chunks(2)
        .map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | nibble(*digit)))
        .collect()
}

fn unpack_hex(bytes: &[u8], upper: bool) -> Vec<u8> {
    let digits = if upper { b"0123456789ABCDEF" } else { b"0123456789abcdef" };
    let digit = |nibble: u8| digits.get(usize::from(nibble & 15)).copied().unwrap_or(b'0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}

impl Values {
    fn encode(&self, level: i32) -> Vec<u8> {
        match self {
            Self::Ints(values) => ints::encode(values, level),
            Self::Packed(bytes) => bytes.clone(),
            Self::Words(words) => encode_words(words, level),
        }
    }
}

/// The lengths, then the words, compressed.
pub(crate) fn encode_words(words: &Texts, level: i32) -> Vec<u8> {
    let lengths: Vec<i64> = words.iter().map(|word| word.len() as i64).collect();
    let lengths = ints::encode(&lengths, level);
    let mut out = Vec::new();
    varint::write(lengths.len() as u64, &mut out);
    out.extend_from_slice(&lengths);
    varint::write(words.as_bytes().len() as u64, &mut out);
    out.extend_from_slice(&zstd::bulk::compress(words.as_bytes(), level).unwrap_or_default());
    out
}

pub(crate) fn decode_words(bytes: &[u8], count: usize) -> Option<Texts> {
    let mut cursor = Cursor::new(bytes);
    let length = cursor.length()?;
    let lengths = ints::decode(cursor.take(length)?, count)?;
    let size = cursor.length().filter(|size| *size <= MAX_GROUP_BYTES)?;
    Texts::from_parts(zstd::bulk::decompress(cursor.rest(), size).ok()?, &lengths)
}

/// What is too little for chunks of its own: one after another, compressed together.
#[derive(Default)]
struct Pool {
    raw: Vec<u8>,
}

impl Pool {
    fn add(&mut self, values: &Values) {
        match values {
            Values::Ints(values) => {
                let mut previous = 0_i64;
                for &value in values {
                    varint::write(zigzag(value.wrapping_sub(previous)), &mut self.raw);
                    previous = value;
                }
            }
            Values::Packed(bytes) => self.raw.extend_from_slice(bytes),
            Values::Words(words) => {
                for word in words.iter() {
                    varint::write(word.len() as u64, &mut self.raw);
                    self.raw.extend_from_slice(word);
                }
            }
        }
    }

    fn write(self, out: &mut Vec<u8>, level: i32) {
        varint::write(self.raw.len() as u64, out);
        if !self.raw.is_empty() {
            out.extend_from_slice(&zstd::bulk::compress(&self.raw, level).unwrap_or_default());
        }
    }
}

impl Kind {
    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Natural => out.push(0),
            Self::Padded(digits) => out.extend_from_slice(&[1, *digits]),
            Self::Guarded => out.push(2),
            Self::Absolute(_) => out.push(3),
            Self::Beside(_) => out.push(4),
            Self::Listed(list) => {
                out.push(5);
                varint::write(list.len() as u64, out);
                for word in list.iter() {
                    varint::write(word.len() as u64, out);
                    out.extend_from_slice(word);
                }
            }
            Self::Hex { digits, upper } => out.extend_from_slice(&[6, *digits, u8::from(*upper)]),
            Self::Plain => out.push(7),
        }
    }

    fn read(cursor: &mut Cursor<'_>, part: &Part) -> Option<Self> {
        let [kind] = cursor.array()?;
        Some(match (kind, part) {
            (0, Part::Digits) => Self::Natural,
            (1, Part::Digits) => {
                let [digits] = cursor.array()?;
                Some(Self::Padded(digits)).filter(|_| usize::from(digits) <= MAX_DIGITS)?
            }
            (2, Part::Digits) => Self::Guarded,
            (3, Part::Time(clock)) => Self::Absolute(*clock),
            (4, Part::Time(clock)) => Self::Beside(*clock),
            (5, Part::Word | Part::Rest) => {
                let length = cursor.length()?;
                let mut list = Texts::default();
                for _ in 0..length {
                    let length = cursor.length()?;
                    list.push(cursor.take(length)?);
                }
                Self::Listed(list)
            }
            (6, Part::Word | Part::Rest) => {
                let [digits, upper] = cursor.array()?;
                Self::Hex { digits, upper: upper == 1 }
            }
            (7, Part::Word | Part::Rest) => Self::Plain,
            _ => return None,
        })
    }

    /// Reads `count` values from a chunk of their own.
    fn decode(&self, bytes: &[u8], count: usize) -> Option<Values> {
        Some(match self {
            Self::Plain => Values::Words(decode_words(bytes, count)?),
            Self::Hex { digits, .. } => {
                let expected = count.checked_mul(usize::from(*digits) / 2)?;
                Values::Packed((bytes.len() == expected).then(|| bytes.to_vec())?)
            }
            _ => Values::Ints(ints::decode(bytes, count)?),
        })
    }

    /// Reads `count` values from the pool.
    fn decode_pooled(&self, pool: &mut Cursor<'_>, count: usize) -> Option<Values> {
        Some(match self {
            Self::Plain => {
                let mut words = Texts::default();
                for _ in 0..count {
                    let length = pool.length()?;
                    words.push(pool.take(length)?);
                }
                Values::Words(words)
            }
            Self::Hex { digits, .. } => {
                Values::Packed(pool.take(count.checked_mul(usize::from(*digits) / 2)?)?.to_vec())
            }
            _ => {
                let mut previous = 0_i64;
                let next = |_| {
                    previous = previous.wrapping_add(unzigzag(pool.varint()?));
                    Some(previous)
                };
                Values::Ints((0..count).map(next).collect::<Option<_>>()?)
            }
        })
    }
}

/// Reads the slots of a text column.
#[derive(Debug)]
pub(crate) struct SlotReader {
    /// For each template its slots.
    kinds: Vec<Vec<Kind>>,
}

/// The slots of one group, each with the place that is read next.
pub(crate) struct GroupSlots<'r> {
    reader: &'r SlotReader,
    values: Vec<Vec<Values>>,
    next: Vec<usize>,
}

impl SlotReader {
    /// Reads what all groups need.
    pub(crate) fn read(shared: &[u8], templates: &Templates) -> Option<Self> {
        let mut cursor = Cursor::new(shared);
        let length = cursor.length().filter(|length| *length <= MAX_GROUP_BYTES)?;
        let raw = zstd::bulk::decompress(cursor.rest(), length).ok()?;
        let mut cursor = Cursor::new(&raw);
        let kinds = templates
            .0
            .iter()
            .map(|template| template.slots().map(|part| Kind::read(&mut cursor, part)).collect())
            .collect::<Option<_>>()?;
        cursor.rest().is_empty().then_some(Self { kinds })
    }

    /// Reads one group, whose texts are of these templates.
    pub(crate) fn group(&self, chunk: &[u8], ids: &[u32]) -> Option<GroupSlots<'_>> {
        let counts = counts(ids, self.kinds.len());
        let mut cursor = Cursor::new(chunk);
        let mut own = Vec::new();
        for (kinds, count) in self.kinds.iter().zip(&counts) {
            for _ in kinds.iter().filter(|_| *count >= OWN_CHUNK) {
                let length = cursor.length()?;
                own.push(cursor.take(length)?);
            }
        }
        let length = cursor.length().filter(|length| *length <= MAX_GROUP_BYTES)?;
        let raw = if length == 0 {
            Vec::new()
        } else {
            zstd::bulk::decompress(cursor.rest(), length).ok()?
        };
        let mut pool = Cursor::new(&raw);
        let mut own = own.into_iter();
        let mut values = Vec::with_capacity(counts.len());
        for (kinds, &count) in self.kinds.iter().zip(&counts) {
            let read = kinds.iter().filter(|_| count > 0).map(|kind| {
                if count < OWN_CHUNK {
                    kind.decode_pooled(&mut pool, count)
                } else {
                    kind.decode(own.next()?, count)
                }
            });
            values.push(read.collect::<Option<_>>()?);
        }
        pool.rest().is_empty().then(|| GroupSlots {
            reader: self,
            next: vec![0; values.len()],
            values,
        })
    }
}

impl GroupSlots<'_> {
    /// Appends the next slot of the template's next text; after the last slot call [`GroupSlots::advance`].
    pub(crate) fn write(
        &self,
        template: u32,
        slot: usize,
        time: impl Fn(i64) -> i64,
        out: &mut Vec<u8>,
    ) -> Option<()> {
        let template = template as usize;
        let at = *self.next.get(template)?;
        let kind = self.reader.kinds.get(template)?.get(slot)?;
        match (kind, self.values.get(template)?.get(slot)?) {
            (Kind::Natural, Values::Ints(values)) => {
                out.extend_from_slice(values.get(at)?.to_string().as_bytes())
            }
            (Kind::Padded(digits), Values::Ints(values)) => {
                let digits = usize::from(*digits);
                out.extend_from_slice(format!("{:0digits$}", values.get(at)?).as_bytes());
            }
            (Kind::Guarded, Values::Ints(values)) => {
                out.extend_from_slice(values.get(at)?.to_string().as_bytes().get(1..)?);
            }
            (Kind::Absolute(clock), Values::Ints(values)) => clock.write(*values.get(at)?, out),
            (Kind::Beside(clock), Values::Ints(values)) => {
                clock.write(values.get(at)?.wrapping_add(time(clock.per_second())), out);
            }
            (Kind::Listed(list), Values::Ints(values)) => {
                out.extend_from_slice(list.get(usize::try_from(*values.get(at)?).ok()?)?);
            }
            (Kind::Hex { digits, upper }, Values::Packed(bytes)) => {
                let size = usize::from(*digits) / 2;
                out.extend_from_slice(&unpack_hex(bytes.get(at * size..(at + 1) * size)?, *upper));
            }
            (Kind::Plain, Values::Words(words)) => out.extend_from_slice(words.get(at)?),
            _ => return None,
        }
        Some(())
    }

    /// Goes on to the template's next text.
    pub(crate) fn advance(&mut self, template: u32) {
        if let Some(next) = self.next.get_mut(template as usize) {
            *next += 1;
        }
    }
}
