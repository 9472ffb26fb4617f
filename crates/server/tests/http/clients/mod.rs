//! Real clients, unmodified, from their registries: what each sends is found once, with its types.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails where it cannot go on")]

mod curl;
mod node;
mod programs;
mod python;
mod site;
