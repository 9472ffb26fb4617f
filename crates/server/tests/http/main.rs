//! The server as its clients see it: real sockets, a real SQLite store.

mod harness;
mod owner;
mod paths;
mod read;
mod sessions;
mod tokens;
