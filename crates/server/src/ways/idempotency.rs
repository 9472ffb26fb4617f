//! `Idempotency-Key`: a request that is sent again changes nothing.
//!
//! Before its records are stored, the store learns the key with what their `_id`s follow from. The same request makes the
//! same records then, and those that are there already are not stored again: across restarts, and on any server.

use crate::auth::sha256;
use crate::error::{ApiError, RETRY_SOON};
use bson::spec::BinarySubtype;
use bson::{Binary, Bson, Document, doc};
use http::{HeaderMap, StatusCode};
use ring::rand::{SecureRandom, SystemRandom};
use woodpile_record::{EventTime, IdSource};
use woodpile_store::Store;

/// The header (<https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/>).
const HEADER: &str = "idempotency-key";
/// The most bytes of a key.
const MAX_KEY_BYTES: usize = 255;
/// A source's keys are spread over so many states, so that requests at the same time rarely change the same one.
const STATES: u8 = 16;
/// The last keys that each of them holds: a thousand of a source together.
const KEYS: usize = 64;
/// How often a change is tried while others change the same state.
const ATTEMPTS: usize = 20;

const STATE: &str = "idempotency:";
const LIST: &str = "keys";
const KEY: &str = "key";
const BODY: &str = "body";
const NOW: &str = "now";
const PROCESS: &str = "process";

/// A key, of a source, with what it was sent with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    state: String,
    name: Vec<u8>,
    body: Vec<u8>,
}

/// What the records of a request follow from.
#[derive(Debug)]
pub(crate) struct Birth {
    /// When it came first.
    pub(crate) now: EventTime,
    pub(crate) ids: IdSource,
}

impl Key {
    /// The request's key, if it has one.
    pub(crate) fn of(
        headers: &HeaderMap,
        source: &str,
        body: &[u8],
    ) -> Result<Option<Self>, ApiError> {
        let Some(value) = headers.get(HEADER) else { return Ok(None) };
        let key = value.as_bytes();
        if key.is_empty() || key.len() > MAX_KEY_BYTES {
            return Err(ApiError::bad_request(
                format!(
                    "an Idempotency-Key has 1 to {MAX_KEY_BYTES} bytes, this has {}",
                    key.len()
                ),
                "a random UUID for each request is a good key",
            ));
        }
        let (key, body) = (sha256(key), sha256(body));
        let state = format!("{STATE}{source}:{:x}", key[0] % STATES);
        Ok(Some(Self { state, name: key[..12].to_vec(), body: body[..12].to_vec() }))
    }

    /// What the records of this request follow from: what the store knows of the key, or what it learns now.
    pub(crate) fn birth(&self, store: &dyn Store, now: EventTime) -> Result<Birth, ApiError> {
        for _ in 0..ATTEMPTS {
            let state = store.state(&self.state)?;
            let known = state.as_ref().map(|state| keys(&state.document)).unwrap_or_default();
            if let Some(known) = known.iter().find(|known| is(known, KEY, &self.name)) {
                return self.recall(known);
            }
            let process = random()?;
            let document = self.with(known, now, process);
            if store.set_state(&self.state, state.map(|state| state.version), Some(&document))? {
                return Ok(Birth { now, ids: IdSource::new(process) });
            }
        }
        Err(ApiError::busy("many requests with a key come at once", "send it again", RETRY_SOON))
    }

    fn recall(&self, known: &Document) -> Result<Birth, ApiError> {
        if !is(known, BODY, &self.body) {
            return Err(ApiError::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "this Idempotency-Key came with another body before",
                "a request that is sent again is the same, byte for byte; another one needs a key of its own",
            ));
        }
        let broken =
            || ApiError::internal("what the store knows of the Idempotency-Key is damaged");
        let now = known.get_i64(NOW).map_err(|_| broken())?;
        let process = known.get_binary_generic(PROCESS).ok();
        let process =
            process.and_then(|bytes| bytes.as_slice().try_into().ok()).ok_or_else(broken)?;
        Ok(Birth { now: EventTime::from_millis(now), ids: IdSource::new(process) })
    }

    /// The state with this key as its newest.
    fn with(&self, known: Vec<Document>, now: EventTime, process: [u8; 5]) -> Document {
        let new = doc! {
            KEY: binary(&self.name),
            BODY: binary(&self.body),
            NOW: now.millis(),
            PROCESS: binary(&process),
        };
        let forgotten = (known.len() + 1).saturating_sub(KEYS);
        let kept = known.into_iter().skip(forgotten).chain([new]);
        doc! { LIST: kept.map(Bson::from).collect::<Vec<_>>() }
    }
}

fn keys(document: &Document) -> Vec<Document> {
    let all = document.get_array(LIST).into_iter().flatten();
    all.filter_map(Bson::as_document).cloned().collect()
}

fn is(known: &Document, field: &str, bytes: &[u8]) -> bool {
    known.get_binary_generic(field).is_ok_and(|known| known == bytes)
}

fn binary(bytes: &[u8]) -> Binary {
    Binary { subtype: BinarySubtype::Generic, bytes: bytes.to_vec() }
}

fn random() -> Result<[u8; 5], ApiError> {
    let mut process = [0; 5];
    let filled = SystemRandom::new().fill(&mut process);
    filled.map_err(|_| ApiError::internal("the system gives no random bytes"))?;
    Ok(process)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;
    use woodpile_store::MemoryStore;

    fn key(text: &str, body: &str) -> Key {
        let headers =
            [(http::HeaderName::from_static(HEADER), HeaderValue::from_str(text).unwrap())];
        Key::of(&headers.into_iter().collect(), "web", body.as_bytes()).unwrap().unwrap()
    }

    #[test]
    fn a_request_that_comes_again_is_born_as_it_was() {
        let store = MemoryStore::new();
        let first = key("a", "body").birth(&store, EventTime::from_millis(1_234)).unwrap();
        let again = key("a", "body").birth(&store, EventTime::from_millis(99_999)).unwrap();
        assert_eq!(again.now, first.now);
        assert_eq!(again.ids.next(1), first.ids.next(1));
        let other = key("b", "body").birth(&store, EventTime::from_millis(1_234)).unwrap();
        assert_ne!(
            other.ids.next(1),
            key("a", "body").birth(&store, first.now).unwrap().ids.next(1)
        );
        let refused = key("a", "another").birth(&store, first.now).unwrap_err();
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    }

    #[test]
    fn only_the_last_keys_are_known() {
        let store = MemoryStore::new();
        let now = EventTime::from_millis(0);
        for number in 0..2 * KEYS * usize::from(STATES) {
            key(&number.to_string(), "").birth(&store, now).unwrap();
        }
        let states = store.states(STATE).unwrap();
        assert_eq!(states.len(), usize::from(STATES));
        assert!(states.iter().all(|state| keys(&state.document).len() == KEYS));
    }
}
