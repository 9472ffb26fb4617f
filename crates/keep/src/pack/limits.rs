//! How much is packed and merged at once.

/// So many hot records are worth a block: a group of rows that decodes alone.
pub(crate) const HOT_LEAST: u64 = 16_384;
/// The most hot records that are packed at once. More than [`HOT_LEAST`], because a store gives whole
/// batches.
pub(super) const PORTION_RECORDS: usize = 32_768;
/// The most BSON that is packed at once.
pub(super) const PORTION_BYTES: usize = 24 * 1024 * 1024;
/// The most records of a merged block.
pub(super) const BLOCK_RECORDS: u64 = 262_144;
/// The most BSON of a merged block.
pub(super) const BLOCK_BYTES: usize = 256 * 1024 * 1024;
/// A block of so many records is not merged any more: it is large enough, and was packed thoroughly.
pub(super) const LARGE_RECORDS: u64 = BLOCK_RECORDS / 4 * 3;
/// So many neighbours are merged at once at least, but for `Plan::ALL`.
pub(super) const MERGE_LEAST: usize = 4;
/// The most blocks with a time in common in one merge: each has a group of rows unpacked in memory.
pub(super) const OVERLAP_MOST: usize = 6;
/// The most records that are unpacked at once: larger blocks are split first.
pub(super) const UNPACK_RECORDS: u64 = 32_768;
/// After so many records a watcher is asked whether to go on.
pub(super) const ASK_EVERY: u64 = 4_096;
