use crate::BlockError;
use crate::block::bytes::Bytes;
use crate::block::read::Block;
use crate::block::shared::Shared;
use crate::shred::RAW;
use crate::template::ABSENT;
use std::sync::Arc;

/// What the combinations of a unit mean for one column (or for the shapes of records).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// The unit whose combinations rows name: [`Rows::names`](super::Rows::names).
    pub unit: usize,
    of: Vec<u32>,
}

impl Places {
    /// How many combinations there are.
    pub fn combinations(&self) -> usize {
        self.of.len()
    }

    /// The place of the value (of the template, of the shape) that a combination means; `None` where it means that there
    /// is no value.
    pub fn get(&self, combination: u32) -> Option<usize> {
        self.of.get(combination as usize).filter(|place| **place != ABSENT).map(|at| *at as usize)
    }

    /// Asks once a value, and keeps the combinations for which it said so. `is_wanted` gets the place, `None` for "no
    /// value".
    pub fn keep(&self, mut is_wanted: impl FnMut(Option<usize>) -> bool) -> Keep {
        let places = self.of.iter().filter(|place| **place != ABSENT).max();
        let mut answers: Vec<Option<bool>> =
            vec![None; places.map_or(0, |most| *most as usize + 1)];
        let mut without = None;
        let mut answer = |place: &u32| match answers.get_mut(*place as usize) {
            Some(known) => *known.get_or_insert_with(|| is_wanted(Some(*place as usize))),
            None => *without.get_or_insert_with(|| is_wanted(None)),
        };
        Keep { unit: self.unit, of: self.of.iter().map(&mut answer).collect() }
    }

    /// Adds up what was counted by combination ([`Rows::tally`](super::Rows::tally)) by the place of the value; the
    /// last number is that of the rows without one.
    pub fn sum(&self, by_combination: &[u64]) -> Vec<u64> {
        let places = self.of.iter().filter(|place| **place != ABSENT).max();
        let mut sums = vec![0; places.map_or(0, |most| *most as usize + 1) + 1];
        let last = sums.len() - 1;
        for (place, count) in self.of.iter().zip(by_combination) {
            let at = if *place == ABSENT { last } else { *place as usize };
            if let Some(sum) = sums.get_mut(at) {
                *sum += count;
            }
        }
        sums
    }

    /// The bytes of memory it takes.
    pub fn bytes(&self) -> usize {
        size_of_val(self.of.as_slice())
    }
}

/// No words take no more bytes than this; one word takes more, with the frame of Zstandard that it is in.
const NO_WORDS: usize = 8;
/// So many combinations are few.
const FEW: usize = 4;

/// Combinations of a unit that are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keep {
    /// Their unit.
    pub unit: usize,
    of: Vec<bool>,
}

impl Keep {
    /// Whether rows of this combination are wanted.
    pub fn has(&self, combination: u32) -> bool {
        self.of.get(combination as usize) == Some(&true)
    }

    /// The combinations that are wanted, where these are few.
    pub(super) fn few(&self) -> Option<Vec<u32>> {
        let wanted = (0..).zip(&self.of).filter(|(_, wanted)| **wanted).map(|(name, _)| name);
        let few: Vec<u32> = wanted.take(FEW + 1).collect();
        (few.len() <= FEW).then_some(few)
    }

    /// Whether no row is wanted: the block need not be read.
    pub fn is_none(&self) -> bool {
        !self.of.contains(&true)
    }

    /// Whether every row is wanted.
    pub fn is_all(&self) -> bool {
        !self.of.contains(&false)
    }

    /// Whether the other wants all that this wants: never where the units differ.
    pub fn is_within(&self, other: &Self) -> bool {
        let both = self.of.iter().zip(&other.of);
        self.unit == other.unit && both.into_iter().all(|(own, other)| !own || *other)
    }

    /// How many of 1,000 combinations are wanted, rounded up: about how many rows are left.
    pub fn share(&self) -> usize {
        let wanted = self.of.iter().filter(|wanted| **wanted).count();
        (wanted * 1_000).div_ceil(self.of.len().max(1))
    }

    /// Leaves what both want, of the same unit; `false`, and nothing changed, where the units differ.
    pub fn and(&mut self, other: &Self) -> bool {
        self.combine(other, |own, other| own && other)
    }

    /// Wants what either wants, of the same unit; `false`, and nothing changed, where the units differ.
    pub fn or(&mut self, other: &Self) -> bool {
        self.combine(other, |own, other| own || other)
    }

    /// Wants the others.
    pub fn invert(&mut self) {
        for wanted in &mut self.of {
            *wanted = !*wanted;
        }
    }

    fn combine(&mut self, other: &Self, with: impl Fn(bool, bool) -> bool) -> bool {
        if self.unit != other.unit {
            return false;
        }
        for (own, other) in self.of.iter_mut().zip(&other.of) {
            *own = with(*own, *other);
        }
        true
    }
}

impl<B: Bytes> Block<B> {
    /// Which values, or templates, of a column the combinations of its unit mean; `None` where rows do not name it
    /// ([`Layout::Plain`](super::Layout::Plain), [`Layout::Nothing`](super::Layout::Nothing)). Made once and kept as long
    /// as the block is.
    ///
    /// # Errors
    /// Names the part that is damaged.
    pub fn places(&self, column: usize) -> Result<Option<Arc<Places>>, BlockError> {
        let Some(place) = self.place_of_number(column)? else { return Ok(None) };
        let places = self.places.get_or(Some(column), || {
            let (unit, numbers) = self.numbers(self.named(column))?;
            Ok(Places { unit, of: numbers.into_iter().map(place).collect() })
        })?;
        Ok(Some(places))
    }

    /// The place of the value, or the template, that a number of a named column means.
    pub(super) fn place_of_number(
        &self,
        column: usize,
    ) -> Result<Option<impl Fn(u32) -> u32>, BlockError> {
        let Some(head) = self.head.columns.get(column).filter(|head| head.coding.is_named()) else {
            return Ok(None);
        };
        let absent = head.absent;
        let order = match self.shared(column)? {
            Shared::Texts(texts) => Some(texts.order.as_slice()),
            _ => None,
        };
        Ok(Some(move |number: u32| match order {
            _ if Some(number) == absent => ABSENT,
            Some(order) => order.get(number as usize).copied().unwrap_or(ABSENT),
            // Of a dictionary the absent number has no value: those behind it stand one place before.
            None => number - u32::from(absent.is_some_and(|absent| number > absent)),
        }))
    }

    /// Which shapes the combinations of a unit mean: 0 for records that are kept whole, else 1 more than the shape's
    /// place in [`Block::shape_holds`].
    ///
    /// # Errors
    /// Names the part that is damaged.
    pub fn shape_places(&self) -> Result<Arc<Places>, BlockError> {
        self.places.get_or(None, || {
            let (unit, numbers) = self.numbers(0)?;
            let shapes = &self.units()?.shapes;
            let shape = |number: u32| shapes.get(number as usize).copied();
            let of = numbers.into_iter().map(shape).collect::<Option<_>>();
            Ok(Places { unit, of: of.ok_or_else(|| BlockError::damaged("the units"))? })
        })
    }

    /// Whether records are kept whole, of which no column tells. Reads nothing where there are none.
    ///
    /// # Errors
    /// Names the part that is damaged.
    pub fn has_whole(&self) -> Result<bool, BlockError> {
        let (first, chunks) = (self.head.shared_parts(), self.head.chunks());
        let last = (1..=self.head.groups.len()).map(|groups| first + groups * chunks - 1);
        let mut parts = last.filter_map(|number| self.head.parts.get(number));
        Ok(parts.any(|part| part.length > NO_WORDS) && self.units()?.shapes.contains(&RAW))
    }

    /// The unit of a named column, and the column's number in each of its combinations.
    fn numbers(&self, named: usize) -> Result<(usize, Vec<u32>), BlockError> {
        let correlation = &self.units()?.correlation;
        let damaged = || BlockError::damaged("the units");
        let unit = correlation.unit_of(named).ok_or_else(damaged)?;
        let all: Vec<u32> = (0..correlation.distinct(unit)).collect();
        Ok((unit, correlation.ids(named, &all).ok_or_else(damaged)?))
    }
}
