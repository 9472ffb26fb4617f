//! Giving back to the disk what packing freed.

use super::arrival;
use super::commit::Committer;
use super::failpoint::reach;
use crate::StoreError;
use rusqlite::Connection;

/// Pages that are given back in one transaction: a few milliseconds.
const STEP_PAGES: u32 = 1_024;

/// Pages that nothing uses go from the file, step by step, so that those who append wait for a step at most; then
/// the write-ahead log goes, as far as nobody reads from it.
pub(super) fn tidy(committer: &Committer) -> Result<(), StoreError> {
    committer.with_connection(arrival::clear)?;
    reach("forgotten");
    while free_pages(committer)? > 0 {
        let before = free_pages(committer)?;
        committer.with_connection(give_back_some)?;
        reach("given back");
        if free_pages(committer)? >= before {
            break;
        }
    }
    committer.with_connection(|connection| {
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
    })?;
    reach("truncated");
    Ok(())
}

/// SQLite gives back one page for each row that is asked for.
fn give_back_some(connection: &Connection) -> rusqlite::Result<()> {
    let mut statement =
        connection.prepare_cached(&format!("PRAGMA incremental_vacuum({STEP_PAGES})"))?;
    let mut rows = statement.query([])?;
    while rows.next()?.is_some() {}
    Ok(())
}

fn free_pages(committer: &Committer) -> Result<u64, StoreError> {
    committer.with_connection(|connection| {
        connection.pragma_query_value(None, "freelist_count", |row| row.get(0))
    })
}
