//! What `serve` says once it serves.

use crate::exit::say;
use std::net::SocketAddr;
use woodpile_server::{Server, Settings};

/// Says where it listens, and what to paste to send a first record and to read it.
pub(super) fn say_where(settings: &Settings, server: &Server) {
    let scheme = if settings.tls.is_some() { "https" } else { "http" };
    let url = format!("{scheme}://{}", reachable(server.address()));
    say(&format!("listening on {scheme}://{}", server.address()));
    if let Some(address) = server.syslog_address() {
        say(&format!("listening on {address} for syslog over UDP and TCP"));
    }
    if let Some(address) = server.syslog_tls_address() {
        say(&format!("listening on {address} for syslog over TLS"));
    }
    for pattern in &settings.follow {
        say(&format!("following {pattern}"));
    }
    let (sender, reader) = shown(settings, server.asks_for_secrets());
    say(&format!("  send:  curl {sender}{url}/api/records -d '{{\"message\":\"hello\"}}'"));
    say(&format!("  read:  curl {reader}'{url}/api/records?limit=10'"));
}

/// What those show who send and who read; nothing where nobody is asked.
fn shown(settings: &Settings, asks: bool) -> (&'static str, &'static str) {
    const TOKEN: &str = "-u \":$WOODPILE_TOKEN\" ";
    const PASSWORD: &str = "-u \":$WOODPILE_PASSWORD\" ";
    const STORED: &str = "-u :TOKEN ";
    let reader = if settings.password.is_some() { PASSWORD } else { STORED };
    let sender = if settings.token.is_some() { TOKEN } else { reader };
    if asks { (sender, reader) } else { ("", "") }
}

/// An address that stands for all of this machine's is none that can be asked.
fn reachable(address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        format!("localhost:{}", address.port())
    } else {
        address.to_string()
    }
}
