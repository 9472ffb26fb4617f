//! Counts rows of a block one by one, by values that differ from row to row: still without putting records together.

use crate::filter::{EachColumn, EachSource, Resolved, as_bson};
use crate::stored::{StoredBlock, StoredRows};
use bson::DateTime;
use std::iter::Peekable;
use std::sync::Arc;
use woodpile_block::{BlockError, Names, Places, Plain, RowTexts, Selection, Value};
use woodpile_query::{Pipeline, TooManyRows};
use woodpile_record::RawBsonRef;

/// Counts the selected rows of a group.
pub(crate) fn count_rows(
    block: &StoredBlock,
    inputs: &[Resolved],
    rows: &StoredRows,
    selected: &Selection,
    pipeline: &mut Pipeline,
) -> Result<Result<(), TooManyRows>, BlockError> {
    let columns = inputs.iter().map(|input| Column::new(block, input, rows, selected));
    let columns = columns.collect::<Result<Vec<_>, _>>()?;
    let mut cells: Vec<Cells<'_>> = columns.iter().map(Cells::new).collect();
    for row in selected.iter() {
        let values = cells.iter_mut().map(|cells| cells.of_row(block, row));
        let values = values.collect::<Result<Vec<_>, _>>()?;
        if let Err(error) = pipeline.add(&values, 1) {
            return Ok(Err(error));
        }
    }
    Ok(Ok(()))
}

/// What one input needs of a group.
enum Column<'i> {
    Time(Arc<Vec<i64>>),
    Constant(RawBsonRef<'i>),
    /// In any of these.
    Each(Vec<Part>),
}

/// What one column has of a group.
struct Part {
    bson_type: u8,
    source: Source,
}

enum Source {
    Named { number: usize, places: Arc<Places>, names: Arc<Names> },
    Plain(Arc<Plain>),
    Texts(RowTexts),
}

impl<'i> Column<'i> {
    fn new(
        block: &StoredBlock,
        input: &'i Resolved,
        rows: &StoredRows,
        selected: &Selection,
    ) -> Result<Self, BlockError> {
        Ok(match input {
            Resolved::Time => Self::Time(rows.times()?),
            Resolved::Constant(value) => Self::Constant(value.as_raw_bson_ref()),
            Resolved::Named(named) => {
                let parts = named.each().map(|column| Part::new(block, &column, rows, selected));
                Self::Each(parts.collect::<Result<_, _>>()?)
            }
            Resolved::Each(columns) => {
                let parts = columns.iter().map(|column| Part::new(block, column, rows, selected));
                Self::Each(parts.collect::<Result<_, _>>()?)
            }
        })
    }
}

impl Part {
    fn new(
        block: &StoredBlock,
        column: &EachColumn,
        rows: &StoredRows,
        selected: &Selection,
    ) -> Result<Self, BlockError> {
        let EachColumn { number, bson_type, .. } = *column;
        let missing = || BlockError::Damaged { part: format!("column {number}") };
        let source = match &column.source {
            EachSource::Dictionary(places) => Source::Named {
                number,
                places: Arc::clone(places),
                names: rows.names(places.unit)?,
            },
            EachSource::Texts => {
                // Read here, so that it is known to be sound.
                block.places(number)?;
                Source::Texts(rows.texts(number, selected)?.ok_or_else(missing)?)
            }
            EachSource::Plain => Source::Plain(rows.plain(number)?.ok_or_else(missing)?),
        };
        Ok(Self { bson_type, source })
    }
}

/// Gives the value of one row after another.
enum Cells<'c> {
    Time(&'c [i64]),
    Constant(RawBsonRef<'c>),
    Each(Vec<PartCells<'c>>),
}

/// Each row with its text.
type TextsOfRows<'c> = Box<dyn Iterator<Item = (usize, &'c [u8])> + 'c>;

struct PartCells<'c> {
    part: &'c Part,
    texts: Option<Peekable<TextsOfRows<'c>>>,
}

impl<'c> Cells<'c> {
    fn new(column: &'c Column<'_>) -> Self {
        match column {
            Column::Time(times) => Self::Time(times),
            Column::Constant(value) => Self::Constant(*value),
            Column::Each(parts) => Self::Each(parts.iter().map(PartCells::new).collect()),
        }
    }

    fn of_row<'v>(
        &mut self,
        block: &'v StoredBlock,
        row: usize,
    ) -> Result<RawBsonRef<'v>, BlockError>
    where
        'c: 'v,
    {
        Ok(match self {
            Self::Time(times) => {
                let time = times.get(row).copied().unwrap_or(0);
                RawBsonRef::DateTime(DateTime::from_millis(time))
            }
            Self::Constant(value) => *value,
            Self::Each(parts) => {
                for part in parts {
                    if let Some(value) = part.of_row(block, row)? {
                        return Ok(value);
                    }
                }
                RawBsonRef::Null
            }
        })
    }
}

impl<'c> PartCells<'c> {
    fn new(part: &'c Part) -> Self {
        let texts = match &part.source {
            Source::Texts(texts) => {
                let texts: TextsOfRows<'c> = Box::new(texts.iter());
                Some(texts.peekable())
            }
            Source::Named { .. } | Source::Plain(_) => None,
        };
        Self { part, texts }
    }

    fn of_row<'v>(
        &mut self,
        block: &'v StoredBlock,
        row: usize,
    ) -> Result<Option<RawBsonRef<'v>>, BlockError>
    where
        'c: 'v,
    {
        let value: Option<Value<'v>> = match &self.part.source {
            Source::Named { number, places, names } => {
                let place = names.get(row).and_then(|name| places.get(name));
                match place {
                    Some(place) => block.values(*number)?.and_then(|values| values.get(place)),
                    None => None,
                }
            }
            Source::Plain(plain) => plain.of_row(row),
            Source::Texts(_) => self.text(row).map(Value::Text),
        };
        Ok(value.and_then(|value| as_bson(value, self.part.bson_type)))
    }

    /// The first text of the row: rows are asked in their order.
    fn text(&mut self, row: usize) -> Option<&'c [u8]> {
        let texts = self.texts.as_mut()?;
        while texts.next_if(|(own, _)| *own < row).is_some() {}
        texts.next_if(|(own, _)| *own == row).map(|(_, text)| text)
    }
}
