//! Following: SQLite says cheaply whether anybody committed; then the rows after the last one seen are read.

use super::batch::{Stored, Unread};
use super::file::{File, Readers};
use super::frame::{Unpacker, documents};
use super::table;
use crate::{Followed, Follower, StoreError};
use rusqlite::{Connection, OptionalExtension};
use std::time::Duration;
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
    /// The last row seen.
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
            let Some((id, collection)) = self.next_row().map_err(self.file.error())? else {
                self.version = Some(version);
                break;
            };
            self.seen = id;
            let batch = self.batch(id)?;
            bytes += batch.as_bytes().len();
            // One that was packed between the two look-ups is gone.
            if !batch.is_empty() {
                news.push(Followed { collection, batch });
            }
        }
        Ok(news)
    }

    fn data_version(&self) -> Result<i64, StoreError> {
        self.connection
            .pragma_query_value(None, "data_version", |row| row.get(0))
            .map_err(self.file.error())
    }

    fn next_row(&self) -> rusqlite::Result<Option<(i64, String)>> {
        let sql = "
            SELECT hot.id, name FROM hot JOIN collection ON collection.id = hot.collection
            WHERE hot.id > ?1 ORDER BY hot.id LIMIT 1";
        let mut statement = self.connection.prepare_cached(sql)?;
        statement.query_row([self.seen], |row| Ok((row.get(0)?, row.get(1)?))).optional()
    }

    fn batch(&mut self, id: i64) -> Result<Batch, StoreError> {
        let mut batch = Batch::new();
        let read = read_batch(&self.connection, id, &mut self.unpacker, &mut batch);
        match read {
            Ok(()) => Ok(batch),
            Err(Unread::Gone) => Ok(Batch::new()),
            Err(Unread::Failed(error)) => Err(self.file.error()(error)),
            // The next poll goes on behind it.
            Err(Unread::Damaged(reason)) => Err(StoreError::Damaged {
                place: format!("{}, batch {id}", self.file.path().display()),
                reason,
            }),
        }
    }
}

fn read_batch(
    connection: &Connection,
    id: i64,
    unpacker: &mut Unpacker,
    batch: &mut Batch,
) -> Result<(), Unread> {
    let Some(stored) = Stored::open(connection, id)? else { return Ok(()) };
    for frame in &stored.frames {
        documents(stored.read(connection, frame, unpacker)?).for_each(|record| batch.push(record));
    }
    Ok(())
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
