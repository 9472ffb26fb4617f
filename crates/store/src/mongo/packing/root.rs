//! The root document of a collection: the only truth about its blocks. What it does not name does not exist.

use super::super::limits::INDEX_ENTRY_BYTES;
use super::chunks;
use super::ids::IdRange;
use crate::{BlockEntry, BlockId};
use bson::{Bson, DateTime, Document, doc};

/// Begins the `_id` of a root; the collection's name follows.
pub(super) const ROOT: &str = "root:";
/// The format of roots that is written, and the newest that is read.
pub(super) const FORMAT: i64 = 1;

/// What is known of a collection's blocks at one generation.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) struct Root {
    pub(in super::super) collection: String,
    pub(super) version: Version,
    /// How often the lease was taken: with it block ids begin, so that no two holders use the same.
    pub(super) epoch: i64,
    pub(in super::super) blocks: Vec<Stored>,
    /// Blocks that were replaced or unpacked, for readers that still need them.
    pub(super) garbage: Vec<Garbage>,
}

/// Tells whether a root changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in super::super) struct Version {
    pub(super) generation: i64,
    /// Rises before and after records become hot again, maybe behind a reader's back.
    pub(super) unpacked: i64,
}

/// A block. While it is dirty there may be hot copies of its records, and its own copies count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Stored {
    pub(in super::super) entry: BlockEntry,
    pub(super) ids: IdRange,
    /// The bytes of each of its chunks but the last.
    pub(super) chunk_bytes: u64,
}

/// A block that is no longer one, at rest since a time in milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Garbage {
    pub(super) block: Stored,
    pub(super) since: i64,
}

impl Root {
    /// The root of a collection that has none yet.
    pub(super) fn new(collection: &str) -> Self {
        let (version, epoch) = (Version::default(), 0);
        let (blocks, garbage) = (Vec::new(), Vec::new());
        Self { collection: collection.to_owned(), version, epoch, blocks, garbage }
    }

    /// A block, also one that was replaced a while ago.
    pub(super) fn find(&self, id: BlockId) -> Option<Stored> {
        let replaced = self.garbage.iter().map(|garbage| &garbage.block);
        self.blocks.iter().chain(replaced).find(|block| block.entry.id == id).cloned()
    }

    /// Whether a block is part of the collection.
    pub(super) fn holds(&self, id: BlockId) -> bool {
        self.blocks.iter().any(|block| block.entry.id == id)
    }

    /// Adds blocks, in the order of their first events.
    pub(super) fn add(&mut self, blocks: &[Stored]) {
        self.blocks.extend_from_slice(blocks);
        self.blocks.sort_by_key(|block| (block.entry.first, block.entry.id));
    }

    /// Says of a block whether hot copies of its records may be there.
    pub(super) fn set_dirty(&mut self, id: BlockId, dirty: bool) {
        let found = self.blocks.iter_mut().filter(|block| block.entry.id == id);
        found.for_each(|block| block.entry.dirty = dirty);
    }

    /// Takes blocks out, to be kept as garbage.
    pub(super) fn retire(&mut self, ids: &[BlockId], now: i64) {
        let retired = self.blocks.extract_if(.., |block| ids.contains(&block.entry.id));
        self.garbage.extend(retired.map(|block| Garbage { block, since: now }));
    }

    /// Takes out what was retired before a time; the chunks can go then.
    pub(super) fn bury(&mut self, before: i64) -> Vec<Stored> {
        let buried = self.garbage.extract_if(.., |garbage| garbage.since < before);
        buried.map(|garbage| garbage.block).collect()
    }

    /// The blocks, and those that were replaced or unpacked a while ago.
    pub(super) fn blocks_and_garbage(&self) -> impl Iterator<Item = &Stored> {
        self.blocks.iter().chain(self.garbage.iter().map(|garbage| &garbage.block))
    }

    pub(super) fn document(&self) -> Document {
        let blocks: Vec<Bson> = self.blocks.iter().map(|block| block.document().into()).collect();
        let garbage = self.garbage.iter().map(|garbage| {
            let mut document = garbage.block.document();
            document.insert("since", DateTime::from_millis(garbage.since));
            Bson::from(document)
        });
        doc! {
            "_id": root_id(&self.collection),
            "format": FORMAT,
            "generation": self.version.generation,
            "unpacked": self.version.unpacked,
            "epoch": self.epoch,
            "blocks": blocks,
            "garbage": garbage.collect::<Vec<_>>(),
        }
    }

    pub(super) fn of(document: &Document) -> Option<Self> {
        let array = |key: &str| {
            let values = document.get_array(key).ok()?;
            values.iter().map(Bson::as_document).collect::<Option<Vec<_>>>()
        };
        let garbage = |document: &Document| {
            let since = document.get_datetime("since").ok()?.timestamp_millis();
            Some(Garbage { block: Stored::of(document)?, since })
        };
        Some(Self {
            collection: document.get_str("_id").ok()?.strip_prefix(ROOT)?.to_owned(),
            version: Version::of(document)?,
            epoch: document.get_i64("epoch").ok()?,
            blocks: array("blocks")?.into_iter().map(Stored::of).collect::<Option<_>>()?,
            garbage: array("garbage")?.into_iter().map(garbage).collect::<Option<_>>()?,
        })
    }

    /// What the root takes, with its index entry.
    fn own_bytes(&self) -> u64 {
        let document = bson::serialize_to_vec(&self.document()).unwrap_or_default();
        document.len() as u64 + INDEX_ENTRY_BYTES
    }

    /// What the root and all chunks take as a quota counts it: documents, uncompressed, and index entries.
    pub(in super::super) fn logical_bytes(&self) -> u64 {
        let chunks = |block: &Stored| {
            block.entry.bytes + block.chunks() * (chunks::FRAME_BYTES + INDEX_ENTRY_BYTES)
        };
        self.own_bytes() + self.blocks_and_garbage().map(chunks).sum::<u64>()
    }
}

impl Version {
    pub(super) fn of(document: &Document) -> Option<Self> {
        let number = |key| document.get_i64(key).ok();
        Some(Self { generation: number("generation")?, unpacked: number("unpacked")? })
    }
}

impl Stored {
    fn document(&self) -> Document {
        let number = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        doc! {
            "id": self.entry.id.0,
            "state": if self.entry.dirty { "dirty" } else { "clean" },
            "records": number(self.entry.records),
            "first": DateTime::from_millis(self.entry.first),
            "last": DateTime::from_millis(self.entry.last),
            "ids": self.ids.document(),
            "messageBytes": number(self.entry.message_bytes),
            "bytes": number(self.entry.bytes),
            "chunkBytes": number(self.chunk_bytes),
        }
    }

    fn of(document: &Document) -> Option<Self> {
        let number = |key| u64::try_from(document.get_i64(key).ok()?).ok();
        let time = |key| Some(document.get_datetime(key).ok()?.timestamp_millis());
        let entry = BlockEntry {
            id: BlockId(document.get_i64("id").ok()?),
            records: number("records")?,
            first: time("first")?,
            last: time("last")?,
            bytes: number("bytes")?,
            message_bytes: number("messageBytes")?,
            dirty: document.get_str("state").ok()? == "dirty",
        };
        let ids = IdRange::of_document(document.get_document("ids").ok()?)?;
        Some(Self { entry, ids, chunk_bytes: number("chunkBytes").filter(|bytes| *bytes > 0)? })
    }

    /// How many chunks it has.
    pub(super) fn chunks(&self) -> u64 {
        self.entry.bytes.div_ceil(self.chunk_bytes)
    }
}

pub(super) fn root_id(collection: &str) -> String {
    format!("{ROOT}{collection}")
}

#[cfg(test)]
mod tests {
    use super::super::super::limits::MAX_BLOCKS;
    use super::*;
    use bson::rawdoc;
    use woodpile_record::Batch;

    fn stored(id: i64) -> Stored {
        let entry = BlockEntry {
            id: BlockId(id),
            records: 16_384,
            first: -5,
            last: 1_767_225_600_000,
            bytes: 70_000,
            message_bytes: 1_500_000,
            dirty: id % 2 == 0,
        };
        let mut batch = Batch::new();
        batch.push(&rawdoc! { "_id": bson::oid::ObjectId::from_bytes([7; 12]) });
        Stored { entry, ids: IdRange::of(&batch), chunk_bytes: 65_536 }
    }

    fn root(blocks: usize) -> Root {
        Root {
            version: Version { generation: 7, unpacked: 1 },
            epoch: 3,
            blocks: (0..).map(stored).take(blocks).collect(),
            garbage: vec![Garbage { block: stored(99), since: 11 }],
            ..Root::new("access-log")
        }
    }

    #[test]
    fn a_root_comes_back_from_its_document() {
        for root in [Root::new("log"), root(3)] {
            assert_eq!(Root::of(&root.document()), Some(root));
        }
    }

    #[test]
    fn as_many_blocks_as_allowed_fit_into_one_document() {
        const LARGEST_DOCUMENT: u64 = 16 * 1024 * 1024;
        assert!(root(MAX_BLOCKS).own_bytes() < LARGEST_DOCUMENT);
    }

    #[test]
    fn what_is_retired_can_still_be_found_until_it_is_buried() {
        let mut root = root(3);
        root.retire(&[BlockId(1)], 12);
        assert!(!root.holds(BlockId(1)));
        assert_eq!(root.find(BlockId(1)), Some(stored(1)));
        assert_eq!(root.bury(12), [stored(99)]);
        assert_eq!(root.bury(13), [stored(1)]);
        assert_eq!(root.find(BlockId(1)), None);
    }
}
