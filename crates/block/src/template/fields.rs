//! The other fields of the same record, as text.

use crate::texts::Texts;

/// A column, and where each row's value is in it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum FieldColumn<'a> {
    /// Texts.
    Texts(&'a Texts, &'a [u32]),
    /// Whole numbers, in decimal.
    Ints(&'a [i64], &'a [u32]),
}

/// No value in this row.
pub(crate) const ABSENT: u32 = u32::MAX;

/// The fields that a text may refer to, by the number of their column.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fields<'a> {
    columns: Vec<(u32, FieldColumn<'a>)>,
    /// The event time of each row, in milliseconds.
    times: Option<&'a [i64]>,
}

/// Room for a number in decimal.
pub(super) type Decimal = [u8; 20];

impl<'a> Fields<'a> {
    pub(crate) fn new(columns: Vec<(u32, FieldColumn<'a>)>, times: Option<&'a [i64]>) -> Self {
        Self { columns, times }
    }

    /// When the row happened, in units of `per_second`.
    pub(crate) fn time(&self, row: usize, per_second: i64) -> i64 {
        let millis = self.times.and_then(|times| times.get(row)).copied().unwrap_or(0);
        if per_second >= 1_000 {
            millis.wrapping_mul(per_second / 1_000)
        } else {
            millis.div_euclid(1_000 / per_second.max(1))
        }
    }

    /// The text of a field in a row.
    pub(super) fn text<'b>(
        &'b self,
        field: u32,
        row: usize,
        room: &'b mut Decimal,
    ) -> Option<&'b [u8]> {
        let (_, column) = self.columns.iter().find(|(number, _)| *number == field)?;
        column.text(row, room)
    }

    /// The fields of a row with their texts, in the order of the columns.
    pub(super) fn of_row(&self, row: usize, mut visit: impl FnMut(u32, bool, &[u8])) {
        for (number, column) in &self.columns {
            let mut room = [0; 20];
            let is_text = matches!(column, FieldColumn::Texts(..));
            if let Some(text) = column.text(row, &mut room) {
                visit(*number, is_text, text);
            }
        }
    }
}

impl<'a> FieldColumn<'a> {
    fn text<'b>(&'b self, row: usize, room: &'b mut Decimal) -> Option<&'b [u8]> {
        match self {
            Self::Texts(texts, places) => {
                texts.get(*places.get(row).filter(|at| **at != ABSENT)? as usize)
            }
            Self::Ints(values, places) => {
                let value = *values.get(*places.get(row).filter(|at| **at != ABSENT)? as usize)?;
                Some(decimal(value, room))
            }
        }
    }
}

/// A number in decimal, without a sum of allocations.
fn decimal(value: i64, room: &mut Decimal) -> &[u8] {
    let mut at = room.len();
    let mut rest = value.unsigned_abs();
    loop {
        at -= 1;
        if let Some(byte) = room.get_mut(at) {
            *byte = b'0' + (rest % 10) as u8;
        }
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        at -= 1;
        if let Some(byte) = room.get_mut(at) {
            *byte = b'-';
        }
    }
    room.get(at..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_everywhere() {
        for value in [0, 7, -7, i64::MAX, i64::MIN, 1_000] {
            assert_eq!(decimal(value, &mut [0; 20]), value.to_string().as_bytes());
        }
    }
}
