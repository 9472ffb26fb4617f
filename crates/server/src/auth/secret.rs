use crate::auth::base32;
use ring::digest::{SHA256, SHA256_OUTPUT_LEN, digest};
use ring::rand::{SecureRandom, SystemRandom};
use std::fmt;
use std::io;

/// The bytes of chance in a secret that Woodpile makes: 160 bits, which nobody guesses.
const RANDOM_BYTES: usize = 20;

/// A token or a password. It is never shown but where it is asked for.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// What somebody chose.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// A new one of 32 characters that URLs take as they are.
    ///
    /// # Errors
    /// When the system has no chance to give.
    pub fn random() -> io::Result<Self> {
        let mut bytes = [0; RANDOM_BYTES];
        let filled = SystemRandom::new().fill(&mut bytes);
        filled.map_err(|_| io::Error::other("the system gives no random bytes"))?;
        Ok(Self(base32::encode(&bytes)))
    }

    /// The secret itself, for the one to whom it is given.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    pub(crate) fn hash(&self) -> SecretHash {
        SecretHash::of(&self.0)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}

/// What is kept of a secret, and compared: how long a comparison takes says nothing of the secret itself. SHA-256
/// alone is enough, for what is kept in the store has 160 bits of chance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct SecretHash(pub(crate) [u8; SHA256_OUTPUT_LEN]);

impl SecretHash {
    pub(crate) fn of(text: &str) -> Self {
        Self(sha256(text.as_bytes()))
    }
}

/// The digest of any bytes.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; SHA256_OUTPUT_LEN] {
    let mut hash = [0; SHA256_OUTPUT_LEN];
    hash.copy_from_slice(digest(&SHA256, bytes).as_ref());
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_secret_is_one_of_its_own_and_goes_into_a_url() {
        let (one, other) = (Secret::random().unwrap(), Secret::random().unwrap());
        assert_ne!(one, other);
        assert_eq!(one.reveal().len(), 32);
        assert!(one.reveal().bytes().all(|byte| byte.is_ascii_alphanumeric()));
    }

    #[test]
    fn a_secret_is_not_printed() {
        assert_eq!(format!("{:?}", Secret::new("hunter2")), "Secret(***)");
    }
}
