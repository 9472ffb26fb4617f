//! The only place that reads a clock.

use std::time::SystemTime;
use woodpile_record::EventTime;

/// What the wall clock says, to the millisecond: what a record's `timestamp` holds. Records of the same
/// millisecond keep their order by their ids.
#[expect(clippy::disallowed_methods, reason = "a log call is where the time of a record is born")]
pub(crate) fn now() -> EventTime {
    let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    EventTime::from_millis(i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX))
}

/// Measures how long something takes.
#[cfg(feature = "tower")]
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stopwatch(std::time::Instant);

#[cfg(feature = "tower")]
impl Stopwatch {
    #[expect(clippy::disallowed_methods, reason = "how long a request took is measured here")]
    pub(crate) fn start() -> Self {
        Self(std::time::Instant::now())
    }

    /// Milliseconds since the start.
    pub(crate) fn millis(self) -> f64 {
        self.0.elapsed().as_secs_f64() * 1_000.0
    }
}
