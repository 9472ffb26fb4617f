//! The certificate, read again when its files change.

use crate::settings::TlsFiles;
use crate::start_error::StartError;
use rustls::ServerConfig;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::fs;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};
use tokio::time::sleep;
use tokio_rustls::TlsAcceptor;

/// The protocols that are spoken over TLS, the preferred first.
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// What clients are shown.
pub(crate) struct Certificate {
    files: TlsFiles,
    current: RwLock<Arc<ServerConfig>>,
}

/// When each file was written; `None` where that cannot be known.
type Written = [Option<SystemTime>; 2];

impl Certificate {
    /// Reads the files.
    pub(crate) fn read(files: &TlsFiles) -> Result<Self, StartError> {
        let current = RwLock::new(load(files)?);
        Ok(Self { files: files.clone(), current })
    }

    /// For the next connection.
    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        TlsAcceptor::from(Arc::clone(&current))
    }

    /// Looks again and again whether the files changed, and reads them. While they do not fit together, as when one
    /// is written and the other not yet, the former stay.
    pub(crate) async fn watch(self: Arc<Self>, every: Duration, tell: impl Fn(&StartError)) {
        let mut seen = self.written();
        loop {
            sleep(every).await;
            let written = self.written();
            if written == seen {
                continue;
            }
            seen = written;
            match load(&self.files) {
                Ok(config) => {
                    *self.current.write().unwrap_or_else(PoisonError::into_inner) = config;
                }
                Err(error) => tell(&error),
            }
        }
    }

    fn written(&self) -> Written {
        let written = |path: &Path| fs::metadata(path).and_then(|file| file.modified()).ok();
        [written(&self.files.certificate), written(&self.files.key)]
    }
}

impl std::fmt::Debug for Certificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Certificate").field("files", &self.files).finish_non_exhaustive()
    }
}

fn load(files: &TlsFiles) -> Result<Arc<ServerConfig>, StartError> {
    let TlsFiles { certificate, key } = files;
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| unusable(certificate, &error))?;
    if chain.is_empty() {
        return Err(unusable(certificate, &"it has no certificate: expected PEM"));
    }
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|error| unusable(key, &error))?;
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, secret));
    let mut config = config.map_err(|error| unusable(key, &error))?;
    config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).to_vec();
    Ok(Arc::new(config))
}

fn unusable(path: &Path, reason: &dyn std::fmt::Display) -> StartError {
    StartError::Certificate { path: path.to_owned(), reason: reason.to_string() }
}
