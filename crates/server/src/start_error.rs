use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use woodpile_store::StoreError;

/// Why a server does not start.
#[derive(Debug)]
#[non_exhaustive]
pub enum StartError {
    /// The address cannot be listened on.
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        error: io::Error,
    },
    /// The certificate or its key cannot be used.
    Certificate {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Others than this machine could ask, and nobody would be asked for a token.
    Open {
        /// Where it was to listen.
        address: SocketAddr,
    },
    /// Syslog over TLS, without a certificate.
    NoCertificate,
    /// A pattern of files to follow is none.
    Pattern {
        /// The pattern.
        pattern: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The store cannot be used.
    Store(StoreError),
    /// The system gives no threads.
    Threads(io::Error),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listen { address, error } if error.kind() == io::ErrorKind::AddrInUse => write!(
                f,
                "cannot listen on {address}: another program does (maybe another woodpile serve); stop it, or choose \
                 another port with --listen"
            ),
            Self::Listen { address, error } if error.kind() == io::ErrorKind::PermissionDenied => {
                write!(
                    f,
                    "cannot listen on {address}: {error}; ports below 1024 are for privileged programs: choose \
                     another with --listen"
                )
            }
            Self::Listen { address, error } => {
                write!(f, "cannot listen on {address}: {error}; --listen chooses another address")
            }
            Self::Certificate { path, reason } => {
                write!(f, "cannot use {}: {reason}", path.display())
            }
            Self::Open { address } => write!(
                f,
                "{address} can be reached from other machines, and nobody would have to show a token: set \
                 WOODPILE_PASSWORD (for the page) or WOODPILE_TOKEN (for those who send), make a token with \
                 `woodpile token create NAME`, or listen on 127.0.0.1"
            ),
            Self::NoCertificate => write!(
                f,
                "syslog over TLS needs a certificate: give it with --tls-cert and --tls-key, or take --syslog"
            ),
            Self::Pattern { pattern, reason } => write!(
                f,
                "--follow {pattern}: {reason}; expected a path, in which * and ? stand for any characters"
            ),
            Self::Store(error) => error.fmt(f),
            Self::Threads(error) => write!(f, "cannot start the server's threads: {error}"),
        }
    }
}

impl std::error::Error for StartError {}
