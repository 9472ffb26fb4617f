//! The store in memory: the reference that the others are compared with.

mod conformance;

use conformance::Harness;
use woodpile_store::MemoryStore;

conformance!(|| Harness::new(MemoryStore::new(), ()));
