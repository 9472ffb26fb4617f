//! Every limit of this crate that several files share.

/// The most bytes of one message or line of a connection; what is longer goes on as another.
pub const MAX_MESSAGE_BYTES: usize = 1024 * 1024;
/// The most bytes of a collection's name: Atlas M0 allows 95 for it, its database's, and what is appended for blocks.
pub const MAX_COLLECTION_NAME_BYTES: usize = 64;
/// The most collections that the records of one request may go to: each costs the store a transaction of its own.
pub const MAX_COLLECTIONS: usize = 100;
