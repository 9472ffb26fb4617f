//! The tokens in a store: a state each, by name, with the secret's hash.

use crate::auth::rate::Rate;
use crate::auth::secret::SecretHash;
use crate::auth::{Scope, Secret, TokenError, scram};
use bson::spec::BinarySubtype;
use bson::{Binary, Bson, DateTime, Document, doc};
use jiff::Timestamp;
use woodpile_store::{State, Store, StoreError};

/// The most tokens that a store may have: every server knows all of them.
pub const MAX_TOKENS: usize = 1_000;
/// The most characters of a token's name.
const MAX_NAME: usize = 64;
/// The most tags that a token may give to its records.
const MAX_TAGS: usize = 20;
/// The most bytes of a tag.
const MAX_TAG_BYTES: usize = 100;

/// The state of a token is named so, with its name behind.
const TOKEN: &str = "token:";
/// The state that says when a token was used last: of its own, so that noting it disturbs nobody.
const USE: &str = "token-use:";

const HASH: &str = "hash";
const SCOPE: &str = "scope";
const COLLECTION: &str = "collection";
const TAGS: &str = "tags";
const RATE: &str = "rate";
const CREATED: &str = "created";
const SCRAM: &str = "scram";
const AT: &str = "at";

/// A token without its secret.
#[derive(Debug, Clone, PartialEq)]
pub struct Token {
    /// Its name, which says who has it.
    pub name: String,
    /// What it is for.
    pub scope: Scope,
    /// Where its records go, unless they or the request say otherwise.
    pub collection: Option<String>,
    /// What its records are tagged with.
    pub tags: Vec<String>,
    /// How many records it may bring.
    pub rate: Option<Rate>,
}

/// A token that is in a store.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    /// The token.
    pub token: Token,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// When it was used last, to the minute.
    pub last_use: Option<Timestamp>,
}

impl Token {
    /// With no more than a name and a scope.
    pub fn new(name: impl Into<String>, scope: Scope) -> Self {
        Self { name: name.into(), scope, collection: None, tags: Vec::new(), rate: None }
    }

    fn check(&self) -> Result<(), TokenError> {
        check_name(&self.name)?;
        if let Some(collection) = &self.collection {
            woodpile_decode::check_name(collection).map_err(TokenError::Collection)?;
        }
        let is_long = |tag: &String| tag.is_empty() || tag.len() > MAX_TAG_BYTES;
        if self.tags.len() > MAX_TAGS || self.tags.iter().any(is_long) {
            let limits = format!("at most {MAX_TAGS}, each of 1 to {MAX_TAG_BYTES} bytes");
            return Err(TokenError::Tags(limits));
        }
        Ok(())
    }

    fn document(&self, secret: &Secret, created: Timestamp) -> std::io::Result<Document> {
        let mut document = doc! {
            HASH: Binary { subtype: BinarySubtype::Generic, bytes: secret.hash().0.to_vec() },
            SCOPE: self.scope.name(),
            CREATED: DateTime::from_millis(created.as_millisecond()),
            SCRAM: scram::credentials(&self.name, secret.reveal())?,
        };
        if let Some(collection) = &self.collection {
            document.insert(COLLECTION, collection);
        }
        if !self.tags.is_empty() {
            document.insert(TAGS, &self.tags);
        }
        if let Some(rate) = self.rate {
            document.insert(RATE, rate.per_second());
        }
        Ok(document)
    }

    /// What a state holds; `None` where another release wrote what this one does not understand.
    fn of(state: &State) -> Option<(SecretHash, Self)> {
        let document = &state.document;
        let hash = document.get_binary_generic(HASH).ok()?.as_slice().try_into().ok()?;
        let tags = document.get_array(TAGS).into_iter().flatten().filter_map(Bson::as_str);
        let token = Self {
            name: state.name.strip_prefix(TOKEN)?.to_owned(),
            scope: document.get_str(SCOPE).ok()?.parse().ok()?,
            collection: document.get_str(COLLECTION).ok().map(str::to_owned),
            tags: tags.map(str::to_owned).collect(),
            rate: document.get(RATE).and_then(Bson::as_i64).and_then(Rate::new),
        };
        Some((SecretHash(hash), token))
    }
}

/// Names go into paths, and are the users of the MongoDB endpoint.
fn check_name(name: &str) -> Result<(), TokenError> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if name.is_empty() || name.len() > MAX_NAME || !name.bytes().all(is_plain) {
        return Err(TokenError::Name(name.chars().take(MAX_NAME).collect()));
    }
    Ok(())
}

/// Makes a token; gives the secret, which is nowhere else.
///
/// # Errors
/// What is wrong with it, and what the store says.
pub fn create(store: &dyn Store, token: &Token, now: Timestamp) -> Result<Secret, TokenError> {
    token.check()?;
    if store.states(TOKEN)?.len() >= MAX_TOKENS {
        return Err(TokenError::TooMany);
    }
    let secret = Secret::random().map_err(TokenError::Random)?;
    let document = token.document(&secret, now).map_err(TokenError::Random)?;
    if store.set_state(&state_name(&token.name), None, Some(&document))? {
        Ok(secret)
    } else {
        Err(TokenError::Exists(token.name.clone()))
    }
}

/// All tokens, by name.
///
/// # Errors
/// What the store says.
pub fn list(store: &dyn Store) -> Result<Vec<Listed>, StoreError> {
    let uses = store.states(USE)?;
    let last_use = |name: &str| {
        let state = uses.iter().find(|state| state.name.strip_prefix(USE) == Some(name))?;
        time(&state.document, AT)
    };
    let listed = |state: &State| {
        let (_, token) = Token::of(state)?;
        let (created, last_use) = (time(&state.document, CREATED), last_use(&token.name));
        Some(Listed { token, created, last_use })
    };
    Ok(store.states(TOKEN)?.iter().filter_map(listed).collect())
}

/// Takes a token back: from now on nobody is let in by it.
///
/// # Errors
/// [`TokenError::Unknown`], and what the store says.
pub fn revoke(store: &dyn Store, name: &str) -> Result<(), TokenError> {
    // Whoever changes it meanwhile changes the same token: it goes all the same.
    while let Some(state) = store.state(&state_name(name))? {
        if store.set_state(&state.name, Some(state.version), None)? {
            return Ok(forget_use(store, name)?);
        }
    }
    let known = list(store)?.into_iter().map(|listed| listed.token.name).collect();
    Err(TokenError::Unknown { name: name.to_owned(), known })
}

fn forget_use(store: &dyn Store, name: &str) -> Result<(), StoreError> {
    let name = format!("{USE}{name}");
    if let Some(state) = store.state(&name)? {
        // Where a server notes another use just now, the note stays and is harmless.
        store.set_state(&name, Some(state.version), None)?;
    }
    Ok(())
}

/// Every token by the hash of its secret.
pub(crate) fn read(store: &dyn Store) -> Result<Vec<(SecretHash, Token)>, StoreError> {
    Ok(store.states(TOKEN)?.iter().filter_map(Token::of).collect())
}

/// Notes that a token was used. Of several servers that do so at once, one is enough.
pub(crate) fn note_use(store: &dyn Store, name: &str, at: Timestamp) -> Result<(), StoreError> {
    let state_name = format!("{USE}{name}");
    let state = store.state(&state_name)?;
    let known = state.as_ref().and_then(|state| time(&state.document, AT));
    if known.is_none_or(|known| known < at) {
        let document = doc! { AT: DateTime::from_millis(at.as_millisecond()) };
        store.set_state(&state_name, state.map(|state| state.version), Some(&document))?;
    }
    Ok(())
}

fn state_name(name: &str) -> String {
    format!("{TOKEN}{name}")
}

fn time(document: &Document, field: &str) -> Option<Timestamp> {
    let time = document.get_datetime(field).ok()?;
    Timestamp::from_millisecond(time.timestamp_millis()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use woodpile_store::MemoryStore;

    fn now() -> Timestamp {
        "2026-11-23T09:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_token_is_there_until_it_is_revoked() {
        let store = MemoryStore::new();
        let web = Token {
            collection: Some("access-log".to_owned()),
            tags: vec!["web".to_owned()],
            rate: Rate::new(100),
            ..Token::new("web", Scope::Ingest)
        };
        let secret = create(&store, &web, now()).unwrap();
        create(&store, &Token::new("me", Scope::Admin), now()).unwrap();
        assert_eq!(read(&store).unwrap()[1], (secret.hash(), web.clone()));
        note_use(&store, "web", now()).unwrap();
        let listed = list(&store).unwrap();
        assert_eq!(listed[1], Listed { token: web, created: Some(now()), last_use: Some(now()) });

        revoke(&store, "web").unwrap();
        assert_eq!(list(&store).unwrap().len(), 1);
        assert!(store.states(USE).unwrap().is_empty());
        let again = revoke(&store, "web").unwrap_err();
        assert_eq!(again.to_string(), "there is no token \"web\": expected one of me");
    }

    #[test]
    fn the_store_holds_no_secret() {
        let store = MemoryStore::new();
        let secret = create(&store, &Token::new("web", Scope::Ingest), now()).unwrap();
        assert!(!format!("{:?}", store.states("").unwrap()).contains(secret.reveal()));
    }

    #[track_caller]
    fn check_refused(token: &Token, expected: &str) {
        let error = create(&MemoryStore::new(), token, now()).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }

    #[test]
    fn what_cannot_be_is_said() {
        let token = |name: &str| Token::new(name, Scope::Ingest);
        check_refused(&token(""), "is no name for a token");
        check_refused(&token("a/b"), "is no name for a token");
        check_refused(&token(&"x".repeat(MAX_NAME + 1)), "is no name for a token");
        check_refused(&Token { collection: Some("a$b".to_owned()), ..token("a") }, "collection");
        check_refused(&Token { tags: vec![String::new()], ..token("a") }, "tags");
        let store = MemoryStore::new();
        create(&store, &token("a"), now()).unwrap();
        let twice = create(&store, &token("a"), now()).unwrap_err();
        assert!(twice.to_string().contains("is there already"), "{twice}");
    }
}
