//! The other fields of the same record, as text.

use super::digits::{Decimal, decimal};
use crate::texts::Texts;
use std::io::Write;

/// A column, and where each row's value is in it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum FieldColumn<'a> {
    /// Texts.
    Texts(&'a Texts, &'a [u32]),
    /// Whole numbers, in decimal.
    Ints(&'a [i64], &'a [u32]),
    /// The bits of floating-point numbers, in the shortest decimal that gives them back.
    Doubles(&'a [u64], &'a [u32]),
}

/// Milliseconds of a second.
const MILLIS: i64 = 1_000;
/// Nanoseconds of a second.
const NANOS: i64 = 1_000_000_000;

/// No value in this row.
pub(crate) const ABSENT: u32 = u32::MAX;

/// The fields that a text may refer to, by the number of their column.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fields<'a> {
    columns: Vec<(u32, FieldColumn<'a>)>,
    /// Where each column is among these, by its number.
    places: Vec<u32>,
    /// The event time of each row, in milliseconds.
    times: Option<&'a [i64]>,
    /// The column of the nanoseconds that belong to the event time, which texts may refer to.
    nanos: Option<u32>,
}

/// When a row happened, and what other columns have near it.
pub(crate) trait RowTime {
    /// In milliseconds.
    fn millis(&self) -> i64;

    /// The whole number that a column has in this row, 0 where it has none.
    fn nanos(&self, column: u32) -> i64;

    /// Appends the text that a column has so many rows on; `None` where it has none.
    fn text_on(&self, column: u32, rows: i64, out: &mut Vec<u8>) -> Option<()>;

    /// In units of `per_second`, a power of ten.
    fn coarse(&self, per_second: i64) -> i64 {
        in_units(self.millis(), per_second)
    }

    /// The same, with the nanoseconds that a column has.
    fn fine(&self, per_second: i64, column: u32) -> i64 {
        let nanos = self.nanos(column).div_euclid(NANOS / per_second.clamp(1, NANOS));
        self.coarse(per_second).wrapping_add(nanos)
    }
}

/// The row that is so many rows on.
pub(crate) fn row_on(row: usize, rows: i64) -> Option<usize> {
    row.checked_add_signed(isize::try_from(rows).ok()?)
}

/// The time of a row by its fields.
#[derive(Debug, Clone, Copy)]
pub(super) struct FieldsOfRow<'f> {
    fields: &'f Fields<'f>,
    row: usize,
}

impl FieldsOfRow<'_> {
    /// The column of the nanoseconds, where there is one.
    pub(super) fn nanos_column(self) -> Option<u32> {
        self.fields.nanos
    }
}

impl RowTime for FieldsOfRow<'_> {
    fn millis(&self) -> i64 {
        self.fields.times.and_then(|times| times.get(self.row)).copied().unwrap_or(0)
    }

    fn nanos(&self, column: u32) -> i64 {
        self.fields.whole(column, self.row).unwrap_or(0)
    }

    fn text_on(&self, column: u32, rows: i64, out: &mut Vec<u8>) -> Option<()> {
        let row = row_on(self.row, rows)?;
        out.extend_from_slice(self.fields.text(column, row, &mut Decimal::default())?);
        Some(())
    }
}

impl<'a> Fields<'a> {
    pub(crate) fn new(columns: Vec<(u32, FieldColumn<'a>)>, times: Option<&'a [i64]>) -> Self {
        let count = columns.iter().map(|(number, _)| *number as usize + 1).max().unwrap_or(0);
        let mut places = vec![ABSENT; count];
        for ((number, _), at) in columns.iter().zip(0..) {
            if let Some(place) = places.get_mut(*number as usize) {
                *place = at;
            }
        }
        Self { columns, places, times, nanos: None }
    }

    /// With a column of nanoseconds that belong to the event times.
    pub(crate) fn with_nanos(self, nanos: Option<u32>) -> Self {
        let nanos = nanos.filter(|nanos| self.column(*nanos).is_some());
        Self { nanos, ..self }
    }

    /// When a row happened.
    pub(super) fn of(&self, row: usize) -> FieldsOfRow<'_> {
        FieldsOfRow { fields: self, row }
    }

    /// The columns, each by its number.
    pub(super) fn columns(&self) -> &[(u32, FieldColumn<'a>)] {
        &self.columns
    }

    fn column(&self, field: u32) -> Option<&FieldColumn<'a>> {
        let at = *self.places.get(field as usize)? as usize;
        Some(&self.columns.get(at)?.1)
    }

    /// A whole number in a row.
    fn whole(&self, field: u32, row: usize) -> Option<i64> {
        match self.column(field)? {
            FieldColumn::Ints(values, places) => values.get(place(places, row)?).copied(),
            _ => None,
        }
    }

    /// The text of a field in a row.
    pub(super) fn text<'b>(
        &'b self,
        field: u32,
        row: usize,
        room: &'b mut Decimal,
    ) -> Option<&'b [u8]> {
        self.column(field)?.text(row, room)
    }

    /// The fields of a row with their texts, in the order of the columns.
    pub(super) fn of_row(&self, row: usize, mut visit: impl FnMut(u32, &[u8])) {
        for (number, column) in &self.columns {
            let mut room = Decimal::default();
            if let Some(text) = column.text(row, &mut room) {
                visit(*number, text);
            }
        }
    }
}

/// A time in units of `per_second`, a power of ten, rounded down.
fn in_units(millis: i64, per_second: i64) -> i64 {
    if per_second >= MILLIS {
        millis.wrapping_mul(per_second / MILLIS)
    } else {
        millis.div_euclid(MILLIS / per_second.max(1))
    }
}

impl FieldColumn<'_> {
    fn text<'b>(&'b self, row: usize, room: &'b mut Decimal) -> Option<&'b [u8]> {
        match self {
            Self::Texts(texts, places) => texts.get(place(places, row)?),
            Self::Ints(values, places) => Some(decimal(*values.get(place(places, row)?)?, room)),
            Self::Doubles(values, places) => double(*values.get(place(places, row)?)?, room),
        }
    }
}

/// A floating-point number, as JSON has it: `2.0`, `0.25`, `1e-7`.
pub(crate) fn double(bits: u64, room: &mut Decimal) -> Option<&[u8]> {
    let mut rest = room.as_mut_slice();
    write!(rest, "{:?}", f64::from_bits(bits)).ok()?;
    let left = rest.len();
    room.get(..room.len() - left)
}

/// Where a row's value is.
fn place(places: &[u32], row: usize) -> Option<usize> {
    places.get(row).filter(|at| **at != ABSENT).map(|at| *at as usize)
}
