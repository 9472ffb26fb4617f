//! Which tokens a block's texts have.

use super::FILTER;
use super::bytes::Bytes;
use super::read::Block;
use crate::BlockError;
use crate::convert::length;
use crate::hash::HashSet;
use crate::ints;
use crate::tokens::tokens;
use crate::varint::{self, Cursor};

/// A token that is not there is found by chance once in so many times.
const RANGE_PER_TOKEN: u64 = 256;
/// The most tokens of one block.
const MAX_TOKENS: u64 = 1 << 20;
/// The filter takes at most one in so many bytes of the block.
const FILTER_PART: usize = 50;
/// About how many bits a token takes.
const TOKEN_BITS: usize = 10;

/// The tokens of a block's texts, those aside that begin with a digit (numbers, times, addresses: there would be too
/// many). What it does not know is in no text of the columns that it [covers](TokenFilter::covers).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenFilter {
    /// How many numbers there are that a token may be hashed to.
    range: u64,
    /// The numbers of the tokens, rising.
    places: Vec<u32>,
    /// For each column whether all its tokens are in here.
    covered: Vec<bool>,
}

impl TokenFilter {
    /// Whether a token, in lower case as [`tokens`](crate::tokens()) gives it, may be in a text of the columns that this
    /// covers: surely not where it says `false`. Of a token that begins with a digit it knows nothing, and says `true`.
    pub fn may_hold(&self, token: &str) -> bool {
        !is_kept(token) || {
            let place = place(hash(token), self.range);
            self.places.binary_search_by(|own| u64::from(*own).cmp(&place)).is_ok()
        }
    }

    /// Whether it knows the tokens of all texts of this column; what is no text has none. Of records that are kept whole
    /// it knows nothing.
    pub fn covers(&self, column: usize) -> bool {
        self.covered.get(column) == Some(&true)
    }

    /// The bytes of memory it takes.
    pub fn bytes(&self) -> usize {
        size_of_val(self.places.as_slice()) + self.covered.len()
    }

    /// Of the tokens of each column, as far as they fit into its part of a block of so many bytes: first those with the
    /// fewest.
    pub(super) fn of(columns: &[&Vocabulary], block_bytes: usize) -> Self {
        let most = block_bytes / FILTER_PART * 8 / TOKEN_BITS;
        let mut order: Vec<usize> = (0..columns.len()).collect();
        let size = |column: &usize| columns.get(*column).map_or(0, |column| column.hashes.len());
        order.sort_by_key(size);
        let mut known: HashSet<u64> = HashSet::default();
        let mut covered = vec![false; columns.len()];
        for column in order {
            let Some(vocabulary) = columns.get(column).filter(|own| own.is_complete) else {
                continue;
            };
            let new = vocabulary.hashes.difference(&known).count();
            if known.len() + new <= most {
                known.extend(&vocabulary.hashes);
                if let Some(covered) = covered.get_mut(column) {
                    *covered = true;
                }
            }
        }
        settle_references(columns, &mut covered);
        let range = length(known.len()).min(MAX_TOKENS) * RANGE_PER_TOKEN;
        let place = |hash: &u64| u32::try_from(place(*hash, range)).unwrap_or(u32::MAX);
        let mut places: Vec<u32> = known.iter().map(place).collect();
        places.sort_unstable();
        places.dedup();
        Self { range, places, covered }
    }

    pub(super) fn encode(&self, level: i32) -> Vec<u8> {
        let mut out = Vec::new();
        varint::write(self.range / RANGE_PER_TOKEN, &mut out);
        varint::write(length(self.places.len()), &mut out);
        let places: Vec<i64> = self.places.iter().map(|place| i64::from(*place)).collect();
        let places = ints::encode(&places, level);
        varint::write(length(places.len()), &mut out);
        out.extend_from_slice(&places);
        let byte = |flags: &[bool]| {
            flags.iter().rev().fold(0, |byte: u8, flag| byte << 1 | u8::from(*flag))
        };
        out.extend(self.covered.chunks(8).map(byte));
        out
    }

    /// Of a block with so many columns; `None` where the bytes are no filter.
    fn decode(bytes: &[u8], columns: usize) -> Option<Self> {
        let mut cursor = Cursor::new(bytes);
        let tokens = cursor.varint().filter(|tokens| *tokens <= MAX_TOKENS)?;
        let count = cursor.length().filter(|count| length(*count) <= tokens)?;
        let size = cursor.length()?;
        let places = ints::decode(cursor.take(size)?, count)?;
        let places: Vec<u32> =
            places.into_iter().map(|place| u32::try_from(place).ok()).collect::<Option<_>>()?;
        let flags = cursor.rest();
        let flag =
            |column: usize| flags.get(column / 8).is_some_and(|byte| byte >> (column % 8) & 1 == 1);
        let covered = (0..columns).map(flag).collect();
        let is_sound = flags.len() == columns.div_ceil(8) && places.is_sorted();
        is_sound.then_some(Self { range: tokens * RANGE_PER_TOKEN, places, covered })
    }
}

/// A column that refers to one that is not covered is not covered.
fn settle_references(columns: &[&Vocabulary], covered: &mut [bool]) {
    loop {
        let misses = |column: &Vocabulary| {
            column.references.iter().any(|own| covered.get(*own as usize) != Some(&true))
        };
        let is_wrong = |(column, covered): (&&Vocabulary, &bool)| *covered && misses(column);
        let Some(wrong) = columns.iter().zip(covered.iter()).position(is_wrong) else { return };
        if let Some(covered) = covered.get_mut(wrong) {
            *covered = false;
        }
    }
}

/// The tokens of a column.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    hashes: HashSet<u64>,
    /// Whether these are all.
    is_complete: bool,
    /// Columns of texts whose tokens this has, too.
    references: Vec<u32>,
}

impl Vocabulary {
    /// Of all texts that `visit_all` hands out, unless it says that these are not all, or there are more than `most`
    /// tokens.
    pub(super) fn of(
        most: usize,
        references: Vec<u32>,
        visit_all: impl FnOnce(&mut dyn FnMut(&[u8]) -> bool) -> bool,
    ) -> Self {
        let mut hashes = HashSet::default();
        let is_complete = visit_all(&mut |text| {
            tokens(text, |token| {
                if is_kept(token) {
                    hashes.insert(hash(token));
                }
            });
            hashes.len() <= most
        });
        if !is_complete {
            hashes.clear();
        }
        Self { hashes, is_complete, references }
    }
}

/// Whether the filter has tokens like this one.
fn is_kept(token: &str) -> bool {
    !token.starts_with(|first: char| first.is_ascii_digit())
}

/// A number below `range`.
fn place(hash: u64, range: u64) -> u64 {
    let scaled = (u128::from(hash) * u128::from(range)) >> 64;
    u64::try_from(scaled).unwrap_or(u64::MAX)
}

/// FNV-1a of 64 bits (<http://www.isthe.com/chongo/tech/comp/fnv/>), its bits mixed as splitmix64's are
/// (<https://prng.di.unimi.it/splitmix64.c>). It is in blocks: it never changes.
fn hash(token: &str) -> u64 {
    const OFFSET: u64 = 0xCBF2_9CE4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01B3;
    let hash =
        token.bytes().fold(OFFSET, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME));
    let hash = (hash ^ (hash >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let hash = (hash ^ (hash >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    hash ^ (hash >> 31)
}

impl<B: Bytes> Block<B> {
    /// Which tokens its texts have; `None` for blocks that do not say. Reads nothing but that, once.
    ///
    /// # Errors
    /// Where it is damaged, or could not be read.
    pub fn filter(&self) -> Result<Option<&TokenFilter>, BlockError> {
        if let Some(filter) = self.filter.get() {
            return Ok(filter.as_ref());
        }
        let columns = self.head.columns.len();
        let filter = self
            .section(FILTER, "the block's tokens", |bytes| TokenFilter::decode(bytes, columns))?;
        Ok(self.filter.get_or_init(|| filter).as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vocabulary(texts: &[&str], references: &[u32]) -> Vocabulary {
        Vocabulary::of(1_000, references.to_vec(), |visit| {
            texts.iter().all(|text| visit(text.as_bytes()))
        })
    }

    #[test]
    fn what_was_put_in_is_there_and_little_else() {
        let words: Vec<String> = (0..900).map(|number| format!("word{number}")).collect();
        let texts: Vec<&str> = words.iter().map(String::as_str).collect();
        let filter = TokenFilter::of(&[&vocabulary(&texts, &[])], usize::MAX / 8);
        let filter = TokenFilter::decode(&filter.encode(3), 1).expect("a filter");
        assert!(words.iter().all(|word| filter.may_hold(word)));
        let by_chance = (0..10_000).filter(|number| filter.may_hold(&format!("other{number}")));
        assert!((10..100).contains(&by_chance.count()));
        assert!(filter.may_hold("404"), "it knows nothing of digits");
    }

    #[test]
    fn a_token_takes_about_ten_bits() {
        let words: Vec<String> = (0..900).map(|number| format!("word{number}")).collect();
        let texts: Vec<&str> = words.iter().map(String::as_str).collect();
        let filter = TokenFilter::of(&[&vocabulary(&texts, &[])], usize::MAX / 8).encode(3);
        assert!(filter.len() < 900 * TOKEN_BITS / 8 + 60, "{}", filter.len());
    }

    #[test]
    fn columns_with_too_many_tokens_are_left_out_and_so_are_those_that_refer_to_them() {
        let many: Vec<String> = (0..200).map(|number| format!("many{number}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let columns =
            [vocabulary(&many, &[]), vocabulary(&["few"], &[]), vocabulary(&["refers"], &[0])];
        let filter = TokenFilter::of(&columns.each_ref(), 100 * TOKEN_BITS / 8 * FILTER_PART);
        assert_eq!([0, 1, 2, 3].map(|column| filter.covers(column)), [false, true, false, false]);
        assert!(filter.may_hold("few") && !filter.may_hold("many7"));
    }

    #[test]
    fn any_bytes_are_a_filter_or_not() {
        for bytes in [&[][..], &[1], &[1, 1, 9, 0], &[0xFF; 30]] {
            assert_eq!(TokenFilter::decode(bytes, 3), None);
        }
    }
}
