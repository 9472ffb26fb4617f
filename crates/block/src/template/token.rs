//! Where a text is cut.

use super::address;
use super::clock::{self, Clock};
use super::uuid;

/// A piece of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// Letters only: part of the template until it is seen to change.
    Word(&'a [u8]),
    /// What is between words.
    Between(&'a [u8]),
    /// Digits only, at most [`MAX_DIGITS`].
    Digits(&'a [u8]),
    /// Letters and digits, or too many digits.
    Mixed(&'a [u8]),
    /// A date with a time.
    Time(&'a [u8], Clock),
    /// An IPv4 address.
    Address(&'a [u8]),
    /// A UUID.
    Uuid(&'a [u8]),
}

/// So many digits fit a number, with one before them.
pub(super) const MAX_DIGITS: usize = 17;
/// Words of so many hexadecimal digits are one piece, even where letters and digits change once.
const MIN_HEX: usize = 6;

/// Whether it is a byte of a word.
pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80
}

/// How many bytes the run of word bytes at the front has.
pub(super) fn word_length(text: &[u8]) -> usize {
    text.iter().position(|byte| !is_word(*byte)).unwrap_or(text.len())
}

/// How many bytes the run of digits at the front has.
pub(super) fn digits_length(text: &[u8]) -> usize {
    text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len())
}

/// Cuts off the first token; `None` at the end.
pub(super) fn next(text: &[u8]) -> Option<(Token<'_>, &[u8])> {
    let first = *text.first()?;
    if !is_word(first) {
        let length = text.iter().position(|byte| is_word(*byte)).unwrap_or(text.len());
        let (between, rest) = text.split_at_checked(length)?;
        return Some((Token::Between(between), rest));
    }
    if let Some((clock, length)) = clock::find(text) {
        let (time, rest) = text.split_at_checked(length)?;
        return Some((Token::Time(time, clock), rest));
    }
    if let Some((_, length)) = address::find(text) {
        let (address, rest) = text.split_at_checked(length)?;
        return Some((Token::Address(address), rest));
    }
    if uuid::find(text).is_some() {
        let (uuid, rest) = text.split_at_checked(uuid::LENGTH)?;
        return Some((Token::Uuid(uuid), rest));
    }
    let (word, rest) = text.split_at_checked(word_length(text))?;
    let letters = word.iter().position(u8::is_ascii_digit).unwrap_or(word.len());
    if letters == word.len() {
        return Some((Token::Word(word), rest));
    }
    let digits = word.len() - letters;
    let only_digits_follow =
        word.get(letters..).is_some_and(|end| end.iter().all(u8::is_ascii_digit));
    if !only_digits_follow || digits > MAX_DIGITS || (letters > 0 && is_hex(word)) {
        return Some((Token::Mixed(word), rest));
    }
    if letters > 0 {
        let (name, rest) = text.split_at_checked(letters)?;
        return Some((Token::Word(name), rest));
    }
    Some((Token::Digits(word), rest))
}

fn is_hex(word: &[u8]) -> bool {
    word.len() >= MIN_HEX
        && (word.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
            || word.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'A'..=b'F')))
}
