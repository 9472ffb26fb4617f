use super::address;
use super::clock::Clock;
use super::digits::Decimal;
use super::fields::Fields;
use super::token::{MAX_DIGITS, digits_length, word_length};
use super::uuid;
use super::values::{decompress, write_compressed};
use crate::varint::{self, Cursor};

/// The most templates of one text column.
pub(crate) const MAX_TEMPLATES: usize = 4_096;
/// The most parts of one template.
pub(crate) const MAX_PARTS: usize = 1_024;
/// The most bytes that all templates of a column take when read.
const MAX_TEMPLATE_BYTES: usize = 16 * 1024 * 1024;

/// A part of a template.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Part {
    /// The same in every text.
    Literal(Vec<u8>),
    /// What the field of this column says.
    Field(u32),
    /// A slot of digits.
    Digits,
    /// A slot of a word.
    Word,
    /// A slot of a time.
    Time(Clock),
    /// A slot of all that is left.
    Rest,
    /// A slot of an IPv4 address.
    Address,
    /// A slot of a UUID.
    Uuid,
}

impl Part {
    /// Whether it is a slot.
    pub(crate) fn is_slot(&self) -> bool {
        !matches!(self, Self::Literal(_) | Self::Field(_))
    }
}

/// What fills a slot of one text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Filling<'a> {
    Digits(&'a [u8]),
    Word(&'a [u8]),
    Time(i64),
    Address(i64),
    Uuid(u128),
}

/// The parts of a text, in order.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Template(pub(crate) Vec<Part>);

impl Template {
    /// Its slots.
    pub(crate) fn slots(&self) -> impl Iterator<Item = &Part> {
        self.0.iter().filter(|part| part.is_slot())
    }

    /// What would fill the slots if the text is of this template; `false` where it is not.
    pub(super) fn fits<'a>(
        &self,
        text: &'a [u8],
        fields: &Fields<'_>,
        row: usize,
        fillings: &mut Vec<Filling<'a>>,
    ) -> bool {
        fillings.clear();
        let mut rest = text;
        for part in &self.0 {
            let Some((filling, after)) = part.cut(rest, fields, row) else { return false };
            fillings.extend(filling);
            rest = after;
        }
        rest.is_empty()
    }

    /// Whether the text is of this template.
    pub(super) fn is_of(&self, text: &[u8], fields: &Fields<'_>, row: usize) -> bool {
        let cut = |rest, part: &Part| Some(part.cut(rest, fields, row)?.1);
        self.0.iter().try_fold(text, cut).is_some_and(<[u8]>::is_empty)
    }

    fn write(&self, out: &mut Vec<u8>) {
        varint::write(self.0.len() as u64, out);
        for part in &self.0 {
            match part {
                Part::Literal(text) => {
                    out.push(0);
                    varint::write(text.len() as u64, out);
                    out.extend_from_slice(text);
                }
                Part::Field(column) => {
                    out.push(1);
                    varint::write(u64::from(*column), out);
                }
                Part::Digits => out.push(2),
                Part::Word => out.push(3),
                Part::Time(clock) => {
                    out.push(4);
                    out.extend_from_slice(&clock.code());
                }
                Part::Rest => out.push(5),
                Part::Address => out.push(6),
                Part::Uuid => out.push(7),
            }
        }
    }

    fn read(cursor: &mut Cursor<'_>) -> Option<Self> {
        let parts = cursor.length().filter(|parts| *parts <= MAX_PARTS)?;
        (0..parts).map(|_| Part::read(cursor)).collect::<Option<_>>().map(Self)
    }
}

impl Part {
    fn read(cursor: &mut Cursor<'_>) -> Option<Self> {
        let [kind] = cursor.array()?;
        Some(match kind {
            0 => {
                let length = cursor.length()?;
                Self::Literal(cursor.take(length)?.to_vec())
            }
            1 => Self::Field(u32::try_from(cursor.varint()?).ok()?),
            2 => Self::Digits,
            3 => Self::Word,
            4 => Self::Time(Clock::from_code(cursor.array()?)?),
            5 => Self::Rest,
            6 => Self::Address,
            7 => Self::Uuid,
            _ => return None,
        })
    }

    /// Cuts the part off the text's front: what fills it, and the rest.
    pub(super) fn cut<'a>(
        &self,
        text: &'a [u8],
        fields: &Fields<'_>,
        row: usize,
    ) -> Option<(Option<Filling<'a>>, &'a [u8])> {
        let (filling, length) = match self {
            Self::Literal(literal) => (None, text.starts_with(literal).then_some(literal.len())?),
            Self::Field(field) => {
                let room = &mut Decimal::default();
                let value = fields.text(*field, row, room)?;
                (None, text.starts_with(value).then_some(value.len())?)
            }
            Self::Digits => {
                let length = digits_length(text);
                let is_number = (1..=MAX_DIGITS).contains(&length);
                (Some(Filling::Digits(text.get(..length).filter(|_| is_number)?)), length)
            }
            Self::Word => {
                let length = word_length(text);
                (Some(Filling::Word(text.get(..length).filter(|_| length > 0)?)), length)
            }
            Self::Time(clock) => {
                let length = clock.length();
                (Some(Filling::Time(clock.read(text.get(..length)?)?)), length)
            }
            Self::Rest => (Some(Filling::Word(text)), text.len()),
            Self::Address => {
                let (number, length) = address::find(text)?;
                (Some(Filling::Address(number)), length)
            }
            Self::Uuid => (Some(Filling::Uuid(uuid::find(text)?)), uuid::LENGTH),
        };
        Some((filling, text.get(length..)?))
    }
}

/// The templates of a text column; the first is [`Part::Rest`] alone, for texts that are like no other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Templates(pub(crate) Vec<Template>);

impl Templates {
    pub(crate) fn write(&self, level: i32) -> Vec<u8> {
        let mut raw = Vec::new();
        varint::write(self.0.len() as u64, &mut raw);
        for template in &self.0 {
            template.write(&mut raw);
        }
        let mut out = Vec::new();
        write_compressed(&raw, level, &mut out);
        out
    }

    /// `None` where the bytes are no templates.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let raw = decompress(Cursor::new(bytes), MAX_TEMPLATE_BYTES)?;
        let mut cursor = Cursor::new(&raw);
        let count = cursor.length().filter(|count| *count <= MAX_TEMPLATES)?;
        let templates = (0..count).map(|_| Template::read(&mut cursor)).collect::<Option<_>>()?;
        cursor.rest().is_empty().then_some(Self(templates))
    }
}
