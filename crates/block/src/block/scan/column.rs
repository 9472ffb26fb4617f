use crate::BlockError;
use crate::block::bytes::Bytes;
use crate::block::coding::Coding;
use crate::block::read::Block;
use crate::block::scan::Values;
use crate::block::shared::Shared;

/// How the values of a column can be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Group by group: [`Rows::plain`](super::Rows::plain).
    Plain,
    /// The distinct values once, [`Block::values`], and for each row which: [`Block::places`].
    Dictionary,
    /// Texts by templates: [`Block::text_scan`], [`Rows::texts`](super::Rows::texts).
    Templates,
    /// The type is all there is: null and the like. Which rows have it, its shapes say.
    Nothing,
}

/// A column: all values of one type at one path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnInfo {
    /// Its number in this block, and in no other.
    pub number: usize,
    /// The keys from the outermost on, with points between them: `http.status`. A key that holds points itself looks
    /// like several.
    pub path: String,
    /// The BSON type of its values (<https://bsonspec.org/spec.html>); 0x44 is an array that is kept whole.
    pub bson_type: u8,
    /// How its values can be had.
    pub layout: Layout,
}

impl<B: Bytes> Block<B> {
    /// All columns, in the order of their numbers. Reads nothing.
    pub fn columns(&self) -> impl ExactSizeIterator<Item = ColumnInfo> {
        let keys = self.head.shapes.keys.iter().zip(&self.head.columns).enumerate();
        keys.map(|(number, (key, head))| ColumnInfo {
            number,
            path: self.column_name(number),
            bson_type: key.bson_type,
            layout: match head.coding {
                Coding::Dictionary => Layout::Dictionary,
                Coding::Templates => Layout::Templates,
                Coding::Nothing => Layout::Nothing,
                _ => Layout::Plain,
            },
        })
    }

    /// The distinct values of a dictionary, at their places; `None` where the column has another layout. Read once and
    /// kept as long as the block is.
    ///
    /// # Errors
    /// Names the part that is damaged.
    pub fn values(&self, column: usize) -> Result<Option<Values<'_>>, BlockError> {
        Ok(match self.shared(column)? {
            Shared::Values(values) => Some(Values(values)),
            _ => None,
        })
    }
}
