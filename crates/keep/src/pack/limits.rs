//! How much is packed and merged at once.

use std::time::Duration;

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
/// A block of so many records is not merged any more: it is large enough, and was packed thoroughly, for what is
/// merged in the background stays smaller.
pub(super) const LARGE_RECORDS: u64 = BLOCK_RECORDS / 4 * 3;
/// So many neighbours are merged at once at least, but for `Plan::ALL`.
pub(super) const MERGE_LEAST: usize = 4;
/// Fewer may be if they become a block of so many records.
pub(super) const MERGE_RECORDS: u64 = LARGE_RECORDS / 2;
/// After so long a holder of a lease says again that it lives; one that does not for 30 s loses it.
pub(super) const BEAT: Duration = Duration::from_secs(5);
/// The most blocks with a time in common in one merge: each has a group of rows unpacked in memory.
pub(super) const OVERLAP_MOST: usize = 6;
/// The most records that are unpacked at once: larger blocks are split first.
pub(super) const UNPACK_RECORDS: u64 = 32_768;
/// After so many records a watcher is asked whether to go on.
pub(super) const ASK_EVERY: u64 = 4_096;
/// A merge may grow what it merges by this part of it: few blocks are searched faster than many.
pub(super) const TOLERATED_PART: u64 = 4;
/// It may grow small blocks by so many bytes.
pub(super) const TOLERATED_BYTES: u64 = 64 * 1024;
