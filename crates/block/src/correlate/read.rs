#![warn(clippy::arithmetic_side_effects, clippy::indexing_slicing)]

use super::budget::Budget;
use super::mode::Mode;
use super::tuples::Tuples;
use super::{alone, follows, recent, repeats};
use crate::varint::Cursor;

/// The most columns of one block.
const MAX_COLUMNS: usize = 10_000;
/// The most combinations of one unit.
const MAX_TUPLES: u32 = 1 << 20;

/// How the columns of a block are written: what a reader needs before it can read chunks.
#[derive(Debug)]
pub(crate) struct Correlation {
    units: Vec<ReadUnit>,
    /// For each column its unit, and its place there.
    columns: Vec<(usize, usize)>,
}

#[derive(Debug)]
struct ReadUnit {
    distinct: u32,
    mode: Mode,
    tuples: Option<Tuples>,
}

impl Correlation {
    /// Reads what `columns` columns share; `None` where the bytes are damaged.
    pub(crate) fn read(bytes: &[u8], columns: usize) -> Option<Self> {
        if columns > MAX_COLUMNS {
            return None;
        }
        let mut cursor = Cursor::new(bytes);
        let count = cursor.length().filter(|count| *count <= columns)?;
        let mut places = vec![None; columns];
        let mut units: Vec<ReadUnit> = Vec::with_capacity(count);
        let mut budget = Budget::default();
        for unit in 0..count {
            let members = cursor.length().filter(|members| (1..=columns).contains(members))?;
            for place in 0..members {
                let slot = places.get_mut(cursor.length()?).filter(|slot| slot.is_none())?;
                *slot = Some((unit, place));
            }
            units.push(ReadUnit::read(&mut cursor, members, count, &mut budget)?);
        }
        let columns = places.into_iter().collect::<Option<Vec<_>>>()?;
        for key in units.iter().filter_map(|unit| unit.mode.key()) {
            // A key has no key, and what it had last takes room in each group.
            let key = units.get(key).filter(|key| key.mode.key().is_none())?;
            budget.take(key.distinct as usize)?;
        }
        cursor.rest().is_empty().then_some(Self { units, columns })
    }

    /// The unit that a column belongs to.
    pub(crate) fn unit_of(&self, column: usize) -> Option<usize> {
        self.columns.get(column).map(|place| place.0)
    }

    /// The unit whose chunk is needed to read this one's.
    pub(crate) fn key_of(&self, unit: usize) -> Option<usize> {
        self.units.get(unit)?.mode.key()
    }

    /// How many combinations a unit has.
    pub(crate) fn distinct(&self, unit: usize) -> u32 {
        self.units.get(unit).map_or(0, |unit| unit.distinct)
    }

    /// How many distinct ids a column has.
    pub(crate) fn column_distinct(&self, column: usize) -> Option<usize> {
        let &(unit, place) = self.columns.get(column)?;
        let unit = self.units.get(unit)?;
        Some(match &unit.tuples {
            Some(tuples) => tuples
                .columns
                .get(place)?
                .iter()
                .max()
                .map_or(0, |most| (*most as usize).saturating_add(1)),
            None => unit.distinct as usize,
        })
    }

    /// About the bytes of memory it takes.
    pub(crate) fn bytes(&self) -> usize {
        let cells = |unit: &ReadUnit| {
            let table = unit.tuples.as_ref().map_or(0, |tuples| {
                tuples.columns.iter().map(Vec::len).fold(0, usize::saturating_add)
            });
            table.saturating_add(unit.mode.cells())
        };
        let cells = self.units.iter().map(cells).fold(0, usize::saturating_add);
        cells.saturating_mul(size_of::<u32>())
    }

    /// The combinations of a group of `count` rows; `keys` are those of [`Correlation::key_of`].
    pub(crate) fn rows(
        &self,
        unit: usize,
        chunk: &[u8],
        count: usize,
        keys: &[u32],
    ) -> Option<Vec<u32>> {
        let own = self.units.get(unit)?;
        let distinct_keys = own.mode.key().map_or(0, |key| self.distinct(key));
        let rows = match &own.mode {
            Mode::Constant => vec![0; count],
            Mode::Alone { with_context } => alone::decode(chunk, count, *with_context)?,
            Mode::Recent => recent::decode(chunk, count, own.distinct)?,
            Mode::Repeats { .. } => repeats::decode(chunk, keys, distinct_keys)?,
            Mode::Follows { successors, .. } => {
                follows::decode(chunk, keys, distinct_keys, successors)?
            }
        };
        (rows.len() == count && rows.iter().all(|row| *row < own.distinct)).then_some(rows)
    }

    /// A column's ids for rows that name the combinations of its unit.
    pub(crate) fn ids(&self, column: usize, rows: &[u32]) -> Option<Vec<u32>> {
        let &(unit, place) = self.columns.get(column)?;
        match &self.units.get(unit)?.tuples {
            Some(tuples) => tuples.member(place, rows),
            None => Some(rows.to_vec()),
        }
    }
}

impl ReadUnit {
    fn read(
        cursor: &mut Cursor<'_>,
        members: usize,
        units: usize,
        budget: &mut Budget,
    ) -> Option<Self> {
        let distinct = u32::try_from(cursor.varint()?).ok().filter(|n| *n <= MAX_TUPLES)?;
        let mode = Mode::read(cursor, distinct, units, budget)?;
        let tuples = match members {
            1 => None,
            _ => Some(Tuples::read(cursor, members, distinct, budget)?),
        };
        Some(Self { distinct, mode, tuples })
    }
}
