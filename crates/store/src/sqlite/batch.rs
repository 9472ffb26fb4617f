//! A stored batch, read: its directory, and its frames one by one.

use super::error::is_damage;
use super::frame::{Frame, Unpacker, read_directory};
use rusqlite::{Connection, MAIN_DB, OptionalExtension, Row};
use woodpile_block::IdSummary;

/// Batches up to this size are read with their directory in one go; others frame by frame.
const SMALL_BYTES: i64 = 4_096;

/// A batch whose directory was read.
#[derive(Debug)]
pub(super) struct Stored {
    id: i64,
    pub(super) frames: Vec<Frame>,
    /// All of the data of a small batch.
    small: Option<Vec<u8>>,
}

/// Why something of a batch was not read.
pub(super) enum Unread {
    /// It is damaged; this is what was expected and found.
    Damaged(String),
    /// It is no longer there: it was packed, merged or unpacked meanwhile.
    Gone,
    /// SQLite cannot read at all.
    Failed(rusqlite::Error),
}

impl From<rusqlite::Error> for Unread {
    fn from(error: rusqlite::Error) -> Self {
        if is_damage(&error) { Self::Damaged(error.to_string()) } else { Self::Failed(error) }
    }
}

impl Stored {
    /// Reads a batch's directory; `None` where the batch is gone.
    pub(super) fn open(connection: &Connection, id: i64) -> Result<Option<Self>, Unread> {
        let sql = "
            SELECT first, frames, CASE WHEN length(data) <= ?2 THEN data END
            FROM hot WHERE id = ?1";
        let row = connection.prepare_cached(sql)?.query_row([id, SMALL_BYTES], |row| {
            let frames = read_directory(row.get_ref(1)?.as_blob()?, row.get(0)?);
            Ok((frames, row.get(2)?))
        });
        match row.optional()? {
            None => Ok(None),
            Some((None, _)) => Err(Unread::Damaged("its directory makes no sense".to_owned())),
            Some((Some(frames), small)) => Ok(Some(Self { id, frames, small })),
        }
    }

    /// Its summary of ids.
    pub(super) fn ids(&self, connection: &Connection) -> Result<Option<IdSummary>, Unread> {
        let sql = "SELECT ids FROM hot WHERE id = ?1";
        let decode = |row: &Row<'_>| Ok(IdSummary::decode(row.get_ref(0)?.as_blob()?));
        Ok(connection.prepare_cached(sql)?.query_row([self.id], decode)?)
    }

    fn is_there(&self, connection: &Connection) -> rusqlite::Result<bool> {
        connection.prepare_cached("SELECT 1 FROM hot WHERE id = ?1")?.exists([self.id])
    }

    /// The records of a frame.
    pub(super) fn read<'u>(
        &self,
        connection: &Connection,
        frame: &Frame,
        unpacker: &'u mut Unpacker,
    ) -> Result<&'u [u8], Unread> {
        if let Some(data) = &self.small {
            let stored = data.get(frame.stored.clone()).ok_or_else(|| {
                Unread::Damaged("it is shorter than its directory says".to_owned())
            })?;
            return unpacker.unpack(frame, stored).map_err(Unread::Damaged);
        }
        let blob = match connection.blob_open(MAIN_DB, "hot", "data", self.id, true) {
            Err(_) if !self.is_there(connection)? => return Err(Unread::Gone),
            other => other?,
        };
        if blob.len() < frame.stored.end {
            return Err(Unread::Damaged("it is shorter than its directory says".to_owned()));
        }
        let mut stored = vec![0; frame.stored.len()];
        blob.read_at_exact(&mut stored, frame.stored.start)?;
        unpacker.unpack(frame, &stored).map_err(Unread::Damaged)
    }
}
