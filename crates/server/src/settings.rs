use crate::auth::Secret;
use crate::limits::{
    BODY_IDLE, BODY_TIME, CERTIFICATE_CHECK, HANDSHAKE_TIME, HEAD_TIME, MAX_CONNECTIONS,
    WRITE_STALL,
};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

/// Where Woodpile listens when nobody says.
pub const DEFAULT_LISTEN: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8514);

/// What the operator wants of the server.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where HTTP is served; port 0 lets the system choose.
    pub listen: SocketAddr,
    /// With it HTTP is served over TLS alone.
    pub tls: Option<TlsFiles>,
    /// A token that may bring records, beside those in the store.
    pub token: Option<Secret>,
    /// The page's password: whoever has it may do everything.
    pub password: Option<Secret>,
    /// Where syslog is taken, over UDP and TCP.
    pub syslog: Option<SocketAddr>,
    /// Where syslog is taken over TLS; needs `tls`.
    pub syslog_tls: Option<SocketAddr>,
    /// Patterns of the files that are followed.
    pub follow: Vec<String>,
    /// What this machine is called: the origin of the files that are followed.
    pub hostname: String,
    /// The most connections at once over HTTP; one more is answered 503 and closed.
    pub connections: usize,
    /// How long clients may take.
    pub timeouts: Timeouts,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: DEFAULT_LISTEN,
            tls: None,
            token: None,
            password: None,
            syslog: None,
            syslog_tls: None,
            follow: Vec::new(),
            hostname: "localhost".to_owned(),
            connections: MAX_CONNECTIONS,
            timeouts: Timeouts::default(),
        }
    }
}

/// A certificate and its key, as PEM. Both are read again when they change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate, and behind it those that vouch for it.
    pub certificate: PathBuf,
    /// Its key.
    pub key: PathBuf,
}

/// How long clients may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// A TLS handshake.
    pub handshake: Duration,
    /// A request's head; so long a connection may be idle, too.
    pub head: Duration,
    /// Between two parts of a body.
    pub body_idle: Duration,
    /// A whole body.
    pub body: Duration,
    /// Reading anything of what is sent.
    pub write_stall: Duration,
    /// How often the certificate's files are looked at.
    pub certificate_check: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            handshake: HANDSHAKE_TIME,
            head: HEAD_TIME,
            body_idle: BODY_IDLE,
            body: BODY_TIME,
            write_stall: WRITE_STALL,
            certificate_check: CERTIFICATE_CHECK,
        }
    }
}
