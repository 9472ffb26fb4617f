use super::PREFIX_BYTES;
use super::bytes::Bytes;
use super::filter::TokenFilter;
use super::group::Values;
use super::head::{GroupHead, Head, Owner, Part, is_sound};
use super::records::records;
use super::scan::{Memo, Places};
use super::shared::{Shared, Units};
use super::summary::Summary;
use crate::BlockError;
use crate::ids::IdSummary;
use crate::shred::{RAW, Shape};
use crate::template::decode_words;
use std::sync::OnceLock;
use woodpile_record::Batch;

/// A group of rows, which are read together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Group {
    /// How many records.
    pub records: usize,
    /// The first event, in milliseconds since 1970.
    pub first: i64,
    /// The last event.
    pub last: i64,
}

/// A packed block, of which only what is needed is read; what all groups share is read once and kept.
#[derive(Debug)]
pub struct Block<B> {
    source: B,
    pub(super) head: Head,
    pub(super) ids: OnceLock<IdSummary>,
    pub(super) summary: OnceLock<Option<Summary>>,
    pub(super) filter: OnceLock<Option<TokenFilter>>,
    pub(super) units: OnceLock<Units>,
    pub(super) columns: Vec<OnceLock<Shared>>,
    /// By column; of the shapes under no column.
    pub(super) places: Memo<Option<usize>, Places>,
}

impl<B: Bytes> Block<B> {
    /// Reads the head of a block.
    ///
    /// # Errors
    /// Says whether it is no block, a newer one, or a damaged one.
    pub fn open(source: B) -> Result<Self, BlockError> {
        let prefix = source.read(0..PREFIX_BYTES as u64)?;
        let length = Head::length(&prefix)?;
        let head = Head::read(&source.read(0..length as u64)?)?;
        let columns = head.columns.iter().map(|_| OnceLock::new()).collect();
        Ok(Self {
            source,
            head,
            ids: OnceLock::new(),
            summary: OnceLock::new(),
            filter: OnceLock::new(),
            units: OnceLock::new(),
            columns,
            places: Memo::default(),
        })
    }

    /// How many records there are.
    pub fn records(&self) -> usize {
        self.head.records()
    }

    /// When the first event was, in milliseconds since 1970; 0 where there is none.
    pub fn first(&self) -> i64 {
        self.head.groups.iter().map(|group| group.first).min().unwrap_or(0)
    }

    /// When the last event was; 0 where there is none.
    pub fn last(&self) -> i64 {
        self.head.groups.iter().map(|group| group.last).max().unwrap_or(0)
    }

    /// The groups of rows, in order.
    pub fn groups(&self) -> impl ExactSizeIterator<Item = Group> {
        self.head.groups.iter().map(|group| Group {
            records: group.rows,
            first: group.first,
            last: group.last,
        })
    }

    pub(super) fn group_heads(&self) -> &[GroupHead] {
        &self.head.groups
    }

    /// The records of one group, byte for byte as they were packed.
    ///
    /// # Errors
    /// Names the part that is damaged.
    pub fn unpack(&self, group: usize) -> Result<Batch, BlockError> {
        let batch = self.read_records(group, &self.head.shapes.shapes, |_| true)?;
        let head = self.group(group)?;
        if crc32c::crc32c(batch.as_bytes()) != head.checksum {
            return Err(BlockError::damaged(format!("the records of group {group}")));
        }
        Ok(batch)
    }

    /// The records of one group with these of their fields only; parts that say nothing about these are not read.
    /// Records that are kept whole, as those with too many fields, come whole.
    ///
    /// # Errors
    /// Names the part that is damaged.
    pub fn unpack_fields(&self, group: usize, fields: &[&str]) -> Result<Batch, BlockError> {
        let is_wanted = |key: &[u8]| fields.iter().any(|field| field.as_bytes() == key);
        let shapes: Vec<Shape> =
            self.head.shapes.shapes.iter().map(|shape| shape.project(is_wanted)).collect();
        let keys = &self.head.shapes.keys;
        let of_column = |column: usize| {
            let path = keys.get(column).map(|key| key.path.split(|byte| *byte == 0));
            path.and_then(|mut path| path.next()).is_some_and(is_wanted)
        };
        self.read_records(group, &shapes, of_column)
    }

    /// Reads a group's columns and puts its records together, in these shapes.
    fn read_records(
        &self,
        group: usize,
        shapes: &[Shape],
        is_wanted: impl Fn(usize) -> bool,
    ) -> Result<Batch, BlockError> {
        let damaged = || BlockError::damaged(format!("the records of group {group}"));
        let max_bytes = self.group(group)?.bytes;
        let read = self.read_group(group, is_wanted)?;
        let rows = &read.shapes;
        let whole = self.chunk(group, self.head.chunks().saturating_sub(1))?;
        let whole = decode_words(&whole, rows.iter().filter(|row| **row == RAW).count())
            .ok_or_else(damaged)?;
        let columns = self.head.shapes.keys.iter().zip(read.columns.iter().map(Values::source));
        records(shapes, columns, rows, &whole, max_bytes).ok_or_else(damaged)
    }

    pub(super) fn group(&self, group: usize) -> Result<&GroupHead, BlockError> {
        let missing = || BlockError::damaged(format!("group {group}, which the block has not"));
        self.head.groups.get(group).ok_or_else(missing)
    }

    pub(super) fn chunk(&self, group: usize, number: usize) -> Result<Vec<u8>, BlockError> {
        self.part(self.head.shared_parts() + group * self.head.chunks() + number)
    }

    /// The bytes of a part, checked.
    pub(super) fn part(&self, number: usize) -> Result<Vec<u8>, BlockError> {
        let name = || self.part_name(self.head.owner(number));
        let part = self.head.parts.get(number).ok_or_else(|| BlockError::damaged(name()))?;
        self.read(part, name)
    }

    /// What a section of this kind and name says; `None` where the block has none.
    pub(super) fn section<T>(
        &self,
        kind: u64,
        name: &str,
        decode: impl FnOnce(&[u8]) -> Option<T>,
    ) -> Result<Option<T>, BlockError> {
        let Some(section) = self.head.sections.iter().find(|section| section.kind == kind) else {
            return Ok(None);
        };
        let bytes = self.read(&section.part, || name.to_owned())?;
        decode(&bytes).map(Some).ok_or_else(|| BlockError::damaged(name))
    }

    /// The bytes of what stands there, checked.
    pub(super) fn read(
        &self,
        part: &Part,
        name: impl Fn() -> String,
    ) -> Result<Vec<u8>, BlockError> {
        let damaged = || BlockError::damaged(name());
        let end = part.start.checked_add(part.length as u64).ok_or_else(damaged)?;
        let bytes = self.source.read(part.start..end).map_err(|error| match error {
            BlockError::Damaged { part } => BlockError::damaged(format!("{} ({part})", name())),
            other => other,
        })?;
        if !is_sound(&bytes, part.checksum) {
            return Err(damaged());
        }
        Ok(bytes)
    }

    /// What a part is called, in errors and figures.
    pub(super) fn part_name(&self, owner: Owner) -> String {
        match owner {
            Owner::Units => "the units".to_owned(),
            Owner::Column { column, part } => {
                let kinds = ["templates", "their order", "slots"];
                let is_dictionary = self
                    .head
                    .columns
                    .get(column)
                    .is_some_and(|head| head.coding.shared_parts() == 1);
                let kind =
                    if is_dictionary { "values" } else { kinds.get(part).unwrap_or(&"part") };
                format!("the {kind} of column {}", self.column_name(column))
            }
            Owner::UnitChunk { unit, group } => format!("unit {unit} of group {group}"),
            Owner::ColumnChunk { column, group } => {
                format!("column {} of group {group}", self.column_name(column))
            }
            Owner::Whole { group } => format!("the whole records of group {group}"),
        }
    }

    pub(super) fn column_name(&self, column: usize) -> String {
        let key = self.head.shapes.keys.get(column);
        let path = key.map(|key| key.path.as_slice()).unwrap_or_default();
        let path = path.strip_suffix(&[0]).unwrap_or(path);
        String::from_utf8_lossy(path).replace('\0', ".")
    }
}
