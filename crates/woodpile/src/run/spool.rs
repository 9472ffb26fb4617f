//! The spool for what a database cannot take right now.

use anyhow::Context;
use std::fs;
use std::path::PathBuf;
use woodpile_store::{Location, Spool, SqliteSpool};

/// The most bytes that wait for one database.
const MAX_SPOOL_BYTES: u64 = 1024 * 1024 * 1024;
/// The longest part of a spool's name that is there for people.
const MAX_LABEL: usize = 60;

/// Opens the spool of the store at `location`. A file store has none: its own disk is as good.
pub(crate) fn open(location: &Location) -> anyhow::Result<Option<(PathBuf, Box<dyn Spool>)>> {
    let Location::Mongo(_) = location else { return Ok(None) };
    let folder = state_folder();
    fs::create_dir_all(&folder)
        .with_context(|| format!("cannot make the folder {} for a spool", folder.display()))?;
    let path = folder.join(file_name(&location.to_string()));
    let spool = SqliteSpool::open(&path, MAX_SPOOL_BYTES)?;
    Ok(Some((path, Box::new(spool))))
}

/// Where a user's programs keep what outlives them
/// (<https://specifications.freedesktop.org/basedir-spec/latest/>); without a home, the working folder.
fn state_folder() -> PathBuf {
    let named = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let state = named("XDG_STATE_HOME").or(named("HOME").map(|home| home.join(".local/state")));
    state.map_or_else(|| PathBuf::from("."), |state| state.join("woodpile"))
}

/// One file for each database: its name for people, and a hash that tells it from others.
fn file_name(location: &str) -> String {
    let plain = |character: char| if character.is_ascii_alphanumeric() { character } else { '-' };
    let label: String = location.chars().map(plain).take(MAX_LABEL).collect();
    format!("spool-{label}-{:016x}.db", fnv1a(location.as_bytes()))
}

/// FNV-1a, the same in every release (<http://www.isthe.com/chongo/tech/comp/fnv/>).
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_database_has_a_spool_of_its_own() {
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
        let long = "mongodb://host/a-very-long-name-of-a-database-on-a-host?with=options&of=all";
        let names = [file_name(&format!("{long}1")), file_name(&format!("{long}2"))];
        assert_ne!(names[0], names[1]);
        assert!(names[0].starts_with("spool-mongodb---host-a-very"), "{}", names[0]);
    }
}
