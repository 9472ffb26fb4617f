//! Reading a table row by row, in portions, past what is damaged.

use super::error::is_damage;
use crate::Finding;
use rusqlite::{Connection, Row};

/// Rows that are read in one statement, so that no reader keeps the write-ahead log from shrinking.
const PORTION_ROWS: i64 = 4_096;

/// Before the first row, whatever its id.
pub(super) const BEFORE_ALL: i64 = i64::MIN;

/// How a table is read.
#[derive(Debug)]
pub(super) struct Listing {
    /// Selects the rows after an id, up to a number of rows.
    pub(super) rows: &'static str,
    /// Finds a row by its id.
    pub(super) probe: &'static str,
    /// What its rows are called.
    pub(super) noun: &'static str,
}

/// Reads the rows after an id, portion by portion; `decode` gives a row's id, too. Says which rows cannot be read,
/// and goes on after them.
pub(super) fn scan<T>(
    connection: &Connection,
    listing: &Listing,
    mut after: i64,
    decode: impl Fn(&Row<'_>) -> rusqlite::Result<(i64, T)>,
    mut each: impl FnMut(T),
) -> rusqlite::Result<Vec<Finding>> {
    let mut damage = Vec::new();
    loop {
        let start = after;
        let portion = portion(connection, listing.rows, start, &decode, |(id, row)| {
            after = id;
            each(row);
        });
        match portion {
            Err(error) if is_damage(&error) => {
                let next = next_readable(connection, listing, after)?;
                damage.push(lost(listing, after, next, &error));
                let Some(next) = next else { return Ok(damage) };
                after = next - 1;
            }
            Err(error) => return Err(error),
            Ok(()) if after == start => return Ok(damage),
            Ok(()) => {}
        }
    }
}

fn lost(listing: &Listing, after: i64, next: Option<i64>, error: &rusqlite::Error) -> Finding {
    let first = if after == BEFORE_ALL { "the first".to_owned() } else { (after + 1).to_string() };
    let last = next.map_or("the end".to_owned(), |next| (next - 1).to_string());
    Finding {
        place: format!("{} {first} to {last}", listing.noun),
        problem: error.to_string(),
        records: None,
    }
}

fn portion<T>(
    connection: &Connection,
    sql: &str,
    after: i64,
    decode: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
    mut each: impl FnMut(T),
) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([after, PORTION_ROWS])?;
    while let Some(row) = rows.next()? {
        each(decode(row)?);
    }
    Ok(())
}

/// Ids that are tried one by one behind a row that cannot be read, before the steps grow.
const NEAR_IDS: i64 = 64;

/// The first id behind the damage after `after`: of a row, or of none, on a page that can be read. Damage may
/// span any number of ids: steps double until they are over it, then the gap is halved.
fn next_readable(
    connection: &Connection,
    listing: &Listing,
    after: i64,
) -> rusqlite::Result<Option<i64>> {
    let damaged = after.saturating_add(1);
    let mut unreadable = damaged;
    let mut step = 1_i64;
    while let Some(id) = damaged.checked_add(step) {
        if is_readable(connection, listing, id)? {
            return first_readable(connection, listing, unreadable, id).map(Some);
        }
        if step == i64::MAX {
            // Half of all ids are behind: from here on the steps are small again.
            return next_readable(connection, listing, id);
        }
        unreadable = id;
        step = if step < NEAR_IDS { step + 1 } else { step.saturating_mul(2) };
    }
    Ok(None)
}

fn first_readable(
    connection: &Connection,
    listing: &Listing,
    mut bad: i64,
    mut good: i64,
) -> rusqlite::Result<i64> {
    while good.saturating_sub(bad) > 1 {
        let middle = bad.midpoint(good);
        if is_readable(connection, listing, middle)? {
            good = middle;
        } else {
            bad = middle;
        }
    }
    Ok(good)
}

fn is_readable(connection: &Connection, listing: &Listing, id: i64) -> rusqlite::Result<bool> {
    let mut probe = connection.prepare_cached(listing.probe)?;
    match probe.exists([id]) {
        Ok(_) => Ok(true),
        Err(error) if is_damage(&error) => Ok(false),
        Err(error) => Err(error),
    }
}
