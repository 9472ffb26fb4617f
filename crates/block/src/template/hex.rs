//! Words of hexadecimal digits: two a byte.

use crate::hash::HashSet;
use crate::texts::Texts;

/// Shorter words are words.
const MIN_DIGITS: usize = 6;
/// So many words are looked at to see whether they differ.
const LOOKED_AT: usize = 1_000;

/// Words that are so many hexadecimal digits of one case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hex {
    pub(super) digits: u8,
    pub(super) upper: bool,
}

impl Hex {
    /// `None` where not all words are, or where they repeat.
    pub(super) fn of(words: &Texts) -> Option<Self> {
        let length = words.get(0)?.len();
        let digits =
            u8::try_from(length).ok().filter(|_| length >= MIN_DIGITS && length % 2 == 0)?;
        let all = |is_digit: fn(&u8) -> bool| {
            words.iter().all(|word| word.len() == length && word.iter().all(is_digit))
        };
        let lower = all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let upper = !lower && all(|byte| matches!(byte, b'0'..=b'9' | b'A'..=b'F'));
        let looked_at = words.len().min(LOOKED_AT);
        let distinct: HashSet<&[u8]> = words.iter().take(LOOKED_AT).collect();
        let differ = distinct.len() * 2 > looked_at;
        ((lower || upper) && differ).then_some(Self { digits, upper })
    }

    /// The bytes of one word.
    pub(super) fn width(self) -> usize {
        usize::from(self.digits / 2)
    }

    pub(super) fn write(self, bytes: &[u8], out: &mut Vec<u8>) {
        let digits = if self.upper { b"0123456789ABCDEF" } else { b"0123456789abcdef" };
        let digit = |nibble: u8| digits.get(usize::from(nibble & 15)).copied().unwrap_or(b'0');
        out.extend(bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]));
    }
}

/// The inverse of [`Hex::write`].
pub(super) fn pack(word: &[u8]) -> impl Iterator<Item = u8> {
    let nibble = |byte: &u8| match byte {
        b'0'..=b'9' => byte - b'0',
        b'a'..=b'f' => byte - b'a' + 10,
        b'A'..=b'F' => byte - b'A' + 10,
        _ => 0,
    };
    word.chunks(2).map(move |pair| pair.iter().fold(0, |byte, digit| byte << 4 | nibble(digit)))
}
