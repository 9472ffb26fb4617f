//! What a search finds is what a plain loop over all records finds, whatever is hot and whatever is packed.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod find;
mod many;
mod meddling;
mod records;
mod stores;
mod totals;
mod work;
