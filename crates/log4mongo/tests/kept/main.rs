//! What the library keeps, end to end: logged through its own ways in, read back from the store.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

mod events;
mod home;
mod kill;
mod outage;
mod shutdown;
mod web;
