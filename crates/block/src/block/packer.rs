use super::head::GroupHead;
use super::read::Block;
use super::records::records;
use super::write::{self, Sections};
use super::{GROUP_BYTES, GROUP_ROWS, MAX_BSON_BYTES, MAX_RECORDS};
use crate::BlockError;
use crate::ids::{IdSummary, id_element};
use crate::shred::{Column, RAW, Shredded};
use woodpile_record::{Batch, RawDocument, View, event_time};

/// How much time packing may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// In the background, as records come.
    Quick,
    /// As small as it gets.
    Thorough,
}

impl Effort {
    /// Of zstd.
    pub(super) fn level(self) -> i32 {
        match self {
            Self::Quick => 3,
            // Higher ones take half as long again, and are shorter by a few thousandths.
            Self::Thorough => 17,
        }
    }
}

/// A block, and what its store wants to know of it without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed {
    /// The block.
    pub bytes: Vec<u8>,
    /// How many records it has.
    pub records: u64,
    /// The first event, in milliseconds since 1970; 0 where there is none.
    pub first: i64,
    /// The last event.
    pub last: i64,
    /// Bytes of the messages' text.
    pub message_bytes: u64,
}

/// Makes one block of records that come one by one; each is taken apart as it comes and not held as BSON.
#[derive(Debug)]
pub struct Packer {
    effort: Effort,
    shredded: Shredded,
    groups: Vec<GroupHead>,
    ids: IdSummary,
    bson_bytes: usize,
    message_bytes: u64,
}

impl Packer {
    /// Begins a block.
    pub fn new(effort: Effort) -> Self {
        Self {
            effort,
            shredded: Shredded::default(),
            groups: Vec::new(),
            ids: IdSummary::default(),
            bson_bytes: 0,
            message_bytes: 0,
        }
    }

    /// Adds the next record; they come in the order of event time and `_id`.
    pub fn push(&mut self, record: &RawDocument) {
        let bytes = record.as_bytes();
        self.shredded.push(record);
        self.group().add(bytes, event_time(record));
        if let Some(id) = id_element(record) {
            self.ids.add(id);
        }
        self.bson_bytes += bytes.len();
        self.message_bytes += View::of(record).message().map_or(0, |text| text.len() as u64);
    }

    /// The group that the next record belongs to.
    fn group(&mut self) -> &mut GroupHead {
        let is_full = |group: &GroupHead| group.rows >= GROUP_ROWS || group.bytes >= GROUP_BYTES;
        if self.groups.last().is_none_or(is_full) {
            self.groups.push(GroupHead::default());
        }
        let last = self.groups.len() - 1;
        &mut self.groups[last]
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.shredded.rows.len()
    }

    /// Whether there is no record yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many bytes of BSON they were.
    pub fn bson_bytes(&self) -> usize {
        self.bson_bytes
    }

    /// Whether the block has as many records or bytes as one may have: what comes next belongs to another.
    pub fn is_full(&self) -> bool {
        self.len() >= MAX_RECORDS || self.bson_bytes >= MAX_BSON_BYTES
    }

    /// Writes the block, and reads it once: what comes out is proven to give back every byte that went in. Where
    /// the shortest way does not, the records are written whole.
    ///
    /// # Errors
    /// [`BlockError::Unproven`] where that does not give them back, either: the caller keeps its records. So it
    /// does where more were pushed than [`Packer::is_full`] allows.
    pub fn finish(self) -> Result<Packed, BlockError> {
        self.finish_by(write::block)
    }

    fn finish_by(
        mut self,
        write: impl Fn(&Shredded, &[GroupHead], &Sections, Effort) -> Vec<u8>,
    ) -> Result<Packed, BlockError> {
        self.ids.settle();
        self.shredded.settle(write::DICTIONARY_PART);
        let sections = Sections { ids: self.ids.encode() };
        let mut bytes = write(&self.shredded, &self.groups, &sections, self.effort);
        if let Err(error) = self.prove(&bytes) {
            let unproven = |error: BlockError| BlockError::Unproven { reason: error.to_string() };
            let whole = whole(&self.shredded).ok_or_else(|| unproven(error))?;
            bytes = write(&whole, &self.groups, &sections, self.effort);
            self.prove(&bytes).map_err(unproven)?;
        }
        let first = self.groups.iter().map(|group| group.first).min().unwrap_or(0);
        let last = self.groups.iter().map(|group| group.last).max().unwrap_or(0);
        let records = self.len() as u64;
        Ok(Packed { bytes, records, first, last, message_bytes: self.message_bytes })
    }

    /// Reads the block and compares it with what was noted of the records as they came.
    fn prove(&self, bytes: &[u8]) -> Result<(), BlockError> {
        let block = Block::open(bytes)?;
        if block.group_heads() != self.groups || block.ids()? != &self.ids {
            return Err(BlockError::damaged("the block's head"));
        }
        for group in 0..self.groups.len() {
            block.unpack(group)?;
        }
        Ok(())
    }
}

/// The same records, all of them kept whole.
fn whole(shredded: &Shredded) -> Option<Shredded> {
    let columns = shredded.columns.iter().map(Column::source);
    let shapes = &shredded.shapes;
    let columns = shapes.keys.iter().zip(columns);
    let batch = records(&shapes.shapes, columns, &shredded.rows, &shredded.raw, usize::MAX)?;
    Some(Shredded {
        rows: vec![RAW; batch.len()],
        raw: batch.iter().map(RawDocument::as_bytes).collect(),
        ..Shredded::default()
    })
}

impl GroupHead {
    fn add(&mut self, record: &[u8], time: i64) {
        let is_first = self.rows == 0;
        self.first = if is_first { time } else { self.first.min(time) };
        self.last = if is_first { time } else { self.last.max(time) };
        self.rows += 1;
        self.bytes += record.len();
        self.checksum = crc32c::crc32c_append(self.checksum, record);
    }
}

/// Packs records, which are in the order of event time and `_id`, into one block.
///
/// # Errors
/// As [`Packer::finish`].
pub fn pack(records: &Batch, effort: Effort) -> Result<Packed, BlockError> {
    let mut packer = Packer::new(effort);
    for record in records.iter() {
        packer.push(record);
    }
    packer.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use bson::rawdoc;

    fn packer() -> Packer {
        let mut packer = Packer::new(Effort::Quick);
        for number in 0..300 {
            let message = format!("request {number} took {} ms", number * 7 % 50);
            packer.push(&rawdoc! { "_id": number, "message": message, "level": "INFO" });
        }
        packer
    }

    #[test]
    fn a_block_that_does_not_give_its_records_back_is_written_whole() {
        let packed = packer().finish_by(|shredded, groups, sections, effort| {
            let mut wrong = Shredded { rows: shredded.rows.clone(), ..Shredded::default() };
            wrong.raw = shredded.raw.clone();
            let of = if shredded.columns.is_empty() { shredded } else { &wrong };
            write::block(of, groups, sections, effort)
        });
        let packed = packed.expect("a block");
        let block = Block::open(packed.bytes.as_slice()).expect("a block");
        let proven = packer().finish().expect("a block");
        let expected = Block::open(proven.bytes.as_slice()).expect("a block");
        assert_eq!(block.unpack(0), expected.unpack(0));
        assert!(packed.bytes.len() > proven.bytes.len());
    }

    #[test]
    fn what_cannot_be_proven_is_an_error() {
        let error = packer().finish_by(|_, _, _, _| b"WPBK".to_vec()).expect_err("no block");
        assert!(matches!(error, BlockError::Unproven { .. }), "{error}");
    }

    #[test]
    fn what_a_store_wants_to_know_is_counted() {
        let packed = packer().finish().expect("a block");
        assert_eq!((packed.records, packed.first, packed.last), (300, 0, 0));
        assert!(packed.message_bytes > 300 * 15);
    }
}
