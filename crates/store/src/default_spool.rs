//! The spool that a database has when nobody names one.

use crate::sqlite::fnv1a_64;
use crate::{Location, Spool, SqliteSpool, StoreError};
use std::fs;
use std::path::PathBuf;

/// The most bytes that wait for one database: half a day of an outage at 100 records a second.
pub const DEFAULT_SPOOL_BYTES: u64 = 1024 * 1024 * 1024;
/// The longest part of a spool's name that is there for people.
const MAX_LABEL: usize = 60;

/// A spool, and its file.
#[derive(Debug)]
pub struct DefaultSpool {
    /// Where it is.
    pub path: PathBuf,
    /// What records go into.
    pub spool: Box<dyn Spool>,
}

/// Opens the spool of at most [`DEFAULT_SPOOL_BYTES`] for the store at `location`, in the user's state folder. A file
/// store has none: its own disk is as good. The lookup gives an environment variable's value by its name.
///
/// # Errors
/// Says why the folder or the file cannot be used.
pub fn open_default_spool(
    location: &Location,
    environment: impl Fn(&str) -> Option<String>,
) -> Result<Option<DefaultSpool>, StoreError> {
    let Location::Mongo(_) = location else { return Ok(None) };
    let folder = state_folder(environment);
    fs::create_dir_all(&folder).map_err(|error| StoreError::Failed {
        location: folder.display().to_string(),
        reason: format!("cannot make this folder for a spool: {error}"),
    })?;
    let path = folder.join(file_name(&location.to_string()));
    let spool = SqliteSpool::open(&path, DEFAULT_SPOOL_BYTES)?;
    Ok(Some(DefaultSpool { path, spool: Box::new(spool) }))
}

/// Where a user's programs keep what outlives them
/// (<https://specifications.freedesktop.org/basedir-spec/latest/>); without a home, the working folder.
fn state_folder(environment: impl Fn(&str) -> Option<String>) -> PathBuf {
    let named = |name| environment(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let state = named("XDG_STATE_HOME").or(named("HOME").map(|home| home.join(".local/state")));
    state.map_or_else(|| PathBuf::from("."), |state| state.join("woodpile"))
}

/// One file for each database: its name for people, and a hash that tells it from others.
fn file_name(location: &str) -> String {
    let plain = |character: char| if character.is_ascii_alphanumeric() { character } else { '-' };
    let label: String = location.chars().map(plain).take(MAX_LABEL).collect();
    format!("spool-{label}-{:016x}.db", fnv1a_64(location.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_database_has_a_spool_of_its_own() {
        let long = "mongodb://host/a-very-long-name-of-a-database-on-a-host?with=options&of=all";
        let names = [file_name(&format!("{long}1")), file_name(&format!("{long}2"))];
        assert_ne!(names[0], names[1]);
        assert!(names[0].starts_with("spool-mongodb---host-a-very"), "{}", names[0]);
    }

    #[test]
    fn the_state_folder_is_where_the_environment_says() {
        let check = |variables: &[(&str, &str)], expected: &str| {
            let value = |name: &str| variables.iter().find(|(key, _)| *key == name);
            let folder = state_folder(|name| value(name).map(|(_, value)| (*value).to_owned()));
            assert_eq!(folder, PathBuf::from(expected), "{variables:?}");
        };
        check(&[("XDG_STATE_HOME", "/var/state"), ("HOME", "/home/ana")], "/var/state/woodpile");
        check(&[("HOME", "/home/ana")], "/home/ana/.local/state/woodpile");
        check(&[("XDG_STATE_HOME", "relative")], ".");
    }
}
