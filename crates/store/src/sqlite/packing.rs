//! Packing, merging, unpacking: each is one transaction, which only the holder of the lease can commit.

use super::append::Appender;
use super::arrival::{self, Arrivals};
use super::batch::{Stored, Unread};
use super::block;
use super::failpoint::reach;
use super::file::Readers;
use super::frame::{Unpacker, documents};
use super::lease::Lease;
use super::piece;
use super::table::{self, Header};
use crate::order::{Key, compare};
use crate::{BlockEntry, BlockId, HotPortion, NewBlock, Packing, Prune, StoreError};
use rusqlite::Connection;
use std::collections::BTreeSet;
use woodpile_record::{Batch, RawDocument, event_time};

/// Ids of hot rows that are set aside for what is unpacked from one block: it has no more records.
const ROWS_OF_A_BLOCK: i64 = 1 << 20;

/// The id of a hot row that comes from a block. It is negative, so that nobody who follows takes it for new, and
/// never used twice, as no block's is.
pub(super) fn unpacked_id(block: i64, row: usize) -> i64 {
    let row = i64::try_from(row).unwrap_or(i64::MAX);
    block.saturating_mul(ROWS_OF_A_BLOCK).saturating_add(row).saturating_neg()
}

/// The blocks of a collection, by their first event.
pub(super) fn blocks(
    connection: &Connection,
    collection: &str,
) -> rusqlite::Result<Vec<BlockEntry>> {
    let mut blocks = Vec::new();
    if let Some(collection) = table::find_collection(connection, collection)? {
        block::heads(connection, |head| {
            if head.collection == collection {
                blocks.push(head.entry());
            }
        })?;
    }
    blocks.sort_by_key(|block| (block.first, block.id));
    Ok(blocks)
}

/// Whether a collection has this block.
pub(super) fn has_block(
    connection: &Connection,
    collection: &str,
    id: BlockId,
) -> rusqlite::Result<bool> {
    let collection = table::find_collection(connection, collection)?;
    Ok(match collection {
        Some(collection) if block::has_blocks(connection)? => {
            block::records(connection, collection, id.0)?.is_some()
        }
        _ => false,
    })
}

/// It was merged or unpacked, or never was.
pub(super) fn no_such_block(readers: &Readers, collection: &str, id: BlockId) -> StoreError {
    StoreError::Failed {
        location: readers.file.path().display().to_string(),
        reason: format!("{collection} has no block {} now: list its blocks again", id.0),
    }
}

/// The right to pack one collection.
pub(super) struct SqlitePacking<'s> {
    readers: &'s Readers,
    appender: &'s Appender,
    lease: Lease<'s>,
}

impl<'s> SqlitePacking<'s> {
    pub(super) fn new(readers: &'s Readers, appender: &'s Appender, lease: Lease<'s>) -> Self {
        Self { readers, appender, lease }
    }

    /// One transaction, if the lease is still held; `work` gets the collection's number.
    fn change<T>(
        &self,
        bytes: usize,
        work: impl FnOnce(&Connection, i64) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let done = self.lease.transact(bytes, |transaction| {
            reach("begun");
            let collection = table::find_collection(transaction, self.lease.collection())
                .map_err(self.readers.file.error())?;
            let done = work(transaction, collection.ok_or_else(|| self.changed("it is gone"))?)?;
            reach("written");
            Ok(done)
        })?;
        reach("committed");
        Ok(done)
    }

    fn drop_block(
        &self,
        connection: &Connection,
        collection: i64,
        id: BlockId,
    ) -> Result<u64, StoreError> {
        let error = self.readers.file.error();
        let records = block::records(connection, collection, id.0).map_err(&error)?;
        let dropped = block::delete(connection, collection, id.0).map_err(&error)?;
        arrival::remove(connection, id.0).map_err(&error)?;
        records
            .filter(|_| dropped)
            .ok_or_else(|| no_such_block(self.readers, self.lease.collection(), id))
    }

    fn insert_block(
        &self,
        connection: &Connection,
        collection: i64,
        block: &NewBlock,
    ) -> Result<BlockId, StoreError> {
        let id = block::insert(connection, collection, block);
        id.map(BlockId).map_err(self.readers.file.error())
    }

    /// New blocks for old ones, if their numbers of records are as they have to be.
    fn swap(
        &self,
        old: &[BlockId],
        new: &[NewBlock],
        check: impl Fn(u64, u64) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let bytes = new.iter().map(|block| block.bytes.len()).sum();
        self.change(bytes, |connection, collection| {
            for block in new {
                self.insert_block(connection, collection, block)?;
            }
            reach("inserted");
            let mut records = 0;
            for &id in old {
                records += self.drop_block(connection, collection, id)?;
            }
            check(records, new.iter().map(|block| block.records).sum())
        })
    }

    /// Puts what is left of a batch in its place, under an id as unpacked batches have: whoever is reading it finds it
    /// gone, and lists the batches again.
    fn forget_in_batch(
        &self,
        header: &Header,
        unpacker: &mut Unpacker,
        goes: &mut dyn FnMut(&RawDocument) -> bool,
    ) -> Result<u64, StoreError> {
        let Some(raw) = self.read_one(header, unpacker)? else { return Ok(0) };
        let left: Vec<&RawDocument> = documents(&raw).filter(|record| !goes(record)).collect();
        let gone = header.records - left.len() as u64;
        if gone == 0 {
            return Ok(0);
        }
        let pieces = piece::pack(left, self.appender.compressors()).map_err(super::codec_failed)?;
        let bytes = pieces.iter().map(piece::Piece::stored).sum();
        let error = self.readers.file.error();
        self.change(bytes, |connection, collection| {
            if !table::delete(connection, collection, header.id).map_err(&error)? {
                return Err(self.changed("a batch is gone"));
            }
            reach("deleted");
            let id = block::use_id(connection).map_err(&error)?;
            for (row, piece) in pieces.iter().enumerate() {
                table::insert(connection, collection, Some(unpacked_id(id, row)), piece)
                    .map_err(&error)?;
            }
            Ok(gone)
        })
    }

    /// A batch's records; `None` where it cannot be read.
    fn read_one(
        &self,
        header: &Header,
        unpacker: &mut Unpacker,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let mut raw = Vec::new();
        let read =
            self.readers.with(|connection| Ok(read_batch(connection, header, unpacker, &mut raw)));
        match read? {
            Ok(_) => Ok(Some(raw)),
            Err(Unread::Failed(error)) => Err((self.readers.file.error())(error)),
            Err(Unread::Damaged(_) | Unread::Gone) => Ok(None),
        }
    }

    fn changed(&self, what: &str) -> StoreError {
        StoreError::Failed {
            location: self.readers.file.path().display().to_string(),
            reason: format!("{} changed while it was packed: {what}", self.lease.collection()),
        }
    }

    /// Nothing is put in the place of more or fewer records.
    fn expect_records(&self, expected: u64, found: u64) -> Result<(), StoreError> {
        if expected == found {
            return Ok(());
        }
        Err(self.changed(&format!("{expected} records would become {found}")))
    }
}

impl Packing for SqlitePacking<'_> {
    fn renew(&mut self) -> Result<(), StoreError> {
        self.lease.renew()
    }

    fn hot(&mut self, max_records: usize, max_bytes: usize) -> Result<HotPortion, StoreError> {
        let mut unpacker = Unpacker::new().map_err(super::codec_failed)?;
        let portion = self.readers.with(|connection| {
            let room = Room { records: max_records as u64, bytes: max_bytes as u64 };
            read_hot(connection, self.lease.collection(), room, &mut unpacker)
                .map_err(self.readers.file.error())
        });
        reach("read");
        portion
    }

    fn pack(&mut self, portion: HotPortion, block: NewBlock) -> Result<BlockId, StoreError> {
        let HotPortion { batch, keys } = portion;
        self.expect_records(batch.len() as u64, block.records)?;
        self.expect_records(keys.len() as u64, block.records)?;
        let error = self.readers.file.error();
        self.change(block.bytes.len(), |connection, collection| {
            let id = self.insert_block(connection, collection, &block)?;
            arrival::put(connection, &Arrivals::new(id.0, &keys)).map_err(&error)?;
            reach("inserted");
            for batch in keys.into_iter().collect::<BTreeSet<i64>>() {
                if !table::delete(connection, collection, batch).map_err(&error)? {
                    return Err(self.changed("a batch is gone"));
                }
            }
            Ok(id)
        })
    }

    fn replace(&mut self, old: &[BlockId], new: Vec<NewBlock>) -> Result<(), StoreError> {
        self.swap(old, &new, |had, has| self.expect_records(had, has))
    }

    fn forget(&mut self, old: &[BlockId], new: Vec<NewBlock>) -> Result<(), StoreError> {
        self.swap(
            old,
            &new,
            |had, has| if has < had { Ok(()) } else { self.expect_records(had, has) },
        )
    }

    fn forget_hot(
        &mut self,
        prune: &Prune,
        goes: &mut dyn FnMut(&RawDocument) -> bool,
    ) -> Result<u64, StoreError> {
        let mut unpacker = Unpacker::new().map_err(super::codec_failed)?;
        let headers = self.readers.with(|connection| {
            oldest_first(connection, self.lease.collection()).map_err(self.readers.file.error())
        })?;
        let mut gone = 0;
        for header in headers.iter().filter(|header| prune.overlaps(header.first, header.last)) {
            gone += self.forget_in_batch(header, &mut unpacker, &mut |record| {
                prune.keeps(event_time(record)) && goes(record)
            })?;
        }
        Ok(gone)
    }

    fn unpack(&mut self, block: BlockId, records: &Batch) -> Result<(), StoreError> {
        let pieces = piece::pack(records.iter().collect(), self.appender.compressors())
            .map_err(super::codec_failed)?;
        let bytes = pieces.iter().map(piece::Piece::stored).sum();
        self.change(bytes, |connection, collection| {
            for (row, piece) in pieces.iter().enumerate() {
                table::insert(connection, collection, Some(unpacked_id(block.0, row)), piece)
                    .map_err(self.readers.file.error())?;
            }
            reach("inserted");
            let had = self.drop_block(connection, collection, block)?;
            self.expect_records(had, records.len() as u64)
        })
    }
}

/// How much is still wanted.
struct Room {
    records: u64,
    bytes: u64,
}

impl Room {
    /// Takes a batch, where it fits.
    fn take(&mut self, header: &Header) -> bool {
        let left = (self.records.checked_sub(header.records), self.bytes.checked_sub(header.raw));
        let (Some(records), Some(bytes)) = left else { return false };
        (self.records, self.bytes) = (records, bytes);
        true
    }
}

/// The oldest batches that fit, one in any case; those that are damaged are left alone. Each record's key is its
/// batch.
fn read_hot(
    connection: &Connection,
    collection: &str,
    mut room: Room,
    unpacker: &mut Unpacker,
) -> rusqlite::Result<HotPortion> {
    let mut raw = Vec::new();
    let mut keys = Vec::new();
    for header in oldest_first(connection, collection)? {
        if !room.take(&header) && !keys.is_empty() {
            break;
        }
        let start = raw.len();
        match read_batch(connection, &header, unpacker, &mut raw) {
            Ok(records) => keys.extend(std::iter::repeat_n(header.id, records)),
            Err(Unread::Failed(error)) => return Err(error),
            Err(Unread::Damaged(_) | Unread::Gone) => raw.truncate(start),
        }
    }
    Ok(sorted(&raw, &keys))
}

fn oldest_first(connection: &Connection, collection: &str) -> rusqlite::Result<Vec<Header>> {
    let mut headers = Vec::new();
    if let Some(collection) = table::find_collection(connection, collection)? {
        table::headers(connection, |header| {
            if header.collection == collection {
                headers.push(header);
            }
        })?;
    }
    headers.sort_by_key(|header| (header.first, header.id));
    Ok(headers)
}

fn read_batch(
    connection: &Connection,
    header: &Header,
    unpacker: &mut Unpacker,
    raw: &mut Vec<u8>,
) -> Result<usize, Unread> {
    let start = raw.len();
    let stored = Stored::open(connection, header.id)?.ok_or(Unread::Gone)?;
    for frame in &stored.frames {
        raw.extend_from_slice(stored.read(connection, frame, unpacker)?);
    }
    let records = documents(&raw[start..]).count();
    if records as u64 == header.records {
        return Ok(records);
    }
    Err(Unread::Damaged("it has another number of records than its head says".to_owned()))
}

fn sorted(raw: &[u8], keys: &[i64]) -> HotPortion {
    let mut records: Vec<(Key, &RawDocument, i64)> =
        documents(raw).zip(keys).map(|(record, &key)| (Key::of(record), record, key)).collect();
    records.sort_by(|a, b| compare((&a.0, a.1), (&b.0, b.1)));
    let keys = records.iter().map(|(_, _, key)| *key).collect();
    HotPortion { batch: records.into_iter().map(|(_, record, _)| record).collect(), keys }
}
