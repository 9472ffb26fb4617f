use crate::convert::id;
use std::borrow::Cow;

/// The rows that a column's values stand in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ValueRows {
    /// The first rows, so many, have one each.
    All(usize),
    /// For each value its row, rising.
    Some(Vec<u32>),
}

impl ValueRows {
    /// How many values.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::All(rows) => *rows,
            Self::Some(rows) => rows.len(),
        }
    }

    pub(crate) fn row(&self, place: usize) -> Option<usize> {
        match self {
            Self::All(rows) => (place < *rows).then_some(place),
            Self::Some(rows) => rows.get(place).map(|row| *row as usize),
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.len()).filter_map(|place| self.row(place))
    }

    /// For each value its row.
    pub(crate) fn numbers(&self) -> Cow<'_, [u32]> {
        match self {
            Self::All(rows) => Cow::Owned((0..id(*rows)).collect()),
            Self::Some(rows) => Cow::Borrowed(rows),
        }
    }

    /// Where the first value of a row is.
    pub(crate) fn place(&self, row: usize) -> Option<usize> {
        let place = self.places_before(row);
        (self.row(place) == Some(row)).then_some(place)
    }

    /// How many values stand in earlier rows.
    pub(crate) fn places_before(&self, row: usize) -> usize {
        match self {
            Self::All(rows) => row.min(*rows),
            Self::Some(rows) => rows.partition_point(|own| (*own as usize) < row),
        }
    }

    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::All(_) => 0,
            Self::Some(rows) => size_of_val(rows.as_slice()),
        }
    }

    /// Adds the row of the next value; tells whether it is another than the last one's.
    pub(super) fn push(&mut self, row: usize) -> bool {
        match self {
            Self::All(rows) if *rows == row => *rows += 1,
            Self::All(rows) => {
                let known = *rows;
                *self = Self::Some(Self::All(known).numbers().into_owned());
                return self.push(row);
            }
            Self::Some(rows) => {
                let is_other = rows.last() != Some(&id(row));
                rows.push(id(row));
                return is_other;
            }
        }
        true
    }
}
