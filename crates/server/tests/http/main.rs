//! The server as its clients see it: real sockets, a real SQLite store.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by a panic")]

mod certificate;
mod clients;
mod connections;
mod daemons;
mod elastic;
mod follow;
mod harness;
mod heroku;
mod kills;
mod loggly;
mod otlp;
mod owner;
mod paths;
mod read;
mod records;
mod sessions;
mod syslog;
mod tls;
mod tokens;
