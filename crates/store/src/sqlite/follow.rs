//! Following: SQLite says cheaply whether anybody committed; then the batches after the last one seen are read,
//! also out of the blocks into which they may have been packed meanwhile.

use super::batch::{Stored, Unread};
use super::block::{self, Lent};
use super::file::{File, Readers};
use super::frame::{Unpacker, documents};
use super::span::Rest;
use super::{arrival, body, table};
use crate::{Followed, Follower, StoreError};
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};
use std::ops::Range;
use std::time::Duration;
use woodpile_block::{Block, BlockError};
use woodpile_record::Batch;

/// How often SQLite is asked whether something was committed.
const POLL: Duration = Duration::from_millis(20);

/// BSON that one poll gives, unless one batch is larger.
const MAX_POLL_BYTES: usize = 4 * 1024 * 1024;

/// What is appended to a file, by any process.
pub(super) struct SqliteFollower {
    file: File,
    connection: Connection,
    unpacker: Unpacker,
    /// The last batch seen.
    seen: i64,
    /// SQLite's number of the state that was seen to its end.
    version: Option<i64>,
}

impl SqliteFollower {
    pub(super) fn new(readers: &Readers) -> Result<Self, StoreError> {
        let file = readers.file.clone();
        let connection = file.connect()?;
        let seen = table::last_id(&connection).map_err(file.error())?;
        let unpacker = Unpacker::new().map_err(super::codec_failed)?;
        Ok(Self { file, connection, unpacker, seen, version: None })
    }

    /// What is new, without waiting.
    fn news(&mut self) -> Result<Vec<Followed>, StoreError> {
        let version = self.data_version()?;
        if self.version == Some(version) {
            return Ok(Vec::new());
        }
        let mut news: Vec<Followed> = Vec::new();
        let mut bytes = 0;
        while bytes < MAX_POLL_BYTES {
            let Some(followed) = self.next()? else {
                self.version = Some(version);
                break;
            };
            bytes += followed.batch.as_bytes().len();
            news.push(followed);
        }
        Ok(news)
    }

    fn data_version(&self) -> Result<i64, StoreError> {
        self.connection
            .pragma_query_value(None, "data_version", |row| row.get(0))
            .map_err(self.file.error())
    }

    /// What arrived next, wherever it rests by now.
    fn next(&mut self) -> Result<Option<Followed>, StoreError> {
        let error = self.file.error();
        // What is packed between two looks would be in neither place.
        let snapshot = Transaction::new_unchecked(&self.connection, TransactionBehavior::Deferred)
            .map_err(&error)?;
        let (arrived, seen) = arrived(&snapshot, self.seen).map_err(&error)?;
        // After damage the next poll goes on behind it.
        self.seen = seen;
        let Some(arrived) = arrived else { return Ok(None) };
        match arrived.read(&snapshot, &mut self.unpacker) {
            Ok(batch) => Ok(Some(Followed { collection: arrived.collection, batch })),
            Err(Unread::Failed(failed)) => Err(error(failed)),
            Err(Unread::Damaged(reason)) => Err(self.damaged(&arrived.place, reason)),
            Err(Unread::Gone) => Err(self.damaged(&arrived.place, "it is gone".to_owned())),
        }
    }

    fn damaged(&self, place: &Place, reason: String) -> StoreError {
        let place = match place {
            Place::Batch(id) => Rest::Hot(*id),
            Place::Block { id, .. } => Rest::Packed(*id),
        };
        StoreError::Damaged { place: format!("{}, {place}", self.file.path().display()), reason }
    }
}

/// Something that arrived, and was not seen yet.
struct Arrived {
    collection: String,
    place: Place,
}

/// Where it rests.
enum Place {
    Batch(i64),
    /// It was packed before it was seen.
    Block {
        id: i64,
        places: Vec<Range<usize>>,
    },
}

/// What arrived next after `seen`, and the last batch that is seen with it. What was not only packed, but merged,
/// too, before anybody looked, is passed over.
fn arrived(connection: &Connection, seen: i64) -> rusqlite::Result<(Option<Arrived>, i64)> {
    let hot = next_batch(connection, seen)?;
    let last = table::last_id(connection)?;
    let next_hot = hot.as_ref().map_or(last.saturating_add(1), |(id, _)| *id);
    let missing = seen.saturating_add(1)..next_hot;
    if let Some((arrived, seen)) = next_packed(connection, missing)? {
        return Ok((Some(arrived), seen));
    }
    let hot = hot.map(|(id, collection)| (Arrived { collection, place: Place::Batch(id) }, id));
    Ok(hot.map_or((None, last.max(seen)), |(arrived, id)| (Some(arrived), id)))
}

fn next_batch(connection: &Connection, seen: i64) -> rusqlite::Result<Option<(i64, String)>> {
    let sql = "
        SELECT hot.id, name FROM hot JOIN collection ON collection.id = hot.collection
        WHERE hot.id > ?1 ORDER BY hot.id LIMIT 1";
    let mut statement = connection.prepare_cached(sql)?;
    statement.query_row([seen], |row| Ok((row.get(0)?, row.get(1)?))).optional()
}

/// The first of some batches that are in blocks by now, with all that follow it in the same block.
fn next_packed(
    connection: &Connection,
    batches: Range<i64>,
) -> rusqlite::Result<Option<(Arrived, i64)>> {
    if batches.is_empty() {
        return Ok(None);
    }
    let mut packed = Vec::new();
    for arrivals in arrival::list(connection)? {
        let first = arrivals.next(batches.start - 1).filter(|first| batches.contains(first));
        packed.extend(first.map(|first| (first, arrivals)));
    }
    packed.sort_by_key(|(first, _)| *first);
    let until = packed.get(1).map_or(batches.end, |(first, _)| *first);
    let Some((first, arrivals)) = packed.into_iter().next() else { return Ok(None) };
    let id = arrivals.block;
    let place = Place::Block { id, places: arrivals.places(first..until) };
    let collection = block::collection_name(connection, id)?;
    Ok(collection.map(|collection| (Arrived { collection, place }, until - 1)))
}

impl Arrived {
    fn read(&self, connection: &Connection, unpacker: &mut Unpacker) -> Result<Batch, Unread> {
        match &self.place {
            Place::Batch(id) => read_batch(connection, *id, unpacker),
            Place::Block { id, places } => read_places(&Lent { connection, id: *id }, places)
                .map_err(|error| body::unread(connection, *id, &error)),
        }
    }
}

fn read_batch(connection: &Connection, id: i64, unpacker: &mut Unpacker) -> Result<Batch, Unread> {
    let stored = Stored::open(connection, id)?.ok_or(Unread::Gone)?;
    let mut batch = Batch::new();
    for frame in &stored.frames {
        documents(stored.read(connection, frame, unpacker)?).for_each(|record| batch.push(record));
    }
    Ok(batch)
}

fn read_places(bytes: &Lent<'_>, places: &[Range<usize>]) -> Result<Batch, BlockError> {
    let block = Block::open(bytes)?;
    let mut batch = Batch::new();
    let mut start = 0;
    for (index, group) in block.groups().enumerate() {
        let end = start + group.records;
        let inside = |place: &Range<usize>| place.start.max(start)..place.end.min(end);
        let inside: Vec<_> = places.iter().map(inside).filter(|place| !place.is_empty()).collect();
        if !inside.is_empty() {
            let records = block.unpack(index)?;
            let wanted = inside.into_iter().flatten();
            wanted.filter_map(|place| records.get(place - start)).for_each(|it| batch.push(it));
        }
        start = end;
    }
    Ok(batch)
}

impl Follower for SqliteFollower {
    fn poll(&mut self, wait: Duration) -> Result<Vec<Followed>, StoreError> {
        let mut left = wait;
        loop {
            let news = self.news()?;
            if !news.is_empty() || left.is_zero() {
                return Ok(news);
            }
            let nap = left.min(POLL);
            std::thread::sleep(nap);
            left -= nap;
        }
    }
}
