use jiff::tz::TimeZone;
use woodpile_record::EventTime;

/// What a line leaves unsaid.
#[derive(Debug, Clone, Copy)]
pub struct Context<'c> {
    /// A time without a year is meant to be the last one before this, give or take a day.
    pub now: EventTime,
    /// A time without a zone is in this one.
    pub zone: &'c TimeZone,
}
