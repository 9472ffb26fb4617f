//! A batch's frames: runs of its records, each compressed alone, so that a reader that merges many batches
//! holds a frame of each and not the whole.

use super::varint::{self, Reader};
use std::io;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};
use woodpile_record::RawDocument;
use woodpile_record::limits::MAX_DOCUMENT_BYTES;
use zstd::bulk::{Compressor, Decompressor};
use zstd::zstd_safe::CParameter;

/// Hot batches are compressed on the way in: the fastest level.
const LEVEL: i32 = 1;

/// Idle compressors that are kept; each holds about a megabyte.
const MAX_IDLE: usize = 4;

/// One frame: where it is in the batch's data, and what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Frame {
    /// Of the batch's data.
    pub(super) stored: Range<usize>,
    /// Bytes of BSON.
    pub(super) raw: usize,
    /// Records.
    pub(super) records: u64,
    /// Event time of the first record.
    pub(super) first: i64,
    /// Event time of the last record.
    pub(super) last: i64,
}

/// Encodes the directory of a batch whose first event is at `base`.
pub(super) fn write_directory(frames: &[Frame], base: i64) -> Vec<u8> {
    let mut out = Vec::with_capacity(12 * frames.len());
    for frame in frames {
        varint::write(frame.stored.len() as u64, &mut out);
        varint::write(frame.raw as u64, &mut out);
        varint::write(frame.records, &mut out);
        varint::write(frame.first.abs_diff(base), &mut out);
        varint::write(frame.last.abs_diff(frame.first), &mut out);
    }
    out
}

/// Decodes the directory; `None` where it makes no sense.
pub(super) fn read_directory(bytes: &[u8], base: i64) -> Option<Vec<Frame>> {
    let mut reader = Reader(bytes);
    let mut frames = Vec::new();
    let mut start = 0_usize;
    while !reader.is_empty() {
        let end = start.checked_add(usize::try_from(reader.number()?).ok()?)?;
        let raw = usize::try_from(reader.number()?).ok()?;
        let records = reader.number()?;
        let first = base.checked_add_unsigned(reader.number()?)?;
        let last = first.checked_add_unsigned(reader.number()?)?;
        frames.push(Frame { stored: start..end, raw, records, first, last });
        start = end;
    }
    Some(frames)
}

/// Compressors, used again: making one costs more than compressing a small batch.
#[derive(Default)]
pub(super) struct Compressors(Mutex<Vec<Compressor<'static>>>);

impl Compressors {
    /// Lends a compressor to `work`.
    pub(super) fn with<T>(
        &self,
        work: impl FnOnce(&mut Compressor<'static>) -> io::Result<T>,
    ) -> io::Result<T> {
        let idle = self.idle().pop();
        let mut compressor = match idle {
            Some(compressor) => compressor,
            None => new_compressor()?,
        };
        let done = work(&mut compressor);
        let mut idle = self.idle();
        if idle.len() < MAX_IDLE {
            idle.push(compressor);
        }
        done
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Compressor<'static>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Compressors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Compressors")
    }
}

fn new_compressor() -> io::Result<Compressor<'static>> {
    let mut compressor = Compressor::new(LEVEL)?;
    // The checksum is of the records as they were: damage shows wherever it happened.
    compressor.set_parameter(CParameter::ChecksumFlag(true))?;
    Ok(compressor)
}

/// Decompresses frames into one buffer that is used again.
pub(super) struct Unpacker {
    decompressor: Decompressor<'static>,
    raw: Vec<u8>,
}

impl Unpacker {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self { decompressor: Decompressor::new()?, raw: Vec::new() })
    }

    /// The records of a frame; what is wrong with it where something is.
    pub(super) fn unpack(&mut self, frame: &Frame, stored: &[u8]) -> Result<&[u8], String> {
        if frame.raw > MAX_FRAME_BYTES {
            return Err(format!("a frame claims {} bytes", frame.raw));
        }
        self.raw.clear();
        self.raw.reserve(frame.raw);
        let length = self
            .decompressor
            .decompress_to_buffer(stored, &mut self.raw)
            .map_err(|error| error.to_string())?;
        if length == frame.raw {
            Ok(&self.raw)
        } else {
            Err(format!("expected a frame of {} bytes, found {length}", frame.raw))
        }
    }
}

/// No frame is larger: it holds one record of the largest size, or several that are far smaller.
const MAX_FRAME_BYTES: usize = 2 * MAX_DOCUMENT_BYTES;

/// The records in concatenated BSON; ends early where the bytes are none.
pub(super) fn documents(mut bytes: &[u8]) -> impl Iterator<Item = &RawDocument> {
    std::iter::from_fn(move || {
        let length = u32::from_le_bytes(*bytes.first_chunk()?);
        let (document, rest) = bytes.split_at_checked(usize::try_from(length).ok()?)?;
        bytes = rest;
        RawDocument::from_bytes(document).ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_comes_back() {
        let frames = [
            Frame { stored: 0..10, raw: 100, records: 3, first: -5, last: 7 },
            Frame { stored: 10..700, raw: 65_000, records: 300, first: 7, last: i64::MAX - 5 },
        ];
        let bytes = write_directory(&frames, -5);
        assert_eq!(read_directory(&bytes, -5).unwrap(), frames);
        assert_eq!(read_directory(&bytes[..bytes.len() - 1], -5), None);
        assert_eq!(read_directory(&bytes, i64::MAX), None);
    }

    #[test]
    fn a_flipped_bit_in_a_frame_is_noticed() {
        let raw = b"the same words, and the same words again, and again the same words".repeat(20);
        let compressors = Compressors::default();
        let stored = compressors.with(|compressor| compressor.compress(&raw)).unwrap();
        let frame =
            Frame { stored: 0..stored.len(), raw: raw.len(), records: 1, first: 0, last: 0 };
        let mut unpacker = Unpacker::new().unwrap();
        assert_eq!(unpacker.unpack(&frame, &stored).unwrap(), raw);
        for byte in 0..stored.len() {
            let mut damaged = stored.clone();
            damaged[byte] ^= 0x10;
            let found = unpacker.unpack(&frame, &damaged);
            assert!(found.is_err() || found == Ok(&raw[..]), "byte {byte}");
        }
    }
}
