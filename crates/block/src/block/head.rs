use super::coding::Coding;
use super::{
    GROUP_ROWS, MAGIC, MAX_GROUP_BYTES, MAX_GROUPS, MAX_HEAD_BYTES, MAX_RECORDS, MAX_SECTIONS,
    PREFIX_BYTES, VERSION,
};
use crate::BlockError;
use crate::compress;
use crate::convert::id;
use crate::shred::Shapes;
use crate::varint::{self, Cursor, unzigzag, zigzag};

/// What a block says of a group of rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct GroupHead {
    pub(super) rows: usize,
    /// Of BSON.
    pub(super) bytes: usize,
    /// The first and the last event, in milliseconds since 1970.
    pub(super) first: i64,
    pub(super) last: i64,
    /// Of the group's records, one after another.
    pub(super) checksum: u32,
}

/// How a column is written, and what only its kind of coding needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ColumnHead {
    pub(super) coding: Coding,
    /// How many distinct values or templates rows name, those without a value counted as one.
    pub(super) distinct: u32,
    /// Which of them means that there is no value.
    pub(super) absent: Option<u32>,
}

/// A part of the block: where it is, and its checksum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) start: u64,
    pub(super) length: usize,
    pub(super) checksum: u32,
}

/// What helps to find or to prune, and may be skipped: later versions add kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Section {
    pub(super) kind: u64,
    pub(super) part: Part,
}

/// Whose a part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    /// How all rows name shapes and values.
    Units,
    /// What all groups need of a column: its how-manieth part.
    Column { column: usize, part: usize },
    /// A unit's chunk of a group.
    UnitChunk { unit: usize, group: usize },
    /// A column's chunk of a group.
    ColumnChunk { column: usize, group: usize },
    /// A group's records that are kept whole.
    Whole { group: usize },
}

/// What has to be known before anything else can be read.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) groups: Vec<GroupHead>,
    pub(super) shapes: Shapes,
    pub(super) columns: Vec<ColumnHead>,
    /// The column of event times that texts may refer to.
    pub(super) time: Option<u32>,
    /// The columns in the order in which they can be read.
    pub(super) order: Vec<u32>,
    /// How many units the named columns make.
    pub(super) units: usize,
    /// What may be skipped; right behind the head.
    pub(super) sections: Vec<Section>,
    /// What all groups share, then the chunks group by group.
    pub(super) parts: Vec<Part>,
}

impl Head {
    /// How many records.
    pub(super) fn records(&self) -> usize {
        self.groups.iter().map(|group| group.rows).sum()
    }

    /// How many parts all groups share: the units', and the columns'.
    pub(super) fn shared_parts(&self) -> usize {
        1 + self.columns.iter().map(|column| column.coding.shared_parts()).sum::<usize>()
    }

    /// How many chunks each group has: the units', the columns', and the records that are kept whole.
    pub(super) fn chunks(&self) -> usize {
        self.units + self.columns.iter().filter(|column| column.coding.has_chunks()).count() + 1
    }

    /// The place of a column's chunk in its group.
    pub(super) fn chunk_number(&self, column: usize) -> usize {
        let before = self.columns.iter().take(column);
        self.units + before.filter(|column| column.coding.has_chunks()).count()
    }

    /// The place of the first part that all groups need of a column.
    pub(super) fn shared_number(&self, column: usize) -> usize {
        let before = self.columns.iter().take(column);
        1 + before.map(|column| column.coding.shared_parts()).sum::<usize>()
    }

    /// Whose a part is, by its number.
    pub(super) fn owner(&self, number: usize) -> Owner {
        let Some(behind) = number.checked_sub(self.shared_parts()) else {
            let columns = (0..self.columns.len()).rev();
            let column = columns.into_iter().find(|column| {
                self.shared_number(*column) <= number
                    && self.columns.get(*column).is_some_and(|head| head.coding.shared_parts() > 0)
            });
            return column.map_or(Owner::Units, |column| Owner::Column {
                column,
                part: number - self.shared_number(column),
            });
        };
        let (group, chunk) = (behind / self.chunks(), behind % self.chunks());
        if chunk < self.units {
            return Owner::UnitChunk { unit: chunk, group };
        }
        let mut columns = (0..self.columns.len()).filter(|column| {
            self.columns.get(*column).is_some_and(|head| head.coding.has_chunks())
        });
        match columns.nth(chunk - self.units) {
            Some(column) => Owner::ColumnChunk { column, group },
            None => Owner::Whole { group },
        }
    }

    /// The block's beginning: the prefix and the head.
    pub(super) fn write(&self, level: i32) -> Vec<u8> {
        let mut raw = Vec::new();
        varint::write(self.groups.len() as u64, &mut raw);
        for group in &self.groups {
            varint::write(group.rows as u64, &mut raw);
            varint::write(group.bytes as u64, &mut raw);
            varint::write(zigzag(group.first), &mut raw);
            varint::write(zigzag(group.last), &mut raw);
            raw.extend_from_slice(&group.checksum.to_le_bytes());
        }
        self.shapes.write(&mut raw);
        for column in &self.columns {
            raw.push(column.coding as u8);
            if column.coding.is_named() {
                varint::write(u64::from(column.distinct), &mut raw);
                varint::write(column.absent.map_or(0, |absent| u64::from(absent) + 1), &mut raw);
            }
        }
        varint::write(self.time.map_or(0, |column| u64::from(column) + 1), &mut raw);
        for &column in &self.order {
            varint::write(u64::from(column), &mut raw);
        }
        varint::write(self.units as u64, &mut raw);
        varint::write(self.sections.len() as u64, &mut raw);
        for section in &self.sections {
            varint::write(section.kind, &mut raw);
            section.part.write(&mut raw);
        }
        for part in &self.parts {
            part.write(&mut raw);
        }
        let mut packed = Vec::new();
        varint::write(raw.len() as u64, &mut packed);
        compress::append(&raw, level, &mut packed);
        let mut out = MAGIC.to_vec();
        out.push(VERSION);
        out.extend_from_slice(&id(packed.len()).to_le_bytes());
        out.extend_from_slice(&crc32c::crc32c(&packed).to_le_bytes());
        out.extend_from_slice(&packed);
        out
    }

    /// How many bytes prefix and head have, by the prefix.
    pub(super) fn length(prefix: &[u8]) -> Result<usize, BlockError> {
        let mut cursor = Cursor::new(prefix);
        if cursor.array() != Some(MAGIC) {
            return Err(BlockError::NotABlock);
        }
        match cursor.array() {
            Some([1..=VERSION]) => {}
            Some([found]) if found > VERSION => {
                return Err(BlockError::Newer { found, supported: VERSION });
            }
            _ => return Err(BlockError::NotABlock),
        }
        let length = cursor.array().map(u32::from_le_bytes).ok_or(BlockError::NotABlock)? as usize;
        if length > MAX_HEAD_BYTES {
            return Err(BlockError::damaged("the block's head"));
        }
        Ok(PREFIX_BYTES + length)
    }

    /// Reads prefix and head.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, BlockError> {
        let length = Self::length(bytes)?;
        let damaged = || BlockError::damaged("the block's head");
        let packed = bytes.get(PREFIX_BYTES..length).ok_or_else(damaged)?;
        let checksum =
            bytes.get(9..PREFIX_BYTES).and_then(<[u8]>::first_chunk).ok_or_else(damaged)?;
        if !is_sound(packed, u32::from_le_bytes(*checksum)) {
            return Err(damaged());
        }
        let mut cursor = Cursor::new(packed);
        let size = cursor.length().filter(|size| *size <= MAX_HEAD_BYTES).ok_or_else(damaged)?;
        let raw = compress::decompress(cursor.rest(), size).ok_or_else(damaged)?;
        Self::parse(&raw, length as u64).ok_or_else(damaged)
    }

    fn parse(raw: &[u8], end: u64) -> Option<Self> {
        let mut cursor = Cursor::new(raw);
        let count = cursor.length().filter(|count| *count <= MAX_GROUPS)?;
        let groups =
            (0..count).map(|_| GroupHead::read(&mut cursor)).collect::<Option<Vec<_>>>()?;
        let shapes = Shapes::read(&mut cursor)?;
        let columns: Vec<ColumnHead> =
            (0..shapes.keys.len()).map(|_| ColumnHead::read(&mut cursor)).collect::<Option<_>>()?;
        let time = optional(&mut cursor).ok()?;
        let order = read_order(&mut cursor, columns.len())?;
        let units = cursor.length().filter(|units| *units <= columns.len() + 1)?;
        let mut head = Self {
            groups,
            shapes,
            columns,
            time,
            order,
            units,
            sections: Vec::new(),
            parts: Vec::new(),
        };
        head.read_parts(&mut cursor, end)?;
        (cursor.rest().is_empty() && head.records() <= MAX_RECORDS).then_some(head)
    }

    /// Reads where sections and parts are: one after another, behind the head.
    fn read_parts(&mut self, cursor: &mut Cursor<'_>, mut start: u64) -> Option<()> {
        let sections = cursor.length().filter(|sections| *sections <= MAX_SECTIONS)?;
        for _ in 0..sections {
            let kind = cursor.varint()?;
            self.sections.push(Section { kind, part: Part::read(cursor, &mut start)? });
        }
        let expected = self.shared_parts() + self.chunks() * self.groups.len();
        for _ in 0..expected {
            self.parts.push(Part::read(cursor, &mut start)?);
        }
        Some(())
    }
}

/// The order of the columns: each once.
fn read_order(cursor: &mut Cursor<'_>, columns: usize) -> Option<Vec<u32>> {
    let mut seen = vec![false; columns];
    (0..columns)
        .map(|_| {
            let column = u32::try_from(cursor.varint()?).ok()?;
            let seen = seen.get_mut(column as usize).filter(|seen| !**seen)?;
            *seen = true;
            Some(column)
        })
        .collect()
}

/// Whether bytes are those that the checksum was made of. A fuzzer is let through to what is behind.
pub(super) fn is_sound(bytes: &[u8], checksum: u32) -> bool {
    cfg!(fuzzing) || crc32c::crc32c(bytes) == checksum
}

impl Part {
    /// A part with these bytes; where it is follows from the parts before.
    pub(super) fn of(bytes: &[u8]) -> Self {
        Self { start: 0, length: bytes.len(), checksum: crc32c::crc32c(bytes) }
    }

    fn write(&self, out: &mut Vec<u8>) {
        varint::write(self.length as u64, out);
        out.extend_from_slice(&self.checksum.to_le_bytes());
    }

    /// Reads a part that begins at `start`, which becomes its end.
    fn read(cursor: &mut Cursor<'_>, start: &mut u64) -> Option<Self> {
        let length = cursor.length()?;
        let checksum = u32::from_le_bytes(cursor.array()?);
        let part = Self { start: *start, length, checksum };
        *start = start.checked_add(length as u64)?;
        Some(part)
    }
}

/// Reads a number that may be missing, written as 0 or 1 more; `Err` where it is none.
fn optional(cursor: &mut Cursor<'_>) -> Result<Option<u32>, ()> {
    let number = cursor.varint().ok_or(())?;
    number.checked_sub(1).map(|value| u32::try_from(value).map_err(|_| ())).transpose()
}

impl GroupHead {
    fn read(cursor: &mut Cursor<'_>) -> Option<Self> {
        Some(Self {
            rows: cursor.length().filter(|rows| *rows <= GROUP_ROWS)?,
            bytes: cursor.length().filter(|bytes| *bytes <= MAX_GROUP_BYTES)?,
            first: unzigzag(cursor.varint()?),
            last: unzigzag(cursor.varint()?),
            checksum: u32::from_le_bytes(cursor.array()?),
        })
    }
}

impl ColumnHead {
    fn read(cursor: &mut Cursor<'_>) -> Option<Self> {
        let [coding] = cursor.array()?;
        let coding = Coding::from_byte(coding)?;
        if !coding.is_named() {
            return Some(Self { coding, distinct: 0, absent: None });
        }
        let distinct =
            u32::try_from(cursor.varint()?).ok().filter(|n| *n as usize <= MAX_RECORDS + 1)?;
        let absent = optional(cursor).ok()?;
        Some(Self { coding, distinct, absent })
    }
}
