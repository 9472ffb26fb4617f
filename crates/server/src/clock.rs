//! The one place of this crate that reads the clocks.

use jiff::Timestamp;
use std::time::Instant;
use woodpile_record::EventTime;

/// The current time.
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}

/// The current time, as a record has it: to the millisecond, for when it arrived says no more.
pub(crate) fn event_time() -> EventTime {
    EventTime::from_millis(now().as_millisecond())
}

/// A point from which durations are measured.
#[expect(clippy::disallowed_methods, reason = "the server is the edge that waits")]
pub(crate) fn instant() -> Instant {
    Instant::now()
}
