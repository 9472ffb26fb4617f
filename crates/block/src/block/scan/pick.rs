//! Records of chosen rows.

use super::rows::Rows;
use super::{Plain, Selection};
use crate::BlockError;
use crate::block::bytes::Bytes;
use crate::block::records::records;
use crate::convert::id;
use crate::shred::{Data, RAW, Shape, Source, ValueRows};
use crate::template::decode_words;
use crate::texts::Texts;
use std::sync::Arc;
use woodpile_record::Batch;

impl<B: Bytes> Rows<B> {
    /// The records of the selected rows, byte for byte as they were packed, in the order of the rows. Reads the columns
    /// that these records have, and puts together no others.
    ///
    /// # Errors
    /// Names the part that is damaged.
    pub fn unpack(&self, selected: &Selection) -> Result<Batch, BlockError> {
        self.put_together(selected, &self.block().head.shapes.shapes)
    }

    /// The records of the selected rows with these of their fields only, and columns that say nothing about these are
    /// not read. Records that are kept whole come whole.
    ///
    /// # Errors
    /// Names the part that is damaged.
    pub fn unpack_fields(
        &self,
        selected: &Selection,
        fields: &[&str],
    ) -> Result<Batch, BlockError> {
        let is_wanted = |key: &[u8]| fields.iter().any(|field| field.as_bytes() == key);
        let shapes = self.block().head.shapes.shapes.iter();
        let shapes: Vec<Shape> = shapes.map(|shape| shape.project(is_wanted)).collect();
        self.put_together(selected, &shapes)
    }

    /// The records of the selected rows in these shapes.
    fn put_together(&self, selected: &Selection, shapes: &[Shape]) -> Result<Batch, BlockError> {
        let block = self.block();
        let damaged = || BlockError::damaged(format!("the records of group {}", self.group()));
        let (places, names) = self.shapes()?;
        let shape = |row: usize| u32::try_from(places.get(names.get(row)?)?).ok();
        let rows: Vec<u32> =
            selected.iter().map(shape).collect::<Option<_>>().ok_or_else(damaged)?;
        let keys = &block.head.shapes.keys;
        let needed = self.columns_of(&rows, shapes).into_iter().enumerate();
        let picked: Vec<Picked<'_>> = needed
            .map(
                |(column, is_needed)| {
                    if is_needed { self.pick(column, selected) } else { Ok(Picked::Nothing) }
                },
            )
            .collect::<Result<_, _>>()?;
        let columns = keys.iter().zip(picked.iter().map(Picked::source));
        let whole = self.pick_whole(selected, &rows)?;
        let max_bytes = block.group(self.group())?.bytes;
        records(shapes, columns, &rows, &whole, max_bytes).ok_or_else(damaged)
    }

    /// Which columns records of these shapes have.
    fn columns_of(&self, rows: &[u32], shapes: &[Shape]) -> Vec<bool> {
        let mut needed = vec![false; self.block().head.columns.len()];
        let mut own: Vec<u32> = rows.iter().filter_map(|row| row.checked_sub(1)).collect();
        own.sort_unstable();
        own.dedup();
        let own = own.iter().filter_map(|shape| shapes.get(*shape as usize));
        for column in own.flat_map(Shape::columns) {
            if let Some(needed) = needed.get_mut(column as usize) {
                *needed = true;
            }
        }
        needed
    }

    /// The values of a column in the selected rows.
    fn pick(&self, column: usize, selected: &Selection) -> Result<Picked<'_>, BlockError> {
        let damaged = || self.damaged_column(column);
        if let Some(texts) = self.texts(column, selected)? {
            return Ok(Picked::Own(Data::Texts(texts.texts)));
        }
        if let Some(plain) = self.plain(column)? {
            let picks = picks(&plain.rows, selected);
            return Ok(Picked::Plain(plain, picks));
        }
        let named = self.named_column(column)?.ok_or_else(damaged)?;
        let values = self.block().values(column)?.ok_or_else(damaged)?;
        let picks = selected.iter().filter_map(|row| named.place(row)).map(id).collect();
        Ok(Picked::Shared(values.0, picks))
    }

    /// The selected records that are kept whole.
    fn pick_whole(&self, selected: &Selection, rows: &[u32]) -> Result<Texts, BlockError> {
        if !rows.contains(&RAW) {
            return Ok(Texts::default());
        }
        let (places, names) = self.shapes()?;
        let is_whole =
            |row: &usize| names.get(*row).and_then(|name| places.get(name)) == Some(RAW as usize);
        let all: Vec<usize> = (0..self.len()).filter(is_whole).collect();
        let block = self.block();
        let chunk = block.chunk(self.group(), block.head.chunks().saturating_sub(1))?;
        let name = || format!("the whole records of group {}", self.group());
        let whole = decode_words(&chunk, all.len()).ok_or_else(|| BlockError::damaged(name()))?;
        Ok(all
            .iter()
            .zip(whole.iter())
            .filter(|(row, _)| selected.has(**row))
            .map(|(_, record)| record)
            .collect())
    }
}

/// The values of some rows of a column, in the order of the rows.
enum Picked<'b> {
    /// Not needed.
    Nothing,
    /// All of these.
    Own(Data),
    /// These of the group's.
    Plain(Arc<Plain>, Vec<u32>),
    /// These of the block's.
    Shared(&'b Data, Vec<u32>),
}

impl Picked<'_> {
    fn source(&self) -> Source<'_> {
        match self {
            Self::Nothing => Source { data: &Data::Nothing(0), picks: None },
            Self::Own(data) => Source { data, picks: None },
            Self::Plain(plain, picks) => Source { data: &plain.data, picks: Some(picks) },
            Self::Shared(data, picks) => Source { data, picks: Some(picks) },
        }
    }
}

/// Where the values of the selected rows are.
fn picks(rows: &ValueRows, selected: &Selection) -> Vec<u32> {
    match rows {
        ValueRows::All(_) => selected.iter().map(id).collect(),
        ValueRows::Some(rows) => {
            let of = (0..).zip(rows).filter(|(_, row)| selected.has(**row as usize));
            of.map(|(place, _)| place).collect()
        }
    }
}
