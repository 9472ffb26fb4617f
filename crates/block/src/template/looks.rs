//! What the texts in a slot look like, whatever they are.

use super::clock::Clock;
use super::hex::Hex;
use super::kind::Kind;
use super::reader::SlotReader;
use super::shape::Part;
use super::token::MAX_DIGITS;
use crate::texts::Texts;

const DIGITS: &[u8] = b"0123456789";
const DAY: &[u8] = b" 0123456789";
const ADDRESS: &[u8] = b".0123456789";
const LOWER_HEX: &[u8] = b"0123456789abcdef";
const UPPER_HEX: &[u8] = b"0123456789ABCDEF";
/// Letters, digits and bytes from 128 on.
const WORD: &[u8] = &word_bytes();
/// The first, second and third letters of months, as in `Jan`.
const MONTHS: [&[u8]; 3] = [b"JFMASOND", b"aepuco", b"nbrylgptvc"];
/// How many digits are in each part of a UUID.
const UUID_DIGITS: [usize; 5] = [8, 4, 4, 4, 12];

/// What the texts in a slot look like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Looks<'r> {
    /// One of these.
    Listed(&'r Texts),
    /// Of each step so many of its bytes.
    Steps(Vec<Step>),
    /// Anything.
    Any,
}

/// From `least` to `most` bytes out of `bytes`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) bytes: &'static [u8],
    pub(crate) least: usize,
    pub(crate) most: usize,
}

/// Numbers in decimal, as fields are repeated.
pub(crate) const DECIMAL: [Step; 2] =
    [Step { bytes: b"-", least: 0, most: 1 }, Step { bytes: DIGITS, least: 1, most: 19 }];

impl SlotReader {
    /// What the texts in a slot of a template look like; the slot is this part of it.
    pub(crate) fn looks(&self, template: usize, slot: usize, part: &Part) -> Looks<'_> {
        match self.kind(template, slot) {
            Some(Kind::Listed(list)) => Looks::Listed(list),
            Some(Kind::Natural | Kind::Guarded) => {
                Looks::Steps(vec![Step { bytes: DIGITS, least: 1, most: MAX_DIGITS }])
            }
            Some(Kind::Padded(digits)) => {
                let digits = usize::from(*digits);
                Looks::Steps(vec![Step { bytes: DIGITS, least: digits, most: digits }])
            }
            Some(Kind::Hex(Hex { digits, upper })) => {
                let bytes = if *upper { UPPER_HEX } else { LOWER_HEX };
                let digits = usize::from(*digits);
                Looks::Steps(vec![Step { bytes, least: digits, most: digits }])
            }
            Some(Kind::Addresses) => {
                Looks::Steps(vec![Step { bytes: ADDRESS, least: 7, most: 15 }])
            }
            Some(Kind::Absolute(clock) | Kind::Beside(clock) | Kind::Finely(clock, _)) => {
                Looks::Steps(of_times(*clock))
            }
            _ => match part {
                Part::Word => Looks::Steps(vec![Step { bytes: WORD, least: 0, most: usize::MAX }]),
                Part::Uuid => Looks::Steps(of_uuids()),
                _ => Looks::Any,
            },
        }
    }
}

const fn word_bytes() -> [u8; 190] {
    let mut bytes = [0; 190];
    let (mut byte, mut count) = (u8::MAX, 0);
    while count < bytes.len() {
        if byte >= 128 || byte.is_ascii_alphanumeric() {
            bytes[count] = byte;
            count += 1;
        }
        byte = byte.wrapping_sub(1);
    }
    bytes
}

fn of_uuids() -> Vec<Step> {
    let digits = UUID_DIGITS.map(|count| Step { bytes: LOWER_HEX, least: count, most: count });
    let dash = Step { bytes: b"-", least: 1, most: 1 };
    digits.into_iter().flat_map(|digits| [dash, digits]).skip(1).collect()
}

/// A time looks as all times of its layout do. The example is of January.
fn of_times(clock: Clock) -> Vec<Step> {
    let [first, second, third] = MONTHS;
    let mut example = Vec::new();
    clock.write(0, &mut example);
    let step = |byte: &u8| {
        let bytes: &'static [u8] = match byte {
            b'0'..=b'9' => DIGITS,
            b' ' => DAY,
            b'/' => b"/",
            b':' => b":",
            b'-' => b"-",
            b'.' => b".",
            b',' => b",",
            b'T' => b"T",
            b'J' => first,
            b'a' => second,
            _ => third,
        };
        Step { bytes, least: 1, most: 1 }
    };
    example.iter().map(step).collect()
}
