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
/// Bytes of opened blocks and decoded columns that are kept for the next search.
pub const CACHE_BYTES: usize = 128 * 1024 * 1024;
