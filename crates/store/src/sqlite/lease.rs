//! Who packs a collection: a state says so to all processes. Its version changes whenever its holder gives a sign of
//! life; who knows the version holds the lease.

use super::commit::Committer;
use super::file::Readers;
use super::state;
use crate::StoreError;
use bson::oid::ObjectId;
use bson::rawdoc;
use rusqlite::{Connection, Transaction};
use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long a holder may give no sign of life before another takes its lease.
const PATIENCE: Duration = Duration::from_secs(30);

/// The last sign of life of a lease's holder.
type Sign = ObjectId;

fn name(collection: &str) -> String {
    format!("lease:{collection}")
}

/// Gives a sign of life.
fn sign(connection: &Connection, collection: &str) -> rusqlite::Result<Sign> {
    let document = rawdoc! { "process": i64::from(std::process::id()) };
    state::put(connection, &name(collection), document.as_bytes())
}

fn last_sign(connection: &Connection, collection: &str) -> rusqlite::Result<Option<Sign>> {
    state::version(connection, &name(collection))
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
            .with(|connection| last_sign(connection, collection).map_err(readers.file.error()))?;
        if !self.may_take(collection, found) {
            return Ok(None);
        }
        let ours = committer.transact(0, |transaction| {
            seize(transaction, collection, found).map_err(readers.file.error())
        })?;
        let Some(ours) = ours else { return Ok(None) };
        self.known().held.insert(collection.to_owned());
        let (collection, last) = (collection.to_owned(), Cell::new(ours));
        Ok(Some(Lease { leases: self, committer, readers, collection, last }))
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

/// Takes the lease, where it is still as it was found.
fn seize(
    connection: &Connection,
    collection: &str,
    found: Option<Sign>,
) -> rusqlite::Result<Option<Sign>> {
    if last_sign(connection, collection)? != found {
        return Ok(None);
    }
    sign(connection, collection).map(Some)
}

/// The right to pack a collection, until it is dropped or taken away.
#[derive(Debug)]
pub(super) struct Lease<'s> {
    leases: &'s Leases,
    committer: &'s Committer,
    readers: &'s Readers,
    collection: String,
    /// The last sign of life that was given: nobody else knows it.
    last: Cell<Sign>,
}

impl Lease<'_> {
    pub(super) fn collection(&self) -> &str {
        &self.collection
    }

    /// Gives a sign of life.
    pub(super) fn renew(&self) -> Result<(), StoreError> {
        self.transact(0, |_| Ok(()))
    }

    /// Does something in a transaction that writes about so many bytes, and only while the lease is held.
    pub(super) fn transact<T>(
        &self,
        bytes: usize,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let error = self.readers.file.error();
        let (done, last) = self.committer.transact(bytes, |transaction| {
            if last_sign(transaction, &self.collection).map_err(&error)? != Some(self.last.get()) {
                return Err(self.lost());
            }
            let last = sign(transaction, &self.collection).map_err(&error)?;
            Ok((work(transaction)?, last))
        })?;
        self.last.set(last);
        Ok(done)
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
        let released = state::set(connection, &name(&self.collection), Some(self.last.get()), None);
        released.map(drop).map_err(self.readers.file.error())
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
        let mut check = |collection: &str, sign, seconds, expected| {
            let now = start + Duration::from_secs(seconds);
            let found = watched.stood_still(collection, ObjectId::from_bytes([sign; 12]), now);
            assert_eq!(found, expected, "{collection} {sign} after {seconds} s");
        };
        check("log", 1, 0, false);
        check("log", 1, 29, false);
        check("log", 2, 31, false);
        check("log", 2, 60, false);
        check("other", 2, 61, false);
        check("log", 2, 61, true);
        check("log", 3, 62, false);
    }
}
