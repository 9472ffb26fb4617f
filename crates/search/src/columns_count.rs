//! Counts rows of a block by the values that pipes need of them, without putting records together: rows that name the
//! same combinations are counted as one.

use crate::counter::Counter;
use crate::filter::{Resolved, resolve};
use crate::stored::{StoredBlock, StoredRows};
use bson::{DateTime, RawBson};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;
use woodpile_block::{BlockError, Selection};
use woodpile_query::{Input, Pipeline, TooManyRows};
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
    /// `None` where columns do not tell enough.
    pub(crate) fn new(
        block: &Arc<StoredBlock>,
        inputs: &[Input],
        collection: &str,
    ) -> Result<Option<Self>, BlockError> {
        let resolved = inputs.iter().map(|input| resolve(block, input, collection));
        let Some(inputs) = resolved.collect::<Result<Option<Vec<_>>, BlockError>>()? else {
            return Ok(None);
        };
        let mut sizes: Vec<(usize, usize)> = inputs.iter().flat_map(Resolved::units).collect();
        sizes.sort_unstable();
        sizes.dedup();
        let (units, sizes): (Vec<usize>, Vec<usize>) = sizes.into_iter().unzip();
        let Some(counter) = Counter::new(&sizes) else { return Ok(None) };
        Ok(Some(Self {
            block: Arc::clone(block),
            has_time: inputs.iter().any(|input| matches!(input, Resolved::Time)),
            inputs,
            units,
            span: 0..0,
            counter,
        }))
    }

    /// Counts the selected rows of a group.
    pub(crate) fn add(
        &mut self,
        rows: &StoredRows,
        selected: &Selection,
        pipeline: &mut Pipeline,
    ) -> Result<Result<(), TooManyRows>, BlockError> {
        let names = self.units.iter().map(|unit| rows.names(*unit));
        let names = names.collect::<Result<Vec<_>, _>>()?;
        if !self.has_time {
            selected.iter().for_each(|row| self.counter.count(&names, row));
            return Ok(Ok(()));
        }
        let times = rows.times()?;
        for row in selected.iter() {
            let time = times.get(row).copied().unwrap_or(0);
            if !self.span.contains(&time) {
                if let Err(error) = self.finish(pipeline)? {
                    return Ok(Err(error));
                }
                self.span = pipeline.time_bucket(time);
            }
            self.counter.count(&names, row);
        }
        Ok(Ok(()))
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
            match alike.get_mut(&places) {
                Some(count) => *count += times,
                None => {
                    order.push(places.clone());
                    alike.insert(places, times);
                }
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
            Resolved::Time | Resolved::Constant(_) => 0,
        };
        self.inputs.iter().map(place).collect()
    }
}
