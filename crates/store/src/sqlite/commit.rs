//! Group commit: appends that come while another is being written share the next transaction, and its one
//! wait for the disk.

use super::checkpoint::Checkpointer;
use super::file::File;
use super::known::{self, Seen};
use super::piece::Piece;
use super::table;
use crate::StoreError;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use woodpile_block::IdSummary;

/// Bytes that one transaction writes before the next append waits for the following one: about 20 ms.
const GROUP_BYTES: usize = 4 * 1024 * 1024;

/// What goes to one collection.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) collection: String,
    pub(super) pieces: Vec<Piece>,
    pub(super) guard: Option<Guard>,
}

/// Keeps records that were brought from being added twice.
#[derive(Debug)]
pub(super) struct Guard {
    /// Their ids.
    pub(super) ids: IdSummary,
    /// The last batch and the last block in which they were looked for.
    pub(super) until: Seen,
}

/// How a commit ended that did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It is durable.
    Durable,
    /// Nothing was written: somebody else may just have added what was brought, so look again.
    Stale,
}

/// The one writing connection of this process, and who waits for it.
#[derive(Debug)]
pub(super) struct Committer {
    file: File,
    queue: Mutex<VecDeque<Arc<Ticket>>>,
    writer: Mutex<Writer>,
}

#[derive(Debug)]
struct Writer {
    connection: Connection,
    /// Numbers of the collections that were written.
    collections: HashMap<String, i64>,
    checkpointer: Checkpointer,
}

#[derive(Debug)]
struct Ticket {
    parts: Vec<Part>,
    outcome: Mutex<Option<Result<Outcome, StoreError>>>,
}

impl Ticket {
    fn stored(&self) -> usize {
        self.parts.iter().flat_map(|part| &part.pieces).map(Piece::stored).sum()
    }

    fn outcome(&self) -> MutexGuard<'_, Option<Result<Outcome, StoreError>>> {
        self.outcome.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Committer {
    pub(super) fn new(file: &File) -> Result<Self, StoreError> {
        let writer = Writer {
            connection: file.connect()?,
            collections: HashMap::new(),
            checkpointer: Checkpointer::start(file)?,
        };
        Ok(Self { file: file.clone(), queue: Mutex::default(), writer: Mutex::new(writer) })
    }

    /// Writes all parts in one transaction and returns when they are durable.
    pub(super) fn commit(&self, parts: Vec<Part>) -> Result<Outcome, StoreError> {
        let ticket = Arc::new(Ticket { parts, outcome: Mutex::new(None) });
        self.queue().push_back(Arc::clone(&ticket));
        // Whoever gets the connection writes for all that wait; the others then find their outcome.
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(outcome) = ticket.outcome().take() {
                return outcome;
            }
            let group = self.take_group();
            if group.is_empty() {
                return Err(self.lost());
            }
            self.write(&mut writer, &group);
        }
    }

    /// Does something else in a transaction of its own, which writes about so many bytes.
    pub(super) fn transact<T>(
        &self,
        bytes: usize,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = writer
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(self.file.error())?;
        let done = work(&transaction)?;
        transaction.commit().map_err(self.file.error())?;
        writer.checkpointer.written(bytes);
        Ok(done)
    }

    /// Works on the writing connection itself, outside any transaction.
    pub(super) fn with_connection<T>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        work(&writer.connection).map_err(self.file.error())
    }

    fn write(&self, writer: &mut Writer, group: &[Arc<Ticket>]) {
        let written = writer.write(group).map_err(self.file.error());
        for (index, ticket) in group.iter().enumerate() {
            let outcome = match &written {
                Ok(outcomes) => Ok(outcomes[index]),
                Err(error) => Err(error.clone()),
            };
            *ticket.outcome() = Some(outcome);
        }
    }

    fn take_group(&self) -> Vec<Arc<Ticket>> {
        let mut queue = self.queue();
        let mut bytes = 0;
        let mut group = Vec::new();
        while bytes < GROUP_BYTES
            && let Some(ticket) = queue.pop_front()
        {
            bytes += ticket.stored();
            group.push(ticket);
        }
        group
    }

    fn queue(&self) -> MutexGuard<'_, VecDeque<Arc<Ticket>>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Only after a thread panicked that wrote for others.
    fn lost(&self) -> StoreError {
        StoreError::Failed {
            location: self.file.path().display().to_string(),
            reason: "the thread that was writing these records died: append them again".to_owned(),
        }
    }
}

impl Writer {
    /// The outcome of each ticket, in order.
    fn write(&mut self, group: &[Arc<Ticket>]) -> rusqlite::Result<Vec<Outcome>> {
        let written = self.write_transaction(group);
        if written.is_err() {
            // A collection that was made in this transaction is not there now.
            self.collections.clear();
        }
        self.checkpointer.written(group.iter().map(|ticket| ticket.stored()).sum());
        written
    }

    fn write_transaction(&mut self, group: &[Arc<Ticket>]) -> rusqlite::Result<Vec<Outcome>> {
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut outcomes = Vec::with_capacity(group.len());
        for ticket in group {
            outcomes.push(write_ticket(&transaction, &mut self.collections, ticket)?);
        }
        transaction.commit()?;
        Ok(outcomes)
    }
}

fn write_ticket(
    transaction: &Transaction<'_>,
    collections: &mut HashMap<String, i64>,
    ticket: &Ticket,
) -> rusqlite::Result<Outcome> {
    for part in &ticket.parts {
        if is_stale(transaction, part)? {
            return Ok(Outcome::Stale);
        }
    }
    for part in &ticket.parts {
        let collection = match collections.get(&part.collection) {
            Some(&id) => id,
            None => table::make_collection(transaction, &part.collection)?,
        };
        collections.insert(part.collection.clone(), collection);
        for piece in &part.pieces {
            table::insert(transaction, collection, None, piece)?;
        }
    }
    Ok(Outcome::Durable)
}

/// Whether a batch or a block came since the look-up that may hold one of the ids.
fn is_stale(transaction: &Transaction<'_>, part: &Part) -> rusqlite::Result<bool> {
    match &part.guard {
        Some(guard) => known::came_since(transaction, &part.collection, guard.until, &guard.ids),
        None => Ok(false),
    }
}

#[cfg(test)]
mod tests {
    use super::super::format::STORE;
    use super::super::frame::Compressors;
    use super::super::piece::pack;
    use super::*;
    use crate::OpenOptions;
    use bson::rawdoc;

    /// A record that does not compress.
    fn noise(collection: &str) -> Part {
        let mut state = 1_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            char::from(b' ' + (state >> 57) as u8 % 90)
        };
        let message: String = (0..200_000).map(|_| next()).collect();
        let record = rawdoc! { "_id": 1, "message": message };
        let pieces = pack(vec![&record], &Compressors::default()).unwrap();
        Part { collection: collection.to_owned(), pieces, guard: None }
    }

    #[test]
    fn a_full_disk_refuses_all_of_an_append_and_nothing_once_there_is_room() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("logs.db");
        let file = File::open(&path, OpenOptions::WRITE, &STORE).unwrap();
        let committer = Committer::new(&file).unwrap();
        let set_limit = |pages: i64| {
            let writer = committer.writer.lock().unwrap();
            writer.connection.pragma_update(None, "max_page_count", pages).unwrap();
        };
        set_limit(40);
        let error = committer.commit(vec![noise("log")]).unwrap_err();
        assert!(matches!(error, StoreError::Full { .. }) && error.is_temporary());
        let expected = format!("{}: the disk that holds it is full", path.display());
        assert!(error.to_string().contains(&expected), "{error}");

        let names = || table::collection_names(&file.connect().unwrap()).unwrap();
        assert!(names().is_empty(), "half of the append is there");
        set_limit(1_000_000);
        assert_eq!(committer.commit(vec![noise("log")]), Ok(Outcome::Durable));
        assert_eq!(names().len(), 1);
    }
}
