//! What a search may take.

/// So many hot records are looked at before the blocks beside them are listed: what was packed meanwhile is found there.
pub(crate) const WINDOW_RECORDS: u64 = 65_536;
/// A stretch of hot matches ends once they take so many bytes.
pub(crate) const WINDOW_BYTES: usize = 16 * 1024 * 1024;
/// The most bytes of hot matches of one stretch: it cannot end between records of one millisecond.
pub(crate) const HELD_BYTES: usize = 128 * 1024 * 1024;
/// So often a stretch is read again because blocks beside it were merged or unpacked meanwhile. Each takes a while to
/// make: so many mean that something is wrong.
pub(crate) const WINDOW_TRIES: usize = 16;
/// The most bytes of the automaton of one expression; larger ones are asked text by text.
pub(crate) const MACHINE_BYTES: usize = 2 * 1024 * 1024;
/// The most bytes that making it takes.
pub(crate) const MACHINE_WORK_BYTES: usize = 16 * 1024 * 1024;
/// The most threads that one search uses.
pub(crate) const MAX_THREADS: usize = 4;
/// So many blocks are counted before their counts are put together, and what they read is given up as far as it is too
/// much.
pub(crate) const PORTION_BLOCKS: usize = 8;
/// The most fields that are counted.
pub const MAX_FIELDS: usize = 10_000;
/// Bytes of opened blocks and decoded columns that are kept for the next search.
pub const CACHE_BYTES: usize = 128 * 1024 * 1024;
