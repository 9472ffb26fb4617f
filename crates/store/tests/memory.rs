//! The store in memory: the reference that the others are compared with.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail by panicking, too")]

mod conformance;
mod packed;

use conformance::Harness;
use packed::PackingStore;
use woodpile_store::MemoryStore;

conformance!(|| Harness::new(MemoryStore::new(), ()));
conformance_packed!(|share| Harness::new(PackingStore::new(MemoryStore::new(), share), ()));
