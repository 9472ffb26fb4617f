//! When a store counts as filling up.

use std::time::Duration;

/// What the free cluster of MongoDB Atlas holds, counted uncompressed and with indexes.
pub const ATLAS_FREE_BYTES: u64 = 512_000_000;
/// From so much of the quota on its owner is warned, and records are packed as soon as there are some.
pub(super) const NEAR_PERCENT: u64 = 80;
/// From so much on its owner is warned once more, and records are removed where the owner chose that.
pub(super) const CLOSE_PERCENT: u64 = 95;
/// So much is left where records were removed: not every new one costs an old one.
pub(super) const THINNED_PERCENT: u64 = 90;
/// How long what was measured counts, while little is written: a quota that was changed is known after that.
pub(super) const MEASURED_FOR: Duration = Duration::from_mins(1);
/// It is measured again when what was written since may have taken this part of the room that was left.
pub(super) const PART_OF_ROOM: u64 = 4;
/// A forecast goes by what happened since so many milliseconds: 30 days.
pub(super) const FORECAST_WINDOW: i64 = 30 * 24 * 60 * 60 * 1_000;
/// There is no forecast before so many milliseconds of history: an hour.
pub(super) const FORECAST_LEAST: i64 = 60 * 60 * 1_000;
/// How often setting a quota is tried while others set it, too.
pub(super) const SET_ATTEMPTS: usize = 10;
