//! Batches as they rest: sorted, split, summarised, compressed. All of it happens before any lock is taken.

use super::frame::{Compressors, Frame, write_directory};
use crate::order::{Key, compare, id_element};
use crate::packing::message_bytes;
use std::io;
use woodpile_block::IdSummary;
use woodpile_record::RawDocument;
use zstd::bulk::Compressor;

/// BSON of a stored batch, at most, unless one record is larger.
const PIECE_BYTES: usize = 256 * 1024;

/// BSON of a frame, at most, unless one record is larger. Measured on access records: 61 B each in the file at
/// 64 KiB, 63 at 32, 70 at 16; a merge of many batches reads the faster the smaller frames are.
const FRAME_BYTES: usize = 32 * 1024;

/// A stored batch: one row of the table `hot`.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) records: u64,
    /// Event time of the first record, and of the last.
    pub(super) first: i64,
    pub(super) last: i64,
    /// Bytes of BSON.
    pub(super) raw: u64,
    /// Bytes of the messages.
    pub(super) message: u64,
    /// The directory of the frames.
    pub(super) frames: Vec<u8>,
    /// Which ids are in it.
    pub(super) ids: Vec<u8>,
    /// The frames.
    pub(super) data: Vec<u8>,
}

impl Piece {
    /// About the bytes that it takes in the file.
    pub(super) fn stored(&self) -> usize {
        const NUMBERS: usize = 32;
        self.data.len() + self.ids.len() + self.frames.len() + NUMBERS
    }
}

/// Sorts the records and packs them into pieces.
pub(super) fn pack(
    records: Vec<&RawDocument>,
    compressors: &Compressors,
) -> io::Result<Vec<Piece>> {
    let mut keyed: Vec<(Key, &RawDocument)> =
        records.into_iter().map(|record| (Key::of(record), record)).collect();
    keyed.sort_by(|a, b| compare((&a.0, a.1), (&b.0, b.1)));
    compressors.with(|compressor| {
        split(&keyed, PIECE_BYTES).into_iter().map(|piece| pack_piece(piece, compressor)).collect()
    })
}

fn pack_piece(
    records: &[(Key, &RawDocument)],
    compressor: &mut Compressor<'static>,
) -> io::Result<Piece> {
    let mut frames = Vec::new();
    let mut data = Vec::new();
    let mut raw = Vec::with_capacity(FRAME_BYTES);
    for records in split(records, FRAME_BYTES) {
        raw.clear();
        for (_, record) in records {
            raw.extend_from_slice(record.as_bytes());
        }
        let start = data.len();
        data.extend_from_slice(&compressor.compress(&raw)?);
        let (first, last) = time_range(records);
        let records = records.len() as u64;
        frames.push(Frame { stored: start..data.len(), raw: raw.len(), records, first, last });
    }
    let (first, last) = time_range(records);
    Ok(Piece {
        records: records.len() as u64,
        first,
        last,
        raw: frames.iter().map(|frame| frame.raw as u64).sum(),
        message: records.iter().map(|(_, record)| message_bytes(record)).sum(),
        frames: write_directory(&frames, first),
        ids: IdSummary::of(records.iter().filter_map(|(_, record)| id_element(record))).encode(),
        data,
    })
}

fn time_range(records: &[(Key, &RawDocument)]) -> (i64, i64) {
    let time = |record: Option<&(Key, &RawDocument)>| record.map_or(0, |(key, _)| key.time);
    (time(records.first()), time(records.last()))
}

/// Runs of records of at most `max` bytes; a record that is larger is alone.
fn split<'s, 'r>(
    records: &'s [(Key, &'r RawDocument)],
    max: usize,
) -> Vec<&'s [(Key, &'r RawDocument)]> {
    let mut runs = Vec::new();
    let (mut start, mut bytes) = (0, 0);
    for (index, (_, record)) in records.iter().enumerate() {
        let size = record.as_bytes().len();
        if index > start && bytes + size > max {
            runs.push(&records[start..index]);
            (start, bytes) = (index, 0);
        }
        bytes += size;
    }
    if start < records.len() {
        runs.push(&records[start..]);
    }
    runs
}
