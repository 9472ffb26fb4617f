//! The MongoDB store against an engine that is not ours: see `woodpile-test-support`.
#![cfg(feature = "mongo")]

mod append;
mod errors;
mod follow;
mod outage;
mod read;
mod runtime;
mod stats;
mod support;
