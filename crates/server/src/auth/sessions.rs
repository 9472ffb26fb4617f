//! Who logged in on the page: a state each, so that a session outlives a restart, holds on every server, and can be
//! ended.

use crate::auth::Secret;
use crate::auth::secret::SecretHash;
use crate::auth::token_error::TokenError;
use bson::spec::BinarySubtype;
use bson::{Binary, DateTime, doc};
use jiff::{SignedDuration, Timestamp};
use std::fmt::Write as _;
use woodpile_store::{State, Store, StoreError};

/// How long a session lasts.
pub(crate) const SESSION_LIFE: SignedDuration = SignedDuration::from_hours(7 * 24);
/// The most sessions at once: a new one ends the oldest.
const MAX_SESSIONS: usize = 200;

/// The state of a session is named so, with its hash behind.
const SESSION: &str = "session:";
const CREDENTIAL: &str = "credential";
const UNTIL: &str = "until";

/// Somebody who logged in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Session {
    /// The secret that was shown: when that is changed or revoked the session ends.
    pub(crate) credential: SecretHash,
    pub(crate) until: Timestamp,
}

/// Begins a session; gives what the cookie holds.
pub(crate) fn begin(
    store: &dyn Store,
    credential: SecretHash,
    now: Timestamp,
) -> Result<Secret, TokenError> {
    let secret = Secret::random().map_err(TokenError::Random)?;
    let until = now.saturating_add(SESSION_LIFE).unwrap_or(now);
    let document = doc! {
        CREDENTIAL: Binary { subtype: BinarySubtype::Generic, bytes: credential.0.to_vec() },
        UNTIL: DateTime::from_millis(until.as_millisecond()),
    };
    make_room(store, now)?;
    store.set_state(&state_name(secret.hash()), None, Some(&document))?;
    Ok(secret)
}

/// Ends a session, if it is there.
pub(crate) fn end(store: &dyn Store, session: SecretHash) -> Result<(), StoreError> {
    let name = state_name(session);
    while let Some(state) = store.state(&name)? {
        if store.set_state(&name, Some(state.version), None)? {
            break;
        }
    }
    Ok(())
}

/// Every session that has not ended, by the hash of its cookie.
pub(crate) fn read(
    store: &dyn Store,
    now: Timestamp,
) -> Result<Vec<(SecretHash, Session)>, StoreError> {
    let sessions = store.states(SESSION)?.iter().filter_map(of).collect::<Vec<_>>();
    Ok(sessions.into_iter().filter(|(_, session)| session.until > now).collect())
}

/// Removes those that have ended, and the oldest where there are too many.
fn make_room(store: &dyn Store, now: Timestamp) -> Result<(), StoreError> {
    let mut states: Vec<_> = store.states(SESSION)?;
    let until = |state: &State| of(state).map_or(now, |(_, session)| session.until);
    states.sort_by_key(until);
    let too_many = (states.len() + 1).saturating_sub(MAX_SESSIONS);
    for (number, state) in states.iter().enumerate() {
        if number < too_many || until(state) <= now {
            store.set_state(&state.name, Some(state.version), None)?;
        }
    }
    Ok(())
}

fn of(state: &State) -> Option<(SecretHash, Session)> {
    let hash = from_hex(state.name.strip_prefix(SESSION)?)?;
    let credential = state.document.get_binary_generic(CREDENTIAL).ok()?;
    let credential = SecretHash(credential.as_slice().try_into().ok()?);
    let until = state.document.get_datetime(UNTIL).ok()?;
    let until = Timestamp::from_millisecond(until.timestamp_millis()).ok()?;
    Some((hash, Session { credential, until }))
}

fn state_name(session: SecretHash) -> String {
    session.0.iter().fold(SESSION.to_owned(), |mut name, byte| {
        let _ = write!(name, "{byte:02x}");
        name
    })
}

fn from_hex(text: &str) -> Option<SecretHash> {
    let mut bytes = [0; 32];
    if text.len() != 2 * bytes.len() {
        return None;
    }
    for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(SecretHash(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use woodpile_store::MemoryStore;

    fn at(hours: i64) -> Timestamp {
        let start: Timestamp = "2026-11-23T09:00:00Z".parse().unwrap();
        start.saturating_add(SignedDuration::from_hours(hours)).unwrap()
    }

    #[test]
    fn a_session_ends_when_it_is_ended_or_its_time_is_over() {
        let store = MemoryStore::new();
        let credential = SecretHash::of("password");
        let one = begin(&store, credential, at(0)).unwrap();
        let other = begin(&store, credential, at(1)).unwrap();
        assert_eq!(read(&store, at(1)).unwrap().len(), 2);
        end(&store, one.hash()).unwrap();
        let left = read(&store, at(7 * 24)).unwrap();
        assert_eq!(left, vec![(other.hash(), Session { credential, until: at(7 * 24 + 1) })]);
        assert_eq!(read(&store, at(7 * 24 + 1)).unwrap(), vec![]);
    }

    #[test]
    fn there_are_not_more_than_there_may_be() {
        let store = MemoryStore::new();
        for hour in 0..=i64::try_from(MAX_SESSIONS).unwrap() {
            begin(&store, SecretHash::of("password"), at(hour / 100)).unwrap();
        }
        assert_eq!(store.states(SESSION).unwrap().len(), MAX_SESSIONS);
    }
}
