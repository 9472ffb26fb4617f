//! What arrived in which batch, of the records of a young block: those who follow may not have seen them yet.
//!
//! A state beside the block says it, until the block is merged or unpacked, or the file is tidied.

use super::state;
use super::varint::{self, Reader};
use bson::raw::{CStr, cstr};
use bson::spec::BinarySubtype;
use bson::{Binary, rawdoc};
use rusqlite::Connection;
use std::ops::{Range, RangeBounds};

/// Begins the names of these states; a block's id follows.
const PREFIX: &str = "arrivals:";

/// The key of the one field.
const RUNS: &CStr = cstr!("runs");

fn name(block: i64) -> String {
    format!("{PREFIX}{block}")
}

/// Neighbours in a block that arrived in the same batch.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Run {
    batch: i64,
    /// Their places in the block.
    places: Range<usize>,
}

/// The arrivals of a block's records, by their places in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Arrivals {
    pub(super) block: i64,
    runs: Vec<Run>,
}

impl Arrivals {
    /// From the batch of each record.
    pub(super) fn new(block: i64, batches: &[i64]) -> Self {
        let mut end = 0;
        let runs = batches.chunk_by(|a, b| a == b).map(|run| {
            let start = end;
            end += run.len();
            Run { batch: run[0], places: start..end }
        });
        Self { block, runs: runs.collect() }
    }

    /// The first batch after `after`.
    pub(super) fn next(&self, after: i64) -> Option<i64> {
        self.runs.iter().map(|run| run.batch).filter(|batch| *batch > after).min()
    }

    /// The places of what arrived in some batches, in order.
    pub(super) fn places(&self, batches: impl RangeBounds<i64>) -> Vec<Range<usize>> {
        let runs = self.runs.iter().filter(|run| batches.contains(&run.batch));
        runs.map(|run| run.places.clone()).collect()
    }

    /// For each run, how far its batch is from the one before, and how many records it has.
    fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut before = 0_i64;
        for Run { batch, places } in &self.runs {
            varint::write(zigzag(batch.wrapping_sub(before)), &mut bytes);
            varint::write(places.len() as u64, &mut bytes);
            before = *batch;
        }
        bytes
    }

    fn decode(block: i64, bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader(bytes);
        let (mut batch, mut end) = (0_i64, 0_usize);
        let mut runs = Vec::new();
        while !reader.is_empty() {
            batch = batch.wrapping_add(unzigzag(reader.number()?));
            let start = end;
            end = end.checked_add(usize::try_from(reader.number()?).ok()?)?;
            runs.push(Run { batch, places: start..end });
        }
        Some(Self { block, runs })
    }
}

fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)).cast_unsigned()
}

fn unzigzag(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}

/// Keeps the arrivals of a new block.
pub(super) fn put(connection: &Connection, arrivals: &Arrivals) -> rusqlite::Result<()> {
    let runs = Binary { subtype: BinarySubtype::Generic, bytes: arrivals.encode() };
    let document = rawdoc! { RUNS: runs };
    state::put(connection, &name(arrivals.block), document.as_bytes()).map(drop)
}

/// Every block's that are kept; those that make no sense are not.
pub(super) fn list(connection: &Connection) -> rusqlite::Result<Vec<Arrivals>> {
    let decode = |state: &crate::State| {
        let block = state.name.strip_prefix(PREFIX)?.parse().ok()?;
        Arrivals::decode(block, state.document.get_binary_generic(RUNS.as_str()).ok()?)
    };
    Ok(state::list(connection, PREFIX)?.iter().filter_map(decode).collect())
}

/// Forgets those of a block that goes.
pub(super) fn remove(connection: &Connection, block: i64) -> rusqlite::Result<()> {
    state::remove(connection, &name(block))
}

/// Forgets all.
pub(super) fn clear(connection: &Connection) -> rusqlite::Result<()> {
    state::remove_all(connection, PREFIX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrivals_come_back() {
        for batches in [&[][..], &[7], &[1, 1, 2, 2, 2, 1], &[5, 5, 4, i64::MAX, i64::MIN, 0]] {
            let arrivals = Arrivals::new(3, batches);
            assert_eq!(Arrivals::decode(3, &arrivals.encode()), Some(arrivals), "{batches:?}");
        }
        assert_eq!(Arrivals::decode(3, &[0x80]), None);
    }

    #[test]
    fn the_places_of_batches_are_found() {
        let arrivals = Arrivals::new(3, &[1, 1, 2, 3, 2, 2]);
        assert_eq!(
            [0, 1, 2, 3].map(|after| arrivals.next(after)),
            [Some(1), Some(2), Some(3), None]
        );
        assert_eq!(arrivals.places(2..3), [2..3, 4..6]);
        assert_eq!(arrivals.places(2..), [2..3, 3..4, 4..6]);
    }
}
