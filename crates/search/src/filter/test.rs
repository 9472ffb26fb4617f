//! One question asked of one column.

use super::answer::Answer;
use super::scalar::{bson_type, has_text, scalar};
use super::wanted::Wanted;
use crate::stored::{StoredBlock, StoredRows};
use std::sync::Arc;
use woodpile_block::{BlockError, ColumnInfo, Keep, Selection, TextScan};

/// A question, ready to be asked of a column of each group of a block.
pub(super) struct ColumnTest<'m> {
    column: ColumnInfo,
    wanted: Arc<Wanted<'m>>,
    how: How,
}

enum How {
    /// No row passes: the words of the block tell.
    NoWord,
    /// Asked of the distinct values already: combinations that pass.
    Named(Keep),
    /// Asked of templates already.
    Texts(TextScan),
    /// Asked value by value.
    Each,
    /// The columns cannot tell.
    Unknown,
}

impl<'m> ColumnTest<'m> {
    /// Asks what can be asked once a block.
    pub(super) fn new(
        block: &StoredBlock,
        column: ColumnInfo,
        wanted: Arc<Wanted<'m>>,
    ) -> Result<Self, BlockError> {
        let how = How::of(block, &column, &wanted)?;
        Ok(Self { column, wanted, how })
    }

    /// Whether no row of the block passes.
    pub(super) fn is_none(&self) -> bool {
        match &self.how {
            How::NoWord => true,
            How::Named(keep) => keep.is_none(),
            How::Texts(scan) => scan.is_none(),
            How::Each | How::Unknown => false,
        }
    }

    /// The combinations whose rows pass, where these tell.
    pub(super) fn keep(&self) -> Option<&Keep> {
        match &self.how {
            How::Named(keep) => Some(keep),
            How::Texts(scan) => scan.keep(),
            How::NoWord | How::Each | How::Unknown => None,
        }
    }

    /// About how many of 1,000 rows have to be looked at, or pass.
    pub(super) fn share(&self) -> usize {
        match &self.how {
            How::NoWord => 0,
            How::Named(keep) => keep.share(),
            How::Texts(scan) => scan.share(),
            How::Each | How::Unknown => 1_000,
        }
    }

    /// Leaves out rows that one of these has anyway.
    pub(super) fn leave_out(&mut self, known: &[&Keep]) {
        if let How::Texts(scan) = &mut self.how {
            scan.leave_out(known);
        }
    }

    /// Whether the block's words told that none passes.
    pub(super) fn lacks_word(&self) -> bool {
        matches!(self.how, How::NoWord)
    }

    /// Asks it of these rows of a group.
    pub(super) fn ask(&self, rows: &StoredRows, within: &Selection) -> Result<Answer, BlockError> {
        let mut found = within.clone();
        match &self.how {
            How::NoWord => return Ok(Answer::none(rows.len())),
            How::Named(keep) => rows.narrow(keep, &mut found)?,
            How::Texts(scan) => {
                rows.narrow_text(scan, &*self.wanted, &mut found)?;
            }
            How::Each => return self.ask_values(rows, within),
            How::Unknown => return self.ask_nothing(rows, within),
        }
        Ok(Answer::exact(found))
    }

    /// Rows that have a value are left open.
    fn ask_nothing(&self, rows: &StoredRows, within: &Selection) -> Result<Answer, BlockError> {
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

    fn ask_values(&self, rows: &StoredRows, within: &Selection) -> Result<Answer, BlockError> {
        let mut found = Selection::none(rows.len());
        let Some(plain) = rows.plain(self.column.number)? else { return Ok(Answer::exact(found)) };
        for (row, value) in plain.rows().zip(plain.values().iter()) {
            let passes = |value| self.wanted.passes(value);
            if within.has(row) && scalar(value, self.column.bson_type).is_some_and(passes) {
                found.add(row);
            }
        }
        Ok(Answer::exact(found))
    }
}

impl How {
    fn of(
        block: &StoredBlock,
        column: &ColumnInfo,
        wanted: &Wanted<'_>,
    ) -> Result<Self, BlockError> {
        if column.bson_type == bson_type::WHOLE_ARRAY {
            return Ok(Self::Unknown);
        }
        if !has_text(column.bson_type) {
            return Ok(keep(block, column, wanted)?.map_or(Self::Each, Self::Named));
        }
        Ok(if wanted.misses_words(block, column.number)? {
            Self::NoWord
        } else {
            Self::Texts(block.text_scan(column.number, wanted)?)
        })
    }
}

/// The combinations whose value passes; `None` where the column is no dictionary.
fn keep(
    block: &StoredBlock,
    column: &ColumnInfo,
    wanted: &Wanted<'_>,
) -> Result<Option<Keep>, BlockError> {
    let Some(values) = block.values(column.number)? else { return Ok(None) };
    let Some(places) = block.places(column.number)? else { return Ok(None) };
    let passes = |value| wanted.passes(value);
    Ok(Some(places.keep(|place| {
        let value = place.and_then(|place| values.get(place));
        value.and_then(|value| scalar(value, column.bson_type)).is_some_and(passes)
    })))
}
