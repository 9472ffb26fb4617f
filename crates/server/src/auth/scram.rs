//! What a server of MongoDB's protocol has to know of a token, so that a driver can show that it has it without sending
//! it: SCRAM (<https://www.rfc-editor.org/rfc/rfc5802#section-3>,
//! <https://github.com/mongodb/specifications/blob/master/source/auth/auth.md>).

use bson::spec::BinarySubtype;
use bson::{Binary, Document, doc};
use md5::{Digest, Md5};
use ring::rand::{SecureRandom, SystemRandom};
use ring::{digest, hmac, pbkdf2};
use std::fmt::Write as _;
use std::io;
use std::num::NonZeroU32;

/// How each mechanism derives its keys.
struct Mechanism {
    name: &'static str,
    derive: pbkdf2::Algorithm,
    key: hmac::Algorithm,
    hash: &'static digest::Algorithm,
    /// As MongoDB's own server has it.
    iterations: NonZeroU32,
    salt_bytes: usize,
}

const SHA_1: Mechanism = Mechanism {
    name: "SCRAM-SHA-1",
    derive: pbkdf2::PBKDF2_HMAC_SHA1,
    key: hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
    hash: &digest::SHA1_FOR_LEGACY_USE_ONLY,
    iterations: NonZeroU32::new(10_000).unwrap(),
    salt_bytes: 16,
};

const SHA_256: Mechanism = Mechanism {
    name: "SCRAM-SHA-256",
    derive: pbkdf2::PBKDF2_HMAC_SHA256,
    key: hmac::HMAC_SHA256,
    hash: &digest::SHA256,
    iterations: NonZeroU32::new(15_000).unwrap(),
    salt_bytes: 28,
};

/// The credentials of both mechanisms for a user of that name. The secret has to be plain ASCII, as those that Woodpile
/// makes are: then it needs no preparation.
pub(crate) fn credentials(user: &str, secret: &str) -> io::Result<Document> {
    let mut all = Document::new();
    for (mechanism, password) in
        [(&SHA_1, legacy_password(user, secret)), (&SHA_256, secret.to_owned())]
    {
        let mut salt = vec![0; mechanism.salt_bytes];
        let filled = SystemRandom::new().fill(&mut salt);
        filled.map_err(|_| io::Error::other("the system gives no random bytes"))?;
        all.insert(mechanism.name, mechanism.credentials(&password, &salt));
    }
    Ok(all)
}

/// What MongoDB takes for the password with SHA-1: hexadecimal digits of an MD5.
fn legacy_password(user: &str, secret: &str) -> String {
    let digest = Md5::digest(format!("{user}:mongo:{secret}"));
    digest.iter().fold(String::with_capacity(32), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl Mechanism {
    fn credentials(&self, password: &str, salt: &[u8]) -> Document {
        let mut salted = vec![0; self.hash.output_len()];
        pbkdf2::derive(self.derive, self.iterations, salt, password.as_bytes(), &mut salted);
        let salted = hmac::Key::new(self.key, &salted);
        let client_key = hmac::sign(&salted, b"Client Key");
        let stored_key = digest::digest(self.hash, client_key.as_ref());
        let server_key = hmac::sign(&salted, b"Server Key");
        doc! {
            "iterations": i64::from(self.iterations.get()),
            "salt": binary(salt),
            "storedKey": binary(stored_key.as_ref()),
            "serverKey": binary(server_key.as_ref()),
        }
    }
}

fn binary(bytes: &[u8]) -> Binary {
    Binary { subtype: BinarySubtype::Generic, bytes: bytes.to_vec() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    /// RFC 7677's example: the server's key signs what its conversation says.
    #[test]
    fn the_keys_are_those_of_the_rfc() {
        let salt = STANDARD.decode("W22ZaJ0SNY7soEsUEjb6gQ==").unwrap();
        let mechanism = Mechanism { iterations: NonZeroU32::new(4096).unwrap(), ..SHA_256 };
        let keys = mechanism.credentials("pencil", &salt);
        let server_key = keys.get_binary_generic("serverKey").unwrap();
        let conversation = "n=user,r=rOprNGfwEbeRWgbNEkqO,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
                            s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,\
                            r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
        let signed =
            hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, server_key), conversation.as_bytes());
        assert_eq!(
            STANDARD.encode(signed.as_ref()),
            "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="
        );
    }

    #[test]
    fn a_token_has_credentials_of_both_mechanisms() {
        let all = credentials("web", "secret").unwrap();
        for (name, salt_bytes, key_bytes) in [("SCRAM-SHA-1", 16, 20), ("SCRAM-SHA-256", 28, 32)] {
            let keys = all.get_document(name).unwrap();
            assert_eq!(keys.get_binary_generic("salt").unwrap().len(), salt_bytes);
            assert_eq!(keys.get_binary_generic("storedKey").unwrap().len(), key_bytes);
        }
        assert_ne!(all, credentials("web", "secret").unwrap(), "the salt is another each time");
    }
}
