//! The MongoDB store against an engine that is not ours: see `woodpile-test-support`.
#![cfg(feature = "mongo")]

mod append;
#[path = "../conformance/mod.rs"]
mod conformance;
mod errors;
mod follow;
mod outage;
mod rate;
mod read;
mod runtime;
mod stats;
mod suite;
mod support;
