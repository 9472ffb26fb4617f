//! Who packs a collection: one row says so to all processes.

use super::commit::Committer;
use super::file::Readers;
use crate::StoreError;
use rusqlite::{Connection, OptionalExtension};
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long a holder may give no sign of life before another takes its lease.
const PATIENCE: Duration = Duration::from_secs(30);

/// A lease's row: who holds it, and how often it said that it lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sign {
    /// Made anew each time that a lease is taken: who lost it cannot mistake another's for its own.
    holder: i64,
    beat: i64,
}

/// The leases of this process, and what it saw of others'.
#[derive(Debug, Default)]
pub(super) struct Leases {
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    held: HashSet<String>,
    watched: Watched,
}

/// The last sign that each holder was seen to give, and since when.
#[derive(Debug, Default)]
struct Watched(HashMap<String, (Sign, Instant)>);

impl Watched {
    /// Whether a holder stood still for too long, on this process's own clock.
    fn stood_still(&mut self, collection: &str, sign: Sign, now: Instant) -> bool {
        match self.0.get(collection) {
            Some((seen, since)) if *seen == sign => now.duration_since(*since) >= PATIENCE,
            _ => {
                self.0.insert(collection.to_owned(), (sign, now));
                false
            }
        }
    }
}

impl Leases {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the lease on a collection, if nobody has it or its holder stood still.
    pub(super) fn take<'s>(
        &'s self,
        committer: &'s Committer,
        readers: &'s Readers,
        collection: &str,
    ) -> Result<Option<Lease<'s>>, StoreError> {
        let found = readers
            .with(|connection| sign(connection, collection).map_err(readers.file.error()))?;
        if !self.may_take(collection, found) {
            return Ok(None);
        }
        let holder = committer.transact(0, |transaction| {
            seize(transaction, collection, found).map_err(readers.file.error())
        })?;
        let Some(holder) = holder else { return Ok(None) };
        self.known().held.insert(collection.to_owned());
        let collection = collection.to_owned();
        Ok(Some(Lease { leases: self, committer, readers, collection, holder }))
    }

    #[expect(clippy::disallowed_methods, reason = "how long a holder stood still is measured here")]
    fn may_take(&self, collection: &str, found: Option<Sign>) -> bool {
        let mut known = self.known();
        if known.held.contains(collection) {
            return false;
        }
        found.is_none_or(|sign| known.watched.stood_still(collection, sign, Instant::now()))
    }
}

fn sign(connection: &Connection, collection: &str) -> rusqlite::Result<Option<Sign>> {
    let sql = "SELECT holder, beat FROM lease WHERE collection = ?1";
    let decode = |row: &rusqlite::Row<'_>| Ok(Sign { holder: row.get(0)?, beat: row.get(1)? });
    connection.prepare_cached(sql)?.query_row([collection], decode).optional()
}

/// Writes a new holder, where the row is still as it was found.
fn seize(
    connection: &Connection,
    collection: &str,
    found: Option<Sign>,
) -> rusqlite::Result<Option<i64>> {
    if sign(connection, collection)? != found {
        return Ok(None);
    }
    let sql = "INSERT OR REPLACE INTO lease VALUES (?1, random(), 0) RETURNING holder";
    connection.query_row(sql, [collection], |row| row.get(0)).optional()
}

/// The right to pack a collection, until it is dropped or taken away.
#[derive(Debug)]
pub(super) struct Lease<'s> {
    leases: &'s Leases,
    committer: &'s Committer,
    readers: &'s Readers,
    collection: String,
    holder: i64,
}

impl Lease<'_> {
    pub(super) fn collection(&self) -> &str {
        &self.collection
    }

    /// Gives a sign of life; in a transaction that changes something, it makes sure that the lease is still held.
    pub(super) fn beat(&self, connection: &Connection) -> Result<(), StoreError> {
        let sql = "UPDATE lease SET beat = beat + 1 WHERE collection = ?1 AND holder = ?2";
        let beat = connection
            .prepare_cached(sql)
            .and_then(|mut update| update.execute((&self.collection, self.holder)))
            .map_err(self.readers.file.error())?;
        if beat == 1 { Ok(()) } else { Err(self.lost()) }
    }

    fn lost(&self) -> StoreError {
        StoreError::Failed {
            location: self.readers.file.path().display().to_string(),
            reason: format!(
                "the lease on packing {} was lost: it gave no sign of life for {} seconds, and another process took over",
                self.collection,
                PATIENCE.as_secs()
            ),
        }
    }

    fn release(&self, connection: &Connection) -> Result<(), StoreError> {
        let sql = "DELETE FROM lease WHERE collection = ?1 AND holder = ?2";
        let released = connection.execute(sql, (&self.collection, self.holder));
        released.map(|_| ()).map_err(self.readers.file.error())
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        // A lease that cannot be given back is taken, as one whose holder died.
        let _ = self.committer.transact(0, |transaction| self.release(transaction));
        self.leases.known().held.remove(&self.collection);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "some moment to count from")]
    fn only_who_stood_still_all_the_time_loses_a_lease() {
        let mut watched = Watched::default();
        let start = Instant::now();
        let mut check = |collection: &str, holder, beat, seconds, expected| {
            let now = start + Duration::from_secs(seconds);
            let found = watched.stood_still(collection, Sign { holder, beat }, now);
            assert_eq!(found, expected, "{collection} {holder} {beat} after {seconds} s");
        };
        check("log", 1, 0, 0, false);
        check("log", 1, 0, 29, false);
        check("log", 1, 1, 31, false);
        check("log", 1, 1, 60, false);
        check("other", 1, 1, 61, false);
        check("log", 1, 1, 61, true);
        check("log", 2, 1, 62, false);
    }
}
