//! The one place of this crate that reads the clocks.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use woodpile_record::EventTime;

/// For waiting.
#[expect(clippy::disallowed_methods, reason = "the keeper's threads are the edge that waits")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// For the reports of drops.
#[expect(clippy::disallowed_methods, reason = "the keeper's own records need a time")]
pub(crate) fn event_time() -> EventTime {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    EventTime::from_seconds(
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
        since.subsec_nanos(),
    )
}

/// Later, as far as the clock goes.
pub(crate) fn after(start: Instant, wait: Duration) -> Instant {
    start.checked_add(wait).unwrap_or(start + FAR)
}

/// As good as never.
const FAR: Duration = Duration::from_hours(365 * 24);
