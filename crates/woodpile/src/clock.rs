//! The only place of the command line that reads the clock.

use jiff::Timestamp;
use std::hash::{BuildHasher, RandomState};
use std::time::Instant;
use woodpile_record::{EventTime, IdSource};

/// The current time.
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}

/// The current time, as a record has it: to the millisecond, for when a line arrived says no more.
pub(crate) fn now_as_event_time() -> EventTime {
    EventTime::from_millis(now().as_millisecond())
}

/// A point from which durations are measured.
#[expect(clippy::disallowed_methods, reason = "this is the edge that reads the clock")]
pub(crate) fn instant() -> Instant {
    Instant::now()
}

/// A source of record ids of its own for this process.
pub(crate) fn id_source() -> IdSource {
    // The standard library's hash seeds are random in each process.
    let random = RandomState::new().hash_one(std::process::id()).to_be_bytes();
    let mut process = [0; 5];
    process.copy_from_slice(&random[..5]);
    IdSource::new(process)
}
