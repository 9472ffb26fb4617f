//! The server as its clients see it: real sockets, a real SQLite store.

mod daemons;
mod follow;
mod harness;
mod heroku;
mod kills;
mod owner;
mod paths;
mod read;
mod sessions;
mod syslog;
mod tokens;
