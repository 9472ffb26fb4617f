//! The other fields of the same record, as text.

use super::digits::{Decimal, decimal};
use crate::texts::Texts;

/// A column, and where each row's value is in it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum FieldColumn<'a> {
    /// Texts.
    Texts(&'a Texts, &'a [u32]),
    /// Whole numbers, in decimal.
    Ints(&'a [i64], &'a [u32]),
}

/// Milliseconds of a second.
const MILLIS: i64 = 1_000;

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
        Self { columns, places, times }
    }

    /// When the row happened, in units of `per_second`, a power of ten.
    pub(super) fn time(&self, row: usize, per_second: i64) -> i64 {
        in_units(self.times.and_then(|times| times.get(row)).copied().unwrap_or(0), per_second)
    }

    /// The text of a field in a row.
    pub(super) fn text<'b>(
        &'b self,
        field: u32,
        row: usize,
        room: &'b mut Decimal,
    ) -> Option<&'b [u8]> {
        let at = *self.places.get(field as usize)? as usize;
        self.columns.get(at)?.1.text(row, room)
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
pub(crate) fn in_units(millis: i64, per_second: i64) -> i64 {
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
        }
    }
}

/// Where a row's value is.
fn place(places: &[u32], row: usize) -> Option<usize> {
    places.get(row).filter(|at| **at != ABSENT).map(|at| *at as usize)
}
