//! A block's part of what pipes count: by its summary, else by combinations, else row by row from columns, else record by
//! record.

use crate::block_rows::{Asked, Notes};
use crate::columns_count::ColumnsCount;
use crate::error::SearchError;
use crate::filter::{BlockFilter, Resolved, resolve};
use crate::rows_count::count_rows;
use crate::stop::Stop;
use crate::stored::{StoredBlock, StoredRows};
use crate::summed;
use std::sync::Arc;
use woodpile_block::{BlockError, Group, Selection};
use woodpile_query::{Input, Origin, Pipeline, TooManyRows};
use woodpile_record::{Batch, RawDocument};
use woodpile_store::Order;

/// Adds the rows of a block that match.
pub(crate) fn count_block(
    asked: &Asked<'_>,
    part: &mut Pipeline,
    notes: &mut Notes,
) -> Result<(), Stop> {
    let Some((block, filter)) = asked.prepare(notes)? else { return Ok(()) };
    let counting = Counting { asked, block, filter };
    match counting.begin(part, notes) {
        Ok(Ok(Some(mut how))) => counting.count(&mut how, part, notes),
        Ok(Ok(None)) => Ok(()),
        Ok(Err(error)) => Err(SearchError::from(error).into()),
        Err(error) => asked.fault(error, asked.entry.records, notes),
    }
}

struct Counting<'a, 's> {
    asked: &'a Asked<'s>,
    block: Arc<StoredBlock>,
    filter: BlockFilter<'s>,
}

/// How the rows of a block are counted.
enum How {
    Columns(ColumnsCount),
    Rows(Vec<Resolved>),
    /// Of records no more than these fields is put together.
    Records(Vec<String>),
}

impl Counting<'_, '_> {
    /// `None` where the summary told all.
    fn begin(
        &self,
        part: &mut Pipeline,
        notes: &mut Notes,
    ) -> Result<Result<Option<How>, TooManyRows>, BlockError> {
        let Asked { collection, entry, prune, .. } = self.asked;
        let inputs = part.inputs().iter();
        let inputs = inputs.map(|input| resolve(&self.block, input, collection));
        let Some(inputs) = inputs.collect::<Result<Option<Vec<_>>, BlockError>>()? else {
            let fields = part.inputs().iter().flat_map(Input::fields);
            return Ok(Ok(Some(How::Records(fields.map(str::to_owned).collect()))));
        };
        let is_whole = self.filter.is_all() && prune.keeps(entry.first) && prune.keeps(entry.last);
        if is_whole && let Some(added) = summed::add_all(&self.block, &inputs, entry, part)? {
            notes.tally.summed_blocks += 1;
            return Ok(added.map(|()| None));
        }
        let columns = ColumnsCount::new(&self.block, inputs);
        Ok(Ok(Some(columns.map_or_else(How::Rows, How::Columns))))
    }

    fn count(&self, how: &mut How, part: &mut Pipeline, notes: &mut Notes) -> Result<(), Stop> {
        let asked = self.asked;
        asked.each_group((&self.block, &self.filter), notes, &mut |rows, matching, notes| {
            self.count_group(how, rows, matching, (part, notes))
        })?;
        let How::Columns(columns) = how else { return Ok(()) };
        match columns.finish(part) {
            Ok(counted) => Ok(counted.map_err(SearchError::from)?),
            Err(error) => asked.fault(error, asked.entry.records, notes),
        }
    }

    fn count_group(
        &self,
        how: &mut How,
        (rows, group): (&Arc<StoredRows>, Group),
        matching: &Selection,
        (part, notes): (&mut Pipeline, &mut Notes),
    ) -> Result<Result<(), TooManyRows>, BlockError> {
        match how {
            How::Columns(columns) => columns.add((rows, group), matching, part),
            How::Rows(inputs) => count_rows(&self.block, inputs, rows, matching, part),
            How::Records(fields) => {
                notes.tally.unpacked += matching.count() as u64;
                let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
                Ok(self.push_all(&rows.unpack_fields(matching, &fields)?, part))
            }
        }
    }

    fn push_all(&self, records: &Batch, part: &mut Pipeline) -> Result<(), TooManyRows> {
        let origin = Origin { collection: self.asked.collection };
        let mut in_order: Vec<&RawDocument> = records.iter().collect();
        if self.asked.question.order == Order::NewestFirst {
            in_order.reverse();
        }
        in_order.into_iter().try_for_each(|record| part.push(record, origin))
    }
}
