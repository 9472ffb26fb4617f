use super::column::{Column, WHOLE_ARRAY};
use super::shape::{MAX_DEPTH, MAX_SHAPE_BYTES, Shape, Shapes};
use crate::texts::Texts;
use std::ops::Range;
use woodpile_record::RawDocument;

/// The row's number of records that are kept whole.
pub(crate) const RAW: u32 = 0;
/// Arrays of more elements are kept whole.
const MAX_ELEMENTS: usize = 16;

/// Records as shapes and columns.
#[derive(Debug, Default)]
pub(crate) struct Shredded {
    pub(crate) shapes: Shapes,
    pub(crate) columns: Vec<Column>,
    /// For each record [`RAW`], or its shape's number and one more.
    pub(crate) rows: Vec<u32>,
    /// The records that are kept whole.
    pub(crate) raw: Texts,
    /// What the last record consisted of: room for the next.
    pub(crate) parts: Parts,
}

/// What one record consists of.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    /// The shape's.
    description: Vec<u8>,
    /// Where the values are in the record.
    values: Vec<Range<usize>>,
}

impl Shredded {
    /// Takes the next record apart.
    pub(crate) fn push(&mut self, record: &RawDocument) {
        let record = record.as_bytes();
        let row = self.rows.len();
        let parts = &mut self.parts;
        parts.description.clear();
        parts.values.clear();
        let shape = match (Walk { record, parts }).document(record, false, 1) {
            Some([]) => self.shapes.number(&self.parts.description),
            _ => None,
        };
        let Some(number) = shape else {
            self.raw.push(record);
            return self.rows.push(RAW);
        };
        while let Some(key) = self.shapes.keys.get(self.columns.len()) {
            self.columns.push(Column::new(key.clone()));
        }
        let columns = self.shapes.shapes.get(number as usize).into_iter().flat_map(Shape::columns);
        for (column, value) in columns.zip(&self.parts.values) {
            if let (Some(column), Some(value)) =
                (self.columns.get_mut(column as usize), record.get(value.clone()))
            {
                column.push(row, value);
            }
        }
        self.rows.push(number + 1);
    }

    /// No record comes any more: texts stay held once where one in `part` is distinct, or fewer.
    pub(crate) fn settle(&mut self, part: usize) {
        self.columns.iter_mut().for_each(|column| column.settle(part));
    }
}

/// Finds what a record consists of.
struct Walk<'a, 'r> {
    record: &'a [u8],
    parts: &'r mut Parts,
}

impl<'a> Walk<'a, '_> {
    /// Walks the document at the front of the bytes; tells what follows it.
    fn document(&mut self, bytes: &'a [u8], nested: bool, depth: usize) -> Option<&'a [u8]> {
        let (mut elements, after) = split_document(bytes)?;
        if depth > MAX_DEPTH {
            return None;
        }
        while let Some((&bson_type, rest)) = elements.split_first() {
            let key_length = memchr::memchr(0, rest)? + 1;
            let (key, value) = rest.split_at_checked(key_length)?;
            elements = self.element(bson_type, key, value, depth)?;
        }
        if nested {
            self.parts.description.push(0);
        }
        Some(after)
    }

    fn element(
        &mut self,
        bson_type: u8,
        key: &[u8],
        value: &'a [u8],
        depth: usize,
    ) -> Option<&'a [u8]> {
        let whole = bson_type == 0x04 && has_many(split_document(value)?.0);
        let described = if whole { WHOLE_ARRAY } else { bson_type };
        self.parts.description.push(described);
        self.parts.description.extend_from_slice(key);
        if self.parts.description.len() > MAX_SHAPE_BYTES {
            return None;
        }
        if matches!(described, 0x03 | 0x04) {
            return self.document(value, true, depth + 1);
        }
        let (value, rest) = value.split_at_checked(value_length(bson_type, value)?)?;
        let start = value.as_ptr().addr() - self.record.as_ptr().addr();
        self.parts.values.push(start..start + value.len());
        Some(rest)
    }
}

/// The elements of the document at the front, and what follows it.
fn split_document(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let length = usize::try_from(u32::from_le_bytes(*bytes.first_chunk()?)).ok()?;
    let (document, after) = bytes.split_at_checked(length)?;
    let elements = document.get(4..)?.strip_suffix(&[0])?;
    Some((elements, after))
}

/// Whether an array has more than [`MAX_ELEMENTS`] elements, or what cannot be counted.
fn has_many(mut elements: &[u8]) -> bool {
    for _ in 0..MAX_ELEMENTS {
        let Some((&bson_type, rest)) = elements.split_first() else { return false };
        let after = || {
            let value = rest.get(memchr::memchr(0, rest)? + 1..)?;
            value.get(value_length(bson_type, value)?..)
        };
        match after() {
            Some(after) => elements = after,
            None => return true,
        }
    }
    !elements.is_empty()
}

/// How many bytes the value at the front has (<https://bsonspec.org/spec.html>).
fn value_length(bson_type: u8, value: &[u8]) -> Option<usize> {
    let prefix = || usize::try_from(u32::from_le_bytes(*value.first_chunk()?)).ok();
    Some(match bson_type {
        0x01 | 0x09 | 0x11 | 0x12 => 8,
        0x02 | 0x0D | 0x0E => text_length(value)?,
        0x03 | 0x04 | 0x0F => prefix()?,
        0x05 => prefix()?.checked_add(5)?,
        0x06 | 0x0A | 0x7F | 0xFF => 0,
        0x07 => 12,
        0x08 => 1,
        0x0B => {
            let pattern = memchr::memchr(0, value)? + 1;
            pattern + memchr::memchr(0, value.get(pattern..)?)? + 1
        }
        0x0C => text_length(value)?.checked_add(12)?,
        0x10 => 4,
        0x13 => 16,
        _ => return None,
    })
}

/// A text's length with its own four bytes and its NUL, which have to be there.
fn text_length(value: &[u8]) -> Option<usize> {
    let length = usize::try_from(u32::from_le_bytes(*value.first_chunk()?)).ok()?.checked_add(4)?;
    (length > 4 && value.get(length - 1) == Some(&0)).then_some(length)
}
