//! The root document of a collection: the only truth about its blocks. Every change is one
//! compare-and-swap of its generation.

use super::super::error::{DUPLICATE_KEY, store_error};
use super::super::limits::MAX_BLOCKS;
use super::super::session::Session;
use crate::{BlockEntry, BlockId, StoreError};
use bson::oid::ObjectId;
use bson::{Bson, DateTime, Document, doc};
use mongodb::Collection;
use mongodb::error::{Error, ErrorKind, WriteFailure};

/// Where Woodpile's own state rests.
pub(in super::super) const OWN: &str = "woodpile";
/// Begins the `_id` of a root; the collection's name follows.
const ROOT: &str = "root:";
/// After every `_id` of a root.
const AFTER_ROOTS: &str = "root;";
/// The format of roots that is written, and the newest that is read.
const FORMAT: i64 = 1;

/// What is known of a collection's blocks at one generation.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) struct Root {
    pub(in super::super) collection: String,
    pub(super) version: Version,
    /// How often the lease was taken: with it block ids begin, so that no two holders use the same.
    pub(super) epoch: i64,
    pub(super) lease: Option<Lease>,
    pub(in super::super) blocks: Vec<Stored>,
    /// Blocks that were replaced or unpacked, for readers that still need them.
    pub(super) garbage: Vec<Garbage>,
}

/// Tells whether a root changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in super::super) struct Version {
    pub(super) generation: i64,
    /// How many blocks were unpacked: their records became hot again, maybe behind a reader's back.
    pub(super) unpacked: i64,
}

/// Who may change the root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lease {
    pub(super) owner: ObjectId,
    /// Rises while the owner lives.
    pub(super) beat: i64,
}

/// A block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Stored {
    pub(in super::super) entry: BlockEntry,
    /// Whether hot copies of its records may still be there.
    pub(in super::super) dirty: bool,
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
        Self {
            collection: collection.to_owned(),
            version: Version::default(),
            epoch: 0,
            lease: None,
            blocks: Vec::new(),
            garbage: Vec::new(),
        }
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

    /// Takes blocks out, to be kept as garbage.
    pub(super) fn retire(&mut self, ids: &[BlockId], now: i64) {
        let retired = self.blocks.extract_if(.., |block| ids.contains(&block.entry.id));
        self.garbage.extend(retired.map(|block| Garbage { block, since: now }));
    }

    /// Takes garbage for blocks: what was packed a while ago.
    pub(super) fn revive(&mut self) {
        self.blocks.extend(self.garbage.drain(..).map(|garbage| garbage.block));
    }

    fn document(&self) -> Document {
        let blocks: Vec<Bson> = self.blocks.iter().map(|block| block.document().into()).collect();
        let garbage = self.garbage.iter().map(|garbage| {
            let mut document = garbage.block.document();
            document.insert("since", DateTime::from_millis(garbage.since));
            Bson::from(document)
        });
        let lease = self.lease.map(|lease| doc! { "owner": lease.owner, "beat": lease.beat });
        doc! {
            "_id": root_id(&self.collection),
            "format": FORMAT,
            "generation": self.version.generation,
            "unpacked": self.version.unpacked,
            "epoch": self.epoch,
            "lease": lease,
            "blocks": blocks,
            "garbage": garbage.collect::<Vec<_>>(),
        }
    }

    fn of(document: &Document) -> Option<Self> {
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
            lease: document.get_document("lease").ok().and_then(Lease::of),
            blocks: array("blocks")?.into_iter().map(Stored::of).collect::<Option<_>>()?,
            garbage: array("garbage")?.into_iter().map(garbage).collect::<Option<_>>()?,
        })
    }

    /// What the document takes, as a quota counts it.
    pub(in super::super) fn bytes(&self) -> u64 {
        bson::serialize_to_vec(&self.document()).map_or(0, |bytes| bytes.len() as u64)
    }
}

impl Version {
    fn of(document: &Document) -> Option<Self> {
        let number = |key| document.get_i64(key).ok();
        Some(Self { generation: number("generation")?, unpacked: number("unpacked")? })
    }
}

impl Lease {
    fn of(document: &Document) -> Option<Self> {
        let owner = document.get_object_id("owner").ok()?;
        Some(Self { owner, beat: document.get_i64("beat").ok()? })
    }
}

impl Stored {
    fn document(&self) -> Document {
        let number = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        doc! {
            "id": self.entry.id.0,
            "state": if self.dirty { "dirty" } else { "clean" },
            "records": number(self.entry.records),
            "first": DateTime::from_millis(self.entry.first),
            "last": DateTime::from_millis(self.entry.last),
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
            dirty: false,
        };
        let dirty = document.get_str("state").ok()? == "dirty";
        Some(Self { entry, dirty, chunk_bytes: number("chunkBytes").filter(|bytes| *bytes > 0)? })
    }

    /// How many chunks it has.
    pub(super) fn chunks(&self) -> u64 {
        self.entry.bytes.div_ceil(self.chunk_bytes)
    }
}

fn root_id(collection: &str) -> String {
    format!("{ROOT}{collection}")
}

/// The root of a collection; `None` where nothing was ever packed.
pub(in super::super) async fn load(
    session: &Session,
    collection: &str,
) -> Result<Option<Root>, StoreError> {
    let find = own(session).await?;
    let found = session.read(find.find_one(doc! { "_id": root_id(collection) })).await?;
    found.map(|document| parse(session, &document)).transpose()
}

/// Every collection's root.
pub(in super::super) async fn all(session: &Session) -> Result<Vec<Root>, StoreError> {
    let find = own(session).await?;
    let find = find.find(doc! { "_id": { "$gte": ROOT, "$lt": AFTER_ROOTS } });
    let mut cursor = session.read(find).await?;
    let mut roots = Vec::new();
    while session.read(cursor.advance()).await? {
        let document = cursor.deserialize_current();
        let document = document.map_err(|error| store_error(&session.target, &error))?;
        roots.push(parse(session, &document)?);
    }
    Ok(roots)
}

/// Which version of the root is current.
pub(in super::super) async fn version(
    session: &Session,
    collection: &str,
) -> Result<Version, StoreError> {
    let find = own(session).await?;
    let find = find
        .find_one(doc! { "_id": root_id(collection) })
        .projection(doc! { "generation": 1, "unpacked": 1 });
    let found = session.read(find).await?;
    let version = found.map(|document| Version::of(&document).ok_or_else(|| damaged(&document)));
    Ok(version.transpose()?.unwrap_or_default())
}

fn parse(session: &Session, document: &Document) -> Result<Root, StoreError> {
    let format = document.get_i64("format").unwrap_or_default();
    if format > FORMAT {
        return Err(StoreError::Newer {
            location: session.target.location.clone(),
            found: u32::try_from(format).unwrap_or(u32::MAX),
            supported: u32::try_from(FORMAT).unwrap_or_default(),
        });
    }
    Root::of(document).ok_or_else(|| damaged(document))
}

fn damaged(document: &Document) -> StoreError {
    StoreError::Damaged {
        place: format!("{OWN}, _id {}", document.get("_id").unwrap_or(&Bson::Null)),
        reason: "a root of blocks has to have generation, unpacked, epoch, blocks and garbage"
            .to_owned(),
    }
}

/// Creates a root; `false` where there is one already.
pub(super) async fn create(session: &Session, root: &Root) -> Result<bool, StoreError> {
    let insert = own(session).await?;
    match session.try_write(insert.insert_one(root.document())).await? {
        Ok(_) => Ok(true),
        Err(error) if is_duplicate(&error) => Ok(false),
        Err(error) => Err(store_error(&session.target, &error)),
    }
}

/// Puts the root in the place of the one with this generation; `false` where that is no longer current.
pub(super) async fn swap(
    session: &Session,
    root: &Root,
    generation: i64,
) -> Result<bool, StoreError> {
    if root.blocks.len() + root.garbage.len() > MAX_BLOCKS {
        return Err(StoreError::Rejected {
            place: format!("another block of {}", root.collection),
            reason: format!("it has {MAX_BLOCKS} already: merge them (`woodpile pack --all`)"),
        });
    }
    let current = doc! { "_id": root_id(&root.collection), "generation": generation };
    let replace = own(session).await?;
    let replaced = session.write(replace.replace_one(current, root.document())).await?;
    Ok(replaced.matched_count == 1)
}

/// Keeps a lease; `false` where it was lost.
pub(super) async fn beat(
    session: &Session,
    collection: &str,
    owner: ObjectId,
) -> Result<bool, StoreError> {
    let held = doc! { "_id": root_id(collection), "lease.owner": owner };
    let update = own(session).await?;
    let update = update.update_one(held, doc! { "$inc": { "lease.beat": 1_i64 } });
    Ok(session.write(update).await?.matched_count == 1)
}

/// Gives a lease back, if it is still held.
pub(super) async fn release(
    session: &Session,
    collection: &str,
    owner: ObjectId,
) -> Result<(), StoreError> {
    let held = doc! { "_id": root_id(collection), "lease.owner": owner };
    let change = doc! { "$set": { "lease": Bson::Null }, "$inc": { "generation": 1_i64 } };
    let update = own(session).await?;
    session.write(update.update_one(held, change)).await.map(drop)
}

async fn own(session: &Session) -> Result<Collection<Document>, StoreError> {
    Ok(session.database().await?.collection(OWN))
}

fn is_duplicate(error: &Error) -> bool {
    matches!(
        error.kind.as_ref(),
        ErrorKind::Write(WriteFailure::WriteError(error)) if error.code == DUPLICATE_KEY
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(id: i64) -> Stored {
        let entry = BlockEntry {
            id: BlockId(id),
            records: 16_384,
            first: -5,
            last: 1_767_225_600_000,
            bytes: 70_000,
            message_bytes: 1_500_000,
            dirty: false,
        };
        Stored { entry, dirty: id % 2 == 0, chunk_bytes: 65_536 }
    }

    fn root(blocks: usize) -> Root {
        Root {
            version: Version { generation: 7, unpacked: 1 },
            epoch: 3,
            lease: Some(Lease { owner: ObjectId::from_bytes([3; 12]), beat: 9 }),
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
        assert!(root(MAX_BLOCKS).bytes() < LARGEST_DOCUMENT);
    }

    #[test]
    fn what_is_retired_can_still_be_found() {
        let mut root = root(3);
        root.retire(&[BlockId(1)], 12);
        assert!(!root.holds(BlockId(1)));
        assert_eq!(root.find(BlockId(1)), Some(stored(1)));
        assert_eq!(root.garbage.last(), Some(&Garbage { block: stored(1), since: 12 }));
    }
}
