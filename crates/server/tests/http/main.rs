//! The server as its clients see it: real sockets, a real SQLite store.

mod certificate;
mod clients;
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
mod sessions;
mod syslog;
mod tokens;
