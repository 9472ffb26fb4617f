//! Syslog over UDP, TCP and TLS.
//!
//! A listener that others than this machine reach asks for a token in the structured data, as Loggly has it:
//! `[TOKEN@41058 tag="…"]`. On loopback it takes messages without.

mod gathered;
pub(crate) mod tcp;
pub(crate) mod udp;

use crate::app::App;
use crate::auth::{Scope, Shown, Source, find};
use gathered::Gathered;
use jiff::tz::TimeZone;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

pub(crate) const WAY: &str = "syslog";
/// The most tokens that are looked up once for all messages that come together.
const MAX_TOKENS: usize = 64;

/// Who may send to a listener.
#[derive(Debug, Clone)]
pub(crate) struct Door {
    app: Arc<App>,
    /// Whoever shows no token, where none is needed.
    nobody: Option<Arc<Source>>,
    zone: TimeZone,
}

impl Door {
    /// The door of a listener at this address.
    pub(crate) fn new(app: Arc<App>, address: SocketAddr) -> Self {
        let nobody = address.ip().is_loopback().then(|| Arc::new(Source::new(WAY, Scope::Ingest)));
        Self { app, nobody, zone: TimeZone::system() }
    }
}

/// Who the tokens are of messages that came together; `None` is who may not send.
#[derive(Debug, Default)]
struct Callers(HashMap<String, Option<Arc<Source>>>);

impl Callers {
    /// Whoever shows this, if that may send.
    async fn source(&mut self, door: &Door, token: Option<&str>) -> Option<Arc<Source>> {
        let Some(token) = token else { return door.nobody.clone() };
        if let Some(known) = self.0.get(token) {
            return known.clone();
        }
        let found = find(&door.app, &Shown::Token(token.into())).await.ok();
        let found = found.filter(|source| source.scope.covers(Scope::Ingest));
        if self.0.len() < MAX_TOKENS {
            self.0.insert(token.to_owned(), found.clone());
        }
        found
    }
}
