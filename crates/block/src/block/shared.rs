//! What all groups of a block need: read when it is first needed, and kept.

use super::bytes::Bytes;
use super::coding::Coding;
use super::read::Block;
use super::value;
use crate::BlockError;
use crate::correlate::Correlation;
use crate::ints;
use crate::shred::{ColumnKey, Data, Kind};
use crate::template::{Part, SlotReader, Templates};
use crate::varint::Cursor;

/// How rows name shapes and values.
#[derive(Debug)]
pub(super) struct Units {
    /// The shape of each number: [`RAW`](crate::shred::RAW), or one more than its place.
    pub(super) shapes: Vec<u32>,
    pub(super) correlation: Correlation,
}

/// What all groups need of a column.
#[derive(Debug)]
pub(super) enum Shared {
    Nothing,
    /// The distinct values.
    Values(Data),
    /// How its texts are put together.
    Texts(TextColumn),
}

/// How the texts of a column are put together.
#[derive(Debug)]
pub(super) struct TextColumn {
    pub(super) templates: Templates,
    /// The template that each number of the units names.
    pub(super) order: Vec<u32>,
    pub(super) slots: SlotReader,
}

impl TextColumn {
    /// The columns that the texts refer to.
    pub(super) fn references(&self) -> impl Iterator<Item = u32> {
        let fields = self.parts().filter_map(|part| match part {
            Part::Field(column) => Some(*column),
            _ => None,
        });
        fields.chain(self.slots.references())
    }

    /// Whether the texts refer to the record's time.
    pub(super) fn has_time(&self) -> bool {
        self.parts().any(|part| matches!(part, Part::Time(_)))
    }

    fn parts(&self) -> impl Iterator<Item = &Part> {
        self.templates.0.iter().flat_map(|template| &template.0)
    }
}

impl<B: Bytes> Block<B> {
    /// How rows name shapes and values.
    pub(super) fn units(&self) -> Result<&Units, BlockError> {
        if let Some(units) = self.units.get() {
            return Ok(units);
        }
        let units = self
            .read_shared_units(&self.part(0)?)
            .ok_or_else(|| BlockError::damaged("the units"))?;
        Ok(self.units.get_or_init(|| units))
    }

    fn read_shared_units(&self, bytes: &[u8]) -> Option<Units> {
        let mut cursor = Cursor::new(bytes);
        let length = cursor.length()?;
        let shapes = cursor.take(length)?;
        let named = self.head.columns.iter().filter(|column| column.coding.is_named()).count();
        let correlation = Correlation::read(cursor.rest(), 1 + named)?;
        let most = self.head.shapes.shapes.len() + 1;
        let shapes = ints::decode(shapes, correlation.column_distinct(0)?.min(most))?;
        Some(Units { shapes: whole_numbers(shapes)?, correlation })
    }

    /// What all groups need of a column.
    pub(super) fn shared(&self, column: usize) -> Result<&Shared, BlockError> {
        let damaged = || {
            BlockError::damaged(format!("what is shared of column {}", self.column_name(column)))
        };
        let slot = self.columns.get(column).ok_or_else(damaged)?;
        if let Some(shared) = slot.get() {
            return Ok(shared);
        }
        let parts = self.shared_parts(column)?;
        let shared = self.read_shared(column, &parts).ok_or_else(damaged)?;
        Ok(slot.get_or_init(|| shared))
    }

    fn shared_parts(&self, column: usize) -> Result<Vec<Vec<u8>>, BlockError> {
        let own = self.head.columns.get(column).map_or(0, |column| column.coding.shared_parts());
        let first = self.head.shared_number(column);
        (0..own).map(|part| self.part(first + part)).collect()
    }

    fn read_shared(&self, column: usize, parts: &[Vec<u8>]) -> Option<Shared> {
        let head = self.head.columns.get(column)?;
        Some(match (head.coding, parts) {
            (Coding::Dictionary, [values]) => {
                let absent = usize::from(head.absent.is_some());
                let count = (head.distinct as usize).checked_sub(absent)?;
                Shared::Values(value::decode(self.kind(column), values, count)?)
            }
            (Coding::Templates, [templates, order, slots]) => {
                let templates = Templates::read(templates)?;
                let slots = SlotReader::read(slots, &templates)?;
                let order = whole_numbers(ints::decode(order, head.distinct as usize)?)?;
                Shared::Texts(TextColumn { templates, order, slots })
            }
            _ => Shared::Nothing,
        })
    }

    pub(super) fn kind(&self, column: usize) -> Kind {
        self.head.shapes.keys.get(column).map_or(Kind::Nothing, ColumnKey::kind)
    }
}

fn whole_numbers(numbers: Vec<i64>) -> Option<Vec<u32>> {
    numbers.into_iter().map(|number| u32::try_from(number).ok()).collect()
}
