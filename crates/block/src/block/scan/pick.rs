//! Records of chosen rows.

use super::Selection;
use super::plain::ValueRows;
use super::rows::Rows;
use crate::BlockError;
use crate::block::bytes::Bytes;
use crate::block::coding::Coding;
use crate::block::records::records;
use crate::shred::{Data, RAW};
use crate::template::decode_words;
use crate::texts::Texts;
use woodpile_record::Batch;

impl<B: Bytes> Rows<B> {
    /// The records of the selected rows, byte for byte as they were packed, in the order of the rows. Reads the columns
    /// that these records have, and puts together no others.
    ///
    /// # Errors
    /// Names the part that is damaged.
    pub fn unpack(&self, selected: &Selection) -> Result<Batch, BlockError> {
        let block = self.block();
        let damaged = || BlockError::damaged(format!("the records of group {}", self.group()));
        let (places, names) = self.shapes()?;
        let shape = |row: usize| u32::try_from(places.get(names.get(row)?)?).ok();
        let rows: Vec<u32> =
            selected.iter().map(shape).collect::<Option<_>>().ok_or_else(damaged)?;
        let mut room = block.group(self.group())?.bytes;
        let keys = &block.head.shapes.keys;
        let mut columns = Vec::with_capacity(keys.len());
        let needed = self.columns_of(&rows);
        for column in 0..keys.len() {
            let is_needed = needed.get(column) == Some(&true);
            columns.push(if is_needed {
                self.pick(column, selected, &mut room)?
            } else {
                Data::Nothing(0)
            });
        }
        let whole = self.pick_whole(selected, &rows)?;
        let max_bytes = block.group(self.group())?.bytes;
        records(&block.head.shapes.shapes, keys.iter().zip(&columns), &rows, &whole, max_bytes)
            .ok_or_else(damaged)
    }

    /// Which columns records of these shapes have.
    fn columns_of(&self, rows: &[u32]) -> Vec<bool> {
        let head = &self.block().head;
        let mut needed = vec![false; head.columns.len()];
        let mut shapes: Vec<u32> = rows.iter().filter_map(|row| row.checked_sub(1)).collect();
        shapes.sort_unstable();
        shapes.dedup();
        let shapes = shapes.iter().filter_map(|shape| head.shapes.shapes.get(*shape as usize));
        for column in shapes.flat_map(crate::shred::Shape::columns) {
            if let Some(needed) = needed.get_mut(column as usize) {
                *needed = true;
            }
        }
        needed
    }

    /// The values of a column in the selected rows; they take their bytes of `room`.
    fn pick(
        &self,
        column: usize,
        selected: &Selection,
        room: &mut usize,
    ) -> Result<Data, BlockError> {
        let damaged = || self.damaged_column(column);
        let block = self.block();
        let coding = block.head.columns.get(column).map_or(Coding::Nothing, |head| head.coding);
        if coding == Coding::Templates {
            let texts = self.texts(column, selected)?.ok_or_else(damaged)?.texts;
            *room = room.checked_sub(texts.as_bytes().len()).ok_or_else(damaged)?;
            return Ok(Data::Texts(texts));
        }
        if let Some(plain) = self.plain(column)? {
            let places = places_of(&plain.rows, selected);
            return select(&plain.data, places, room).ok_or_else(damaged);
        }
        let named = self.named_column(column)?.ok_or_else(damaged)?;
        let values = block.values(column)?.ok_or_else(damaged)?;
        let places = selected.iter().filter_map(|row| named.place(row));
        select(values.0, places, room).ok_or_else(damaged)
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

/// Where the values of the selected rows are.
fn places_of(rows: &ValueRows, selected: &Selection) -> Box<dyn Iterator<Item = usize>> {
    let places: Vec<usize> = match rows {
        ValueRows::All(_) => selected.iter().collect(),
        ValueRows::Some(rows) => {
            let of = rows.iter().enumerate().filter(|(_, row)| selected.has(**row as usize));
            of.map(|(place, _)| place).collect()
        }
    };
    Box::new(places.into_iter())
}

/// The values at these places; `None` where one is not there, or their texts take more than `room`.
fn select(data: &Data, places: impl Iterator<Item = usize>, room: &mut usize) -> Option<Data> {
    let mut texts = |from: &Texts, places: &mut dyn Iterator<Item = usize>| {
        let mut found = Texts::default();
        for place in places {
            let text = from.get(place)?;
            *room = room.checked_sub(text.len())?;
            found.push(text);
        }
        Some(found)
    };
    let mut places = places;
    Some(match data {
        Data::Ints(values) => {
            Data::Ints(places.map(|at| values.get(at).copied()).collect::<Option<_>>()?)
        }
        Data::Doubles(values) => {
            Data::Doubles(places.map(|at| values.get(at).copied()).collect::<Option<_>>()?)
        }
        Data::Ids(values) => {
            Data::Ids(places.map(|at| values.get(at).copied()).collect::<Option<_>>()?)
        }
        Data::Texts(from) => Data::Texts(texts(from, &mut places)?),
        Data::Blobs(from) => Data::Blobs(texts(from, &mut places)?),
        Data::Nothing(_) => Data::Nothing(places.count()),
    })
}
