//! Every limit of this crate.

/// The most lines that a [`Joiner`](crate::Joiner) holds back as one record: a trace that is longer goes on as another.
pub const MAX_HELD_LINES: usize = 4_096;
/// The most senders whose lines a [`Joiner`](crate::Joiner) tells apart at a time; beyond them the record of the
/// oldest is emitted as it is.
pub const MAX_SENDERS: usize = 16;
/// The most requests whose last lines a [`Joiner`](crate::Joiner) waits for; beyond them the oldest is emitted as it is.
pub const MAX_OPEN_REQUESTS: usize = 64;
/// The most bytes that a [`Joiner`](crate::Joiner) holds back as one record.
pub const MAX_HELD_BYTES: usize = 512 * 1024;
