//! Who may ask, over which port? The listeners, the HTTP interface and its tokens.
//!
//! A [`Server`] is handed what it serves: it opens no store. `http` is what all paths share: the router, bodies
//! read within limits, errors as JSON. [`auth`] says who asks. Behind the router each path is one file: in `ways`
//! those that bring records, in `read` those that read them, in `owner` those that change what the owner set.
//!
//! This crate packs nothing, knows no database and reads no environment.

mod app;
pub mod auth;
mod clock;
mod error;
mod health;
mod http;
mod limits;
mod listen;
mod live;
mod loggly;
mod metrics;
mod owner;
mod permits;
mod read;
mod server;
mod settings;
mod start_error;
mod stream;
mod tls;
mod traffic;
mod ways;

pub use server::{Parts, Server, Tell};
pub use settings::{DEFAULT_LISTEN, Settings, Timeouts, TlsFiles};
pub use start_error::StartError;
