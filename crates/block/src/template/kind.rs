use super::address;
use super::clock::Clock;
use super::digits::{self, Decimal, decimal};
use super::elsewhere::Place;
use super::fields::RowTime;
use super::hex::Hex;
use super::token::MAX_DIGITS;
use super::uuid;
use super::values::Values;
use crate::texts::Texts;
use crate::varint::{self, Cursor};

/// How a stream is written, the same in every group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
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
    /// Words of hexadecimal digits.
    Hex(Hex),
    /// Words as they are.
    Plain,
    /// IPv4 addresses.
    Addresses,
    /// Times as their distance from the record's own, with the nanoseconds of this column.
    Finely(Clock, u32),
    /// Words letter by letter.
    Spelled,
    /// UUIDs.
    Uuids,
    /// Some values are texts of this column in other rows; how the others are written.
    Elsewhere(u32, Box<Kind>),
    /// Texts as numbers of their pieces.
    Phrases,
}

impl Kind {
    /// The words that it has a list of.
    pub(super) fn list(&self) -> Option<&Texts> {
        match self {
            Self::Listed(list) => Some(list),
            Self::Elsewhere(_, own) => own.list(),
            _ => None,
        }
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Natural => out.push(0),
            Self::Padded(digits) => out.extend_from_slice(&[1, *digits]),
            Self::Guarded => out.push(2),
            Self::Absolute(clock) => {
                out.push(3);
                out.extend_from_slice(&clock.code());
            }
            Self::Beside(clock) => {
                out.push(4);
                out.extend_from_slice(&clock.code());
            }
            Self::Listed(list) => {
                out.push(5);
                varint::write(list.len() as u64, out);
                for word in list.iter() {
                    varint::write(word.len() as u64, out);
                    out.extend_from_slice(word);
                }
            }
            Self::Hex(Hex { digits, upper }) => {
                out.extend_from_slice(&[6, *digits, u8::from(*upper)]);
            }
            Self::Plain => out.push(7),
            Self::Addresses => out.push(8),
            Self::Finely(clock, nanos) => {
                out.push(9);
                out.extend_from_slice(&clock.code());
                varint::write(u64::from(*nanos), out);
            }
            Self::Spelled => out.push(10),
            Self::Uuids => out.push(11),
            Self::Elsewhere(column, own) => {
                out.push(12);
                varint::write(u64::from(*column), out);
                own.write(out);
            }
            Self::Phrases => out.push(13),
        }
    }

    /// The inverse of [`Kind::write`]; `None` where the bytes are no kind.
    pub(super) fn read(cursor: &mut Cursor<'_>) -> Option<Self> {
        let [kind] = cursor.array()?;
        if kind != 12 {
            return Self::read_own(kind, cursor);
        }
        let column = u32::try_from(cursor.varint()?).ok()?;
        let [own] = cursor.array()?;
        let own = Self::read_own(own, cursor).filter(Self::is_of_words)?;
        Some(Self::Elsewhere(column, Box::new(own)))
    }

    /// Whether it is a way to write words or UUIDs.
    fn is_of_words(&self) -> bool {
        let is_short = matches!(self, Self::Listed(_) | Self::Hex(_) | Self::Uuids);
        is_short || matches!(self, Self::Plain | Self::Spelled | Self::Phrases)
    }

    fn read_own(kind: u8, cursor: &mut Cursor<'_>) -> Option<Self> {
        Some(match kind {
            0 => Self::Natural,
            1 => {
                let [digits] = cursor.array()?;
                Self::Padded(Some(digits).filter(|_| usize::from(digits) <= MAX_DIGITS)?)
            }
            2 => Self::Guarded,
            3 => Self::Absolute(Clock::from_code(cursor.array()?)?),
            4 => Self::Beside(Clock::from_code(cursor.array()?)?),
            5 => {
                let length = cursor.length()?;
                let mut list = Texts::default();
                for _ in 0..length {
                    let length = cursor.length()?;
                    list.push(cursor.take(length)?);
                }
                Self::Listed(list)
            }
            6 => {
                let [digits, upper] = cursor.array()?;
                Self::Hex(Hex { digits, upper: upper == 1 })
            }
            7 => Self::Plain,
            8 => Self::Addresses,
            9 => {
                let clock = Clock::from_code(cursor.array()?)?;
                Self::Finely(clock, u32::try_from(cursor.varint()?).ok()?)
            }
            10 => Self::Spelled,
            11 => Self::Uuids,
            13 => Self::Phrases,
            _ => return None,
        })
    }

    /// Appends one of the values as it stands in the text.
    pub(super) fn write_value(
        &self,
        values: &Values,
        at: usize,
        time: &impl RowTime,
        out: &mut Vec<u8>,
    ) -> Option<()> {
        let room: &mut Decimal = &mut [0; 32];
        match (self, values) {
            (Self::Natural, Values::Ints(values)) => {
                out.extend_from_slice(decimal(*values.get(at)?, room));
            }
            (Self::Padded(digits), Values::Ints(values)) => {
                let written = decimal(*values.get(at)?, room);
                let zeros = usize::from(*digits).saturating_sub(written.len());
                out.extend(std::iter::repeat_n(b'0', zeros));
                out.extend_from_slice(written);
            }
            (Self::Guarded, Values::Ints(values)) => {
                out.extend_from_slice(decimal(*values.get(at)?, room).get(1..)?);
            }
            (Self::Absolute(clock), Values::Ints(values)) => clock.write(*values.get(at)?, out),
            (Self::Beside(clock), Values::Ints(values)) => {
                clock.write(values.get(at)?.wrapping_add(time.coarse(clock.per_second())), out);
            }
            (Self::Finely(clock, nanos), Values::Ints(values)) => {
                let time = time.fine(clock.per_second(), *nanos);
                clock.write(values.get(at)?.wrapping_add(time), out);
            }
            (Self::Listed(list), Values::Ints(values)) => {
                out.extend_from_slice(list.get(usize::try_from(*values.get(at)?).ok()?)?);
            }
            (Self::Hex(hex), Values::Packed(bytes)) => {
                let start = at.checked_mul(hex.width())?;
                hex.write(bytes.get(start..)?.get(..hex.width())?, out);
            }
            (Self::Plain | Self::Spelled | Self::Phrases, Values::Words(words)) => {
                out.extend_from_slice(words.get(at)?);
            }
            (Self::Addresses, Values::Ints(values)) => address::write(*values.get(at)?, out),
            (Self::Uuids, Values::Uuids(uuids)) => uuid::write(*uuids.get(at)?, out),
            (Self::Elsewhere(column, own), Values::Elsewhere(partly)) => match partly.get(at)? {
                (Place::Here, at) => own.write_value(&partly.own, at, time, out)?,
                (Place::Rows(rows), _) => time.text_on(*column, rows, out)?,
            },
            _ => return None,
        }
        Some(())
    }

    /// How digits are best written.
    pub(super) fn of_digits(numbers: &[i64]) -> Self {
        if numbers.iter().all(|number| digits::is_natural(*number)) {
            return Self::Natural;
        }
        let first = numbers.first().map_or(0, |number| digits::count(*number));
        match u8::try_from(first) {
            Ok(count) if numbers.iter().all(|number| digits::count(*number) == first) => {
                Self::Padded(count)
            }
            _ => Self::Guarded,
        }
    }
}
