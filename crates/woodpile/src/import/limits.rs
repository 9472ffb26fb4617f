//! Every limit of an import.

/// How much text is parsed, packed and committed at once.
pub(super) const CHUNK_BYTES: usize = 4 * 1024 * 1024;
/// How many chunks wait for a worker; the reader waits beyond that.
pub(super) const QUEUED_CHUNKS: usize = 2;
/// The most bytes of one line that are looked at together: an exported record may be as large.
pub(super) const MAX_HELD_LINE_BYTES: usize = 32 * 1024 * 1024;
/// How many lines back from its end a chunk is searched for a good place to cut.
pub(super) const MAX_LINES_BACK: usize = 1_000;
/// Ids that a chunk has beyond one a line, for what was held back from the chunk before.
pub(super) const SPARE_IDS: usize = 64;
/// The fewest workers: while one commits, another parses.
pub(super) const MIN_WORKERS: usize = 2;
/// The most workers: beyond them the reader is what all wait for, and each takes memory.
pub(super) const MAX_WORKERS: usize = 4;
