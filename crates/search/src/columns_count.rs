//! Counts rows of a block by the values that pipes need of them, without putting records together: rows that name the
//! same combinations are counted as one.

use crate::counter::Counter;
use crate::filter::Resolved;
use crate::stored::{StoredBlock, StoredRows};
use bson::{DateTime, RawBson};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;
use woodpile_block::{BlockError, Group, Names, Selection};
use woodpile_query::{Pipeline, TooManyRows};
use woodpile_record::RawBsonRef;

/// Rows of a block that are counted, and where their values come from.
pub(crate) struct ColumnsCount {
    block: Arc<StoredBlock>,
    inputs: Vec<Resolved>,
    /// The units whose combinations decide all values but the time.
    units: Vec<usize>,
    has_time: bool,
    /// The bucket of the rows that are counted.
    span: Range<i64>,
    counter: Counter,
}

impl ColumnsCount {
    /// Gives the inputs back where combinations do not tell enough.
    pub(crate) fn new(
        block: &Arc<StoredBlock>,
        inputs: Vec<Resolved>,
    ) -> Result<Self, Vec<Resolved>> {
        if inputs.iter().any(|input| matches!(input, Resolved::Each(_))) {
            return Err(inputs);
        }
        let mut sizes: Vec<(usize, usize)> = inputs.iter().flat_map(Resolved::units).collect();
        sizes.sort_unstable();
        sizes.dedup();
        let (units, sizes): (Vec<usize>, Vec<usize>) = sizes.into_iter().unzip();
        let Some(counter) = Counter::new(&sizes) else { return Err(inputs) };
        Ok(Self {
            block: Arc::clone(block),
            has_time: inputs.iter().any(|input| matches!(input, Resolved::Time)),
            inputs,
            units,
            span: 0..0,
            counter,
        })
    }

    /// Counts the selected rows of a group.
    pub(crate) fn add(
        &mut self,
        (rows, group): (&StoredRows, Group),
        selected: &Selection,
        pipeline: &mut Pipeline,
    ) -> Result<Result<(), TooManyRows>, BlockError> {
        let names = self.units.iter().map(|unit| rows.names(*unit));
        let names = names.collect::<Result<Vec<_>, _>>()?;
        let chosen = Chosen { selected, is_all: selected.is_all() };
        if let Err(error) = self.turn_to(group.first, pipeline)? {
            return Ok(Err(error));
        }
        if !self.has_time || self.span.contains(&group.last) {
            self.count(&names, 0..rows.len(), chosen);
            return Ok(Ok(()));
        }
        let times = rows.times()?;
        let mut from = 0;
        while let Some(time) = times.get(from) {
            if let Err(error) = self.turn_to(*time, pipeline)? {
                return Ok(Err(error));
            }
            let rest = times.get(from..).unwrap_or_default();
            let next = from + rest.partition_point(|time| *time < self.span.end).max(1);
            self.count(&names, from..next, chosen);
            from = next;
        }
        Ok(Ok(()))
    }

    /// Goes to the bucket of a time.
    fn turn_to(
        &mut self,
        time: i64,
        pipeline: &mut Pipeline,
    ) -> Result<Result<(), TooManyRows>, BlockError> {
        if self.has_time && !self.span.contains(&time) {
            if let Err(error) = self.finish(pipeline)? {
                return Ok(Err(error));
            }
            self.span = pipeline.time_bucket(time);
        }
        Ok(Ok(()))
    }

    fn count(&mut self, names: &[Arc<Names>], rows: Range<usize>, chosen: Chosen<'_>) {
        if chosen.is_all {
            self.counter.count_all(names, rows);
        } else {
            let rows = rows.filter(|row| chosen.selected.has(*row));
            rows.for_each(|row| self.counter.count(names, row));
        }
    }

    /// Gives the pipes what was counted so far.
    pub(crate) fn finish(
        &mut self,
        pipeline: &mut Pipeline,
    ) -> Result<Result<(), TooManyRows>, BlockError> {
        let mut alike: HashMap<Box<[u32]>, u64> = HashMap::new();
        let mut order = Vec::new();
        for (combinations, times) in self.counter.take() {
            let places = self.places(&combinations);
            if let Some(count) = alike.get_mut(&places) {
                *count += times;
            } else {
                order.push(places.clone());
                alike.insert(places, times);
            }
        }
        let time = RawBson::DateTime(DateTime::from_millis(self.span.start));
        for places in order {
            let times = alike.get(&places).copied().unwrap_or(0);
            let mut values: Vec<RawBsonRef<'_>> = Vec::with_capacity(self.inputs.len());
            for (input, place) in self.inputs.iter().zip(&places) {
                values.push(match input {
                    Resolved::Time => time.as_raw_bson_ref(),
                    Resolved::Constant(value) => value.as_raw_bson_ref(),
                    Resolved::Named(named) => named.value(&self.block, *place)?,
                    Resolved::Each(_) => RawBsonRef::Null,
                });
            }
            if let Err(error) = pipeline.add(&values, times) {
                return Ok(Err(error));
            }
        }
        Ok(Ok(()))
    }

    /// For each input the number of its value.
    fn places(&self, combinations: &[u32]) -> Box<[u32]> {
        let of_unit = |unit: usize| {
            let at = self.units.iter().position(|own| *own == unit)?;
            combinations.get(at).copied()
        };
        let place = |input: &Resolved| match input {
            Resolved::Named(named) => named.place(of_unit),
            _ => 0,
        };
        self.inputs.iter().map(place).collect()
    }
}

/// The rows of a group that are counted.
#[derive(Clone, Copy)]
struct Chosen<'s> {
    selected: &'s Selection,
    is_all: bool,
}
