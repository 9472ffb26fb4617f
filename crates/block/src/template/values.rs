use super::kind::Kind;
use crate::compress;
use crate::ints;
use crate::texts::Texts;
use crate::varint::{self, Cursor, unzigzag, zigzag};

/// The most bytes that the texts of one group take when read, as many as the records of a block.
pub(super) const MAX_GROUP_BYTES: usize = 256 * 1024 * 1024;

/// What a stream has in one group, as it is written.
#[derive(Debug, Clone)]
pub(super) enum Values {
    Ints(Vec<i64>),
    Words(Texts),
    /// Raw bytes, of so many a word.
    Packed(Vec<u8>),
}

impl Values {
    /// The bytes of memory they take.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Ints(values) => size_of_val(values.as_slice()),
            Self::Words(words) => words.held(),
            Self::Packed(bytes) => bytes.len(),
        }
    }

    /// As a chunk of its own.
    pub(super) fn encode(&self, level: i32) -> Vec<u8> {
        match self {
            Self::Ints(values) => ints::encode(values, level),
            Self::Packed(bytes) => bytes.clone(),
            Self::Words(words) => encode_words(words, level),
        }
    }

    /// Reads `count` values from a chunk of their own.
    pub(super) fn decode(kind: &Kind, bytes: &[u8], count: usize) -> Option<Self> {
        Some(match kind {
            Kind::Plain => Self::Words(decode_words(bytes, count)?),
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
            Self::Words(words) => {
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
            Kind::Plain => {
                let mut words = Texts::default();
                for _ in 0..count {
                    let length = pool.length()?;
                    words.push(pool.take(length)?);
                }
                Self::Words(words)
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
