//! What a worker gets: a piece of a file, ids for its records, and what the piece before it left open.

use super::limits::SPARE_IDS;
use crate::long_line::MAX_BINARY_PART_BYTES;
use crossbeam_channel::{Receiver, Sender};
use std::fmt;
use std::sync::Arc;
use woodpile_line::{Format, Joiner, Route};
use woodpile_record::{EventTime, IdSource, ObjectId};

/// A piece of a file on its way to the store.
pub(super) struct Chunk<'j> {
    pub(super) file: Arc<str>,
    /// The number of its first line, from 1.
    pub(super) first_line: u64,
    pub(super) bytes: Vec<u8>,
    /// One for each record that it can have. Files are read in order, so ids grow with the lines.
    pub(super) ids: Box<dyn Iterator<Item = ObjectId> + Send + 'j>,
    /// From the piece before, if that ends within a record.
    pub(super) carried: Option<Receiver<Carry>>,
    /// To the piece behind, if this one ends within a record.
    pub(super) carry: Option<Sender<Carry>>,
    /// Whether its end is within a line.
    pub(super) is_line_open: bool,
}

impl fmt::Debug for Chunk<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Chunk({} from line {}, {} bytes)", self.file, self.first_line, self.bytes.len())
    }
}

/// What goes on from one piece to the next.
#[derive(Debug)]
pub(super) struct Carry {
    pub(super) joiner: Joiner,
    /// When the last record happened that said so.
    pub(super) last_time: Option<EventTime>,
    pub(super) long_line: Option<LongLine>,
}

impl Carry {
    /// What a file begins with.
    pub(super) fn none(format: Option<Format>) -> Self {
        Self { joiner: Joiner::new(format), last_time: None, long_line: None }
    }
}

/// A line of which parts are kept already.
#[derive(Debug, Clone, Copy)]
pub(super) struct LongLine {
    /// The record of the first part.
    pub(super) first: ObjectId,
    /// Where it goes.
    pub(super) route: Route,
    /// How many parts there are.
    pub(super) parts: i64,
}

/// Ids for all records that can come of so many lines in so many bytes.
pub(super) fn reserve(
    ids: &IdSource,
    seconds: u32,
    lines: u64,
    bytes: usize,
) -> Box<dyn Iterator<Item = ObjectId> + Send + '_> {
    let parts = bytes / MAX_BINARY_PART_BYTES;
    let records = usize::try_from(lines).unwrap_or(usize::MAX).saturating_add(parts + SPARE_IDS);
    Box::new(ids.reserve(seconds, u32::try_from(records).unwrap_or(u32::MAX)))
}
