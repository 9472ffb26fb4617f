//! One question asked of one column.

use super::answer::Answer;
use super::scalar::{bson_type, scalar};
use crate::stored::{StoredBlock, StoredRows};
use woodpile_block::{BlockError, ColumnInfo, Keep, Layout, Selection};
use woodpile_query::Scalar;

/// Whether a value is what is looked for.
pub(super) type Passes<'m> = Box<dyn Fn(Scalar<'_>) -> bool + Send + Sync + 'm>;

/// A question, ready to be asked of a column of each group of a block.
pub(super) struct ColumnTest<'m> {
    column: ColumnInfo,
    how: How<'m>,
}

enum How<'m> {
    /// Asked of the distinct values already: combinations that pass.
    Named(Keep),
    /// Asked value by value.
    Each(Passes<'m>),
    /// The columns cannot tell.
    Unknown,
}

impl<'m> ColumnTest<'m> {
    /// Asks what can be asked once a block.
    pub(super) fn new(
        block: &StoredBlock,
        column: ColumnInfo,
        passes: Passes<'m>,
    ) -> Result<Self, BlockError> {
        let how = if column.bson_type == bson_type::WHOLE_ARRAY {
            How::Unknown
        } else if let Some(keep) = keep(block, &column, &passes)? {
            How::Named(keep)
        } else {
            How::Each(passes)
        };
        Ok(Self { column, how })
    }

    /// Whether no row of the block passes.
    pub(super) fn is_none(&self) -> bool {
        matches!(&self.how, How::Named(keep) if keep.is_none())
    }

    /// Asks it of these rows of a group.
    pub(super) fn ask(&self, rows: &StoredRows, within: &Selection) -> Result<Answer, BlockError> {
        match &self.how {
            How::Named(keep) => {
                let mut found = within.clone();
                rows.narrow(keep, &mut found)?;
                Ok(Answer::exact(found))
            }
            How::Unknown => {
                let mut found = Selection::none(rows.len());
                if let Some(places) = rows.block().places(self.column.number)? {
                    found = within.clone();
                    rows.narrow(&places.keep(|place| place.is_some()), &mut found)?;
                } else if let Some(plain) = rows.plain(self.column.number)? {
                    plain.rows().for_each(|row| found.add(row));
                    found.and(within);
                }
                Ok(Answer::unknown(found))
            }
            How::Each(passes) if self.column.layout == Layout::Templates => {
                self.ask_texts(rows, within, passes)
            }
            How::Each(passes) => self.ask_values(rows, within, passes),
        }
    }

    fn ask_values(
        &self,
        rows: &StoredRows,
        within: &Selection,
        passes: &Passes<'m>,
    ) -> Result<Answer, BlockError> {
        let mut found = Selection::none(rows.len());
        let Some(plain) = rows.plain(self.column.number)? else { return Ok(Answer::exact(found)) };
        for (row, value) in plain.rows().zip(plain.values().iter()) {
            if within.has(row) && scalar(value, self.column.bson_type).is_some_and(passes) {
                found.add(row);
            }
        }
        Ok(Answer::exact(found))
    }

    fn ask_texts(
        &self,
        rows: &StoredRows,
        within: &Selection,
        passes: &Passes<'m>,
    ) -> Result<Answer, BlockError> {
        let mut found = Selection::none(rows.len());
        if let Some(texts) = rows.texts(self.column.number, within)? {
            for (row, text) in texts.iter() {
                if std::str::from_utf8(text).is_ok_and(|text| passes(Scalar::Text(text))) {
                    found.add(row);
                }
            }
        }
        Ok(Answer::exact(found))
    }
}

/// The combinations whose value passes; `None` where the column is no dictionary.
fn keep(
    block: &StoredBlock,
    column: &ColumnInfo,
    passes: &Passes<'_>,
) -> Result<Option<Keep>, BlockError> {
    let Some(values) = block.values(column.number)? else { return Ok(None) };
    let Some(places) = block.places(column.number)? else { return Ok(None) };
    Ok(Some(places.keep(|place| {
        let value = place.and_then(|place| values.get(place));
        value.and_then(|value| scalar(value, column.bson_type)).is_some_and(passes)
    })))
}
