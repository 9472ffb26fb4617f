//! A server over TLS, whose certificate the clients trust, and what a search finds in it.

use super::programs::run;
use crate::certificate::certificate;
use crate::harness::Site;
use serde_json::Value;
use std::path::PathBuf;
use std::process::Command;
use tempfile::TempDir;
use woodpile_server::auth::Secret;

pub(super) const TOKEN: &str = "client-token";
pub(super) const PASSWORD: &str = "client-password";

/// A server, and the file with its certificate.
pub(super) struct Secure {
    site: Site,
    pub(super) certificate: PathBuf,
    #[expect(dead_code, reason = "holds the certificate")]
    folder: TempDir,
}

impl Secure {
    pub(super) fn new() -> Self {
        let (folder, files) = certificate();
        let certificate = files.certificate.clone();
        let site = Site::with(|settings| {
            settings.tls = Some(files);
            settings.token = Some(Secret::new(TOKEN));
            settings.password = Some(Secret::new(PASSWORD));
        });
        Self { site, certificate, folder }
    }

    /// `localhost:PORT`.
    pub(super) fn host(&self) -> String {
        format!("localhost:{}", self.site.address().port())
    }

    /// Runs a client to its end: it trusts the certificate, and knows where the server is and which token to use.
    #[track_caller]
    pub(super) fn serve(&self, client: &mut Command) {
        client
            .env("NODE_EXTRA_CA_CERTS", &self.certificate)
            .env("REQUESTS_CA_BUNDLE", &self.certificate)
            .env("SSL_CERT_FILE", &self.certificate)
            .env("NO_PROXY", "localhost")
            .env("no_proxy", "localhost")
            .env("HOST", self.host())
            .env("TOKEN", TOKEN)
            .env("PASSWORD", PASSWORD);
        if let Err(said) = run(client) {
            panic!("{client:?} failed:\n{said}");
        }
    }

    /// The records of a collection that have this message; a record that is there twice is there twice.
    pub(super) fn found(&self, collection: &str, message: &str) -> Vec<Value> {
        let mut records = self.site.records(collection);
        records.retain(|record| record["message"] == message);
        records
    }

    /// The one record with this message.
    #[track_caller]
    pub(super) fn once(&self, collection: &str, message: &str) -> Value {
        let mut found = self.found(collection, message);
        assert_eq!(found.len(), 1, "{message:?} in {collection}: {found:#?}");
        found.remove(0)
    }

    /// How many records a collection has.
    pub(super) fn count(&self, collection: &str) -> usize {
        self.site.records(collection).len()
    }
}
