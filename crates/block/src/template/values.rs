use super::elsewhere::{self, Partly};
use super::kind::Kind;
use super::{phrases, spelled, uuid};
use crate::compress;
use crate::ints;
use crate::recall::{self, Recall};
use crate::texts::Texts;
use crate::varint::{self, Cursor, unzigzag, zigzag};

/// The most bytes that the texts of one group take when read, as many as the records of a block.
pub(super) const MAX_GROUP_BYTES: usize = 256 * 1024 * 1024;

/// What a stream has in one group, as it is written.
#[derive(Debug, Clone)]
pub(super) enum Values {
    Ints(Vec<i64>),
    Words(Texts),
    /// Words that are written letter by letter.
    Spelled(Texts),
    /// Texts that are written piece by piece.
    Phrases(Texts),
    Uuids(Vec<u128>),
    /// Some of them are in another column.
    Elsewhere(Box<Partly>),
    /// Raw bytes, of so many a word.
    Packed(Vec<u8>),
}

impl Values {
    /// The bytes of memory they take.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Ints(values) => size_of_val(values.as_slice()),
            Self::Words(words) | Self::Spelled(words) | Self::Phrases(words) => words.held(),
            Self::Uuids(uuids) => size_of_val(uuids.as_slice()),
            Self::Packed(bytes) => bytes.len(),
            Self::Elsewhere(partly) => partly.held(),
        }
    }

    /// Its words as they are, where it has such.
    pub(super) fn words(&self) -> Option<&Texts> {
        match self {
            Self::Words(words) | Self::Spelled(words) | Self::Phrases(words) => Some(words),
            Self::Elsewhere(partly) => partly.own.words(),
            Self::Ints(_) | Self::Uuids(_) | Self::Packed(_) => None,
        }
    }

    /// As a chunk of its own.
    pub(super) fn encode(&self, level: i32) -> Vec<u8> {
        match self {
            Self::Ints(values) => ints::encode(values, level),
            Self::Packed(bytes) => bytes.clone(),
            Self::Words(words) => encode_words(words, level),
            Self::Spelled(words) => spelled::encode(words, level),
            Self::Phrases(texts) => phrases::encode(texts, level),
            Self::Uuids(uuids) => encode_uuids(uuids, level),
            Self::Elsewhere(partly) => {
                let (mut out, places) = (Vec::new(), elsewhere::write(&partly.places));
                varint::write(places.len() as u64, &mut out);
                [out, places, partly.own.encode(level)].concat()
            }
        }
    }

    /// Reads `count` values from a chunk of their own.
    pub(super) fn decode(kind: &Kind, bytes: &[u8], count: usize) -> Option<Self> {
        Some(match kind {
            Kind::Plain => Self::Words(decode_words(bytes, count)?),
            Kind::Spelled => Self::Words(spelled::decode(bytes, count, MAX_GROUP_BYTES)?),
            Kind::Phrases => Self::Words(phrases::decode(bytes, count, MAX_GROUP_BYTES)?),
            Kind::Uuids => Self::Uuids(decode_uuids(bytes, count)?),
            Kind::Elsewhere(_, own) => {
                Self::Elsewhere(Box::new(Partly::decode(own, bytes, count)?))
            }
            Kind::Hex(hex) => {
                let expected = count.checked_mul(hex.width())?;
                Self::Packed((bytes.len() == expected).then(|| bytes.to_vec())?)
            }
            _ => Self::Ints(ints::decode(bytes, count)?),
        })
    }

    /// Appends them to what is compressed together.
    pub(super) fn pool(&self, pool: &mut Vec<u8>) {
        match self {
            Self::Ints(values) => {
                let mut previous = 0_i64;
                for &value in values {
                    varint::write(zigzag(value.wrapping_sub(previous)), pool);
                    previous = value;
                }
            }
            Self::Packed(bytes) => pool.extend_from_slice(bytes),
            Self::Elsewhere(partly) => {
                for place in &partly.places {
                    varint::write(place.number(), pool);
                }
                partly.own.pool(pool);
            }
            Self::Uuids(uuids) => {
                pool.extend(uuids.iter().flat_map(|uuid| uuid.to_be_bytes()));
            }
            Self::Words(words) | Self::Spelled(words) | Self::Phrases(words) => {
                for word in words.iter() {
                    varint::write(word.len() as u64, pool);
                    pool.extend_from_slice(word);
                }
            }
        }
    }

    /// Reads `count` values from the pool.
    pub(super) fn from_pool(kind: &Kind, pool: &mut Cursor<'_>, count: usize) -> Option<Self> {
        Some(match kind {
            Kind::Plain | Kind::Spelled | Kind::Phrases => {
                let mut words = Texts::default();
                for _ in 0..count {
                    let length = pool.length()?;
                    words.push(pool.take(length)?);
                }
                Self::Words(words)
            }
            Kind::Uuids => Self::Uuids(
                (0..count).map(|_| pool.array().map(u128::from_be_bytes)).collect::<Option<_>>()?,
            ),
            Kind::Elsewhere(_, own) => {
                Self::Elsewhere(Box::new(Partly::from_pool(own, pool, count)?))
            }
            Kind::Hex(hex) => Self::Packed(pool.take(count.checked_mul(hex.width())?)?.to_vec()),
            _ => {
                let mut previous = 0_i64;
                let next = |_| {
                    previous = previous.wrapping_add(unzigzag(pool.varint()?));
                    Some(previous)
                };
                Self::Ints((0..count).map(next).collect::<Option<_>>()?)
            }
        })
    }
}

/// How long ago each UUID was there, then the parts of the new ones.
fn encode_uuids(uuids: &[u128], level: i32) -> Vec<u8> {
    let recall = Recall::of(uuids.iter());
    let new: Vec<[i64; 3]> =
        recall.new.iter().filter_map(|at| uuids.get(*at)).map(|uuid| uuid::split(*uuid)).collect();
    let [high, middle, low] = [0, 1, 2].map(|part| {
        let part: Vec<i64> = new.iter().filter_map(|parts| parts.get(part).copied()).collect();
        ints::encode(&part, level)
    });
    let mut out = Vec::new();
    for part in [recall.write(), high, middle, low] {
        varint::write(part.len() as u64, &mut out);
        out.extend_from_slice(&part);
    }
    out
}

/// The inverse of [`encode_uuids`], of `count` UUIDs.
fn decode_uuids(bytes: &[u8], count: usize) -> Option<Vec<u128>> {
    let mut cursor = Cursor::new(bytes);
    let mut part = || {
        let length = cursor.length()?;
        cursor.take(length)
    };
    let places = recall::read(part()?, count)?;
    let new = recall::count_new(&places);
    let mut numbers = || ints::decode(part()?, new);
    let (high, middle, low) = (numbers()?, numbers()?, numbers()?);
    let parts = high.into_iter().zip(middle).zip(low);
    let new: Vec<u128> =
        parts.map(|((high, middle), low)| uuid::join([high, middle, low])).collect();
    cursor.rest().is_empty().then(|| recall::resolve(&places, &new))?
}

/// The lengths, then the words, compressed.
pub(crate) fn encode_words(words: &Texts, level: i32) -> Vec<u8> {
    let length = |word: &[u8]| i64::try_from(word.len()).unwrap_or(i64::MAX);
    let lengths: Vec<i64> = words.iter().map(length).collect();
    let lengths = ints::encode(&lengths, level);
    let mut out = Vec::new();
    varint::write(lengths.len() as u64, &mut out);
    out.extend_from_slice(&lengths);
    write_compressed(words.as_bytes(), level, &mut out);
    out
}

/// The inverse of [`encode_words`], of `count` words.
pub(crate) fn decode_words(bytes: &[u8], count: usize) -> Option<Texts> {
    let mut cursor = Cursor::new(bytes);
    let length = cursor.length()?;
    let lengths = ints::decode(cursor.take(length)?, count)?;
    Texts::from_parts(decompress(cursor, MAX_GROUP_BYTES)?, &lengths)
}

/// Appends the length of bytes and, if there are any, what they are compressed to.
pub(super) fn write_compressed(bytes: &[u8], level: i32, out: &mut Vec<u8>) {
    varint::write(bytes.len() as u64, out);
    if !bytes.is_empty() {
        compress::append(bytes, level, out);
    }
}

/// The inverse of [`write_compressed`], to the cursor's end; `None` for more than `max` bytes.
pub(super) fn decompress(mut cursor: Cursor<'_>, max: usize) -> Option<Vec<u8>> {
    let length = cursor.length().filter(|length| *length <= max)?;
    if length == 0 {
        return cursor.rest().is_empty().then(Vec::new);
    }
    let bytes = compress::decompress(cursor.rest(), length)?;
    (bytes.len() == length).then_some(bytes)
}
