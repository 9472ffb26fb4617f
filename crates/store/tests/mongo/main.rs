//! The MongoDB store against an engine that is not ours: see `woodpile-test-support`.
#![cfg(feature = "mongo")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by it; the lints know tests only by their attribute, not the functions they share"
)]

mod append;
#[path = "../conformance/mod.rs"]
mod conformance;
mod errors;
mod follow;
mod outage;
#[path = "../packed/mod.rs"]
mod packed;
mod packing;
mod rate;
mod read;
mod runtime;
mod stats;
mod suite;
mod support;
