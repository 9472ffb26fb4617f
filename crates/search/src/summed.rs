//! Counts all rows of a block by what its summary says of them: no row is read.

use crate::filter::Resolved;
use crate::stored::StoredBlock;
use bson::{DateTime, RawBson};
use woodpile_block::BlockError;
use woodpile_query::{Pipeline, TooManyRows};
use woodpile_record::RawBsonRef;
use woodpile_store::BlockEntry;

/// Counts them; `None`, and nothing is counted, where the summary does not tell enough.
pub(crate) fn add_all(
    block: &StoredBlock,
    inputs: &[Resolved],
    entry: &BlockEntry,
    pipeline: &mut Pipeline,
) -> Result<Option<Result<(), TooManyRows>>, BlockError> {
    let has_time = inputs.iter().any(|input| matches!(input, Resolved::Time));
    if has_time && !pipeline.time_bucket(entry.first).contains(&entry.last) {
        return Ok(None);
    }
    let Some(tallies) = tallies(block, inputs)? else { return Ok(None) };
    let time = RawBson::DateTime(DateTime::from_millis(entry.first));
    for (number, count) in tallies {
        let mut values: Vec<RawBsonRef<'_>> = Vec::with_capacity(inputs.len());
        for input in inputs {
            values.push(match input {
                Resolved::Time => time.as_raw_bson_ref(),
                Resolved::Constant(value) => value.as_raw_bson_ref(),
                Resolved::Named(named) => named.value(block, number)?,
                Resolved::Each(_) => RawBsonRef::Null,
            });
        }
        if let Err(error) = pipeline.add(&values, count) {
            return Ok(Some(Err(error)));
        }
    }
    Ok(Some(Ok(())))
}

/// How many rows have each value of the one input that differs, by the numbers of its values; 0 is no value.
fn tallies(
    block: &StoredBlock,
    inputs: &[Resolved],
) -> Result<Option<Vec<(u32, u64)>>, BlockError> {
    if inputs.iter().any(|input| matches!(input, Resolved::Each(_))) {
        return Ok(None);
    }
    let records = block.records() as u64;
    let mut named = inputs.iter().filter_map(|input| match input {
        Resolved::Named(named) => Some(named),
        _ => None,
    });
    let Some(only) = named.next() else { return Ok(Some(vec![(0, records)])) };
    if named.next().is_some() {
        return Ok(None);
    }
    let Some(summary) = block.summary()? else { return Ok(None) };
    let Some(mut tallies) = only.tallies(summary) else { return Ok(None) };
    let with: u64 = tallies.iter().map(|(_, count)| count).sum();
    // More values than records: some have several.
    let Some(without) = records.checked_sub(with) else { return Ok(None) };
    tallies.push((0, without));
    tallies.retain(|(_, count)| *count > 0);
    Ok(Some(tallies))
}
