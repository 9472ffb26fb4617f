//! Every limit of this crate that several files share.

/// The most bytes of one message or line of a connection; what is longer goes on as another.
pub const MAX_MESSAGE_BYTES: usize = 1024 * 1024;
