//! How many records match in each stretch of time, by severity.

use crate::error::SearchError;
use crate::question::Question;
use crate::search::Search;
use crate::tally::Tally;
use bson::RawBson;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;
use woodpile_query::{
    Aggregation, Column, Interval, IntervalUnit, Pipe, Pipeline, Rows, Timechart,
};
use woodpile_record::{Severity, name};
use woodpile_store::Finding;

/// How many records match in each bucket of time.
#[derive(Debug, Clone, PartialEq)]
pub struct Histogram {
    /// The length of a bucket; days begin at midnight, and so on.
    pub interval: Interval,
    /// The buckets, by time; also those in which nothing matches.
    pub buckets: Vec<Bucket>,
    /// What could not be read, and was passed over.
    pub damage: Vec<Finding>,
    /// What was looked at.
    pub tally: Tally,
}

/// A stretch of time, in milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    /// When it begins.
    pub start: i64,
    /// When it is over: this moment is in the next one.
    pub end: i64,
    /// How many records match, by severity class: trace, debug, info, warn, error, fatal; last, those without a level.
    pub counts: [u64; CLASSES],
}

/// The severity classes, from the least on, and one for records without a level that is known.
pub const SEVERITY_CLASSES: [&str; CLASSES] =
    ["trace", "debug", "info", "warn", "error", "fatal", "unknown"];
const CLASSES: usize = 7;

/// The lengths that buckets may have; longer ones are whole months.
const LENGTHS: [(u32, IntervalUnit); 21] = {
    use IntervalUnit::{Day, Hour, Minute, Second, Week};
    [
        (1, Second),
        (2, Second),
        (5, Second),
        (10, Second),
        (15, Second),
        (30, Second),
        (1, Minute),
        (2, Minute),
        (5, Minute),
        (10, Minute),
        (15, Minute),
        (30, Minute),
        (1, Hour),
        (2, Hour),
        (3, Hour),
        (6, Hour),
        (12, Hour),
        (1, Day),
        (2, Day),
        (1, Week),
        (2, Week),
    ]
};
/// So many months are most.
const MAX_MONTHS: i64 = 10_000;
const DAY_MS: i64 = 86_400_000;

impl Search {
    /// How many records match in each stretch of time between `since` and `until` of the question or, where these are
    /// not given, the first and the last event that is stored. The stretches are of a usual length, so that there are
    /// `buckets` of them or fewer, or one more as the first and the last may be cut; they begin where the zone's hours,
    /// days, weeks and months do.
    ///
    /// # Errors
    /// The store fails, or the question's watch ends it.
    pub fn histogram(
        &self,
        question: &Question,
        collections: &[String],
        (buckets, zone): (u32, &TimeZone),
    ) -> Result<Histogram, SearchError> {
        let (since, until) = self.span(question, collections)?;
        let interval = interval(until.saturating_sub(since), buckets);
        let chart = Timechart {
            interval,
            aggregations: vec![Aggregation::count()],
            by: vec![Column::new(name::LEVEL)],
        };
        let mut pipeline = Pipeline::new(&[Pipe::Timechart(chart)], zone);
        let empty = empty_buckets(&mut pipeline, since, until);
        let mut edges = pipeline.empty();
        let worked = self.work(question, collections, pipeline)?;
        let buckets = filled(empty, &worked.rows, &mut edges);
        Ok(Histogram { interval, buckets, damage: worked.damage, tally: worked.tally })
    }

    /// The first moment that is asked for, and the one behind the last.
    fn span(&self, question: &Question, collections: &[String]) -> Result<(i64, i64), SearchError> {
        let given = question.prune;
        let (mut since, mut until) = (given.since, given.until);
        if since.is_none() || until.is_none() {
            let stats = self.store().collections()?;
            let stats = || stats.iter().filter(|stats| collections.contains(&stats.name));
            since = since.or_else(|| stats().filter_map(|stats| stats.first).min());
            let end = || stats().filter_map(|stats| stats.last).max()?.checked_add(1);
            until = until.or_else(end);
        }
        // Where nothing is stored, what is given is all there is.
        let since = known(since.or(until).unwrap_or(0));
        Ok((since, known(until.unwrap_or(since)).max(since)))
    }
}

/// As far as the calendar goes.
fn known(millis: i64) -> i64 {
    millis.clamp(Timestamp::MIN.as_millisecond(), Timestamp::MAX.as_millisecond())
}

/// The least usual length of which so many are at least as long as the span.
fn interval(span: i64, buckets: u32) -> Interval {
    let buckets = i64::from(buckets.max(1));
    let is_enough = |(count, unit): &&(u32, IntervalUnit)| {
        i64::from(*count).saturating_mul(millis_of(*unit)).saturating_mul(buckets) >= span
    };
    if let Some((count, unit)) = LENGTHS.iter().find(is_enough) {
        return Interval { count: *count, unit: *unit };
    }
    let months = span / millis_of(IntervalUnit::Month) / buckets + 1;
    let count = u32::try_from(months.min(MAX_MONTHS)).unwrap_or(1);
    Interval { count, unit: IntervalUnit::Month }
}

/// The least that a unit may be long.
fn millis_of(unit: IntervalUnit) -> i64 {
    match unit {
        IntervalUnit::Second => 1_000,
        IntervalUnit::Minute => 60_000,
        IntervalUnit::Hour => 3_600_000,
        IntervalUnit::Day => DAY_MS,
        IntervalUnit::Week => 7 * DAY_MS,
        IntervalUnit::Month => 28 * DAY_MS,
    }
}

fn empty_buckets(pipeline: &mut Pipeline, since: i64, until: i64) -> BTreeMap<i64, Bucket> {
    let mut buckets = BTreeMap::new();
    let mut at = since;
    while at < until {
        let bucket = bucket_at(pipeline, at);
        buckets.insert(bucket.start, bucket);
        if bucket.end <= at {
            // The calendar ends here.
            break;
        }
        at = bucket.end;
    }
    buckets
}

fn bucket_at(pipeline: &mut Pipeline, millis: i64) -> Bucket {
    let span = pipeline.time_bucket(millis);
    Bucket { start: span.start, end: span.end, counts: [0; CLASSES] }
}

/// Puts the counts of a chart by level into their buckets.
fn filled(mut buckets: BTreeMap<i64, Bucket>, rows: &Rows, edges: &mut Pipeline) -> Vec<Bucket> {
    let Rows::Table(table) = rows else { return Vec::new() };
    for row in &table.rows {
        let [RawBson::DateTime(start), level, records] = row.as_slice() else { continue };
        let start = start.timestamp_millis();
        // What came meanwhile may be beyond the end.
        let bucket = buckets.entry(start).or_insert_with(|| bucket_at(edges, start));
        if let Some(class) = bucket.counts.get_mut(class_of(level)) {
            *class += count(records);
        }
    }
    buckets.into_values().collect()
}

/// The severity class of a level as it was written.
fn class_of(level: &RawBson) -> usize {
    let severity = level.as_str().and_then(Severity::of);
    severity.map_or(CLASSES - 1, |severity| usize::from((severity.number() - 1) / 4))
}

/// A count that a pipe made.
pub(crate) fn count(value: &RawBson) -> u64 {
    let count = match value {
        RawBson::Int32(count) => i64::from(*count),
        RawBson::Int64(count) => *count,
        _ => 0,
    };
    u64::try_from(count).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_have_usual_lengths() {
        for (span, buckets, expected) in [
            (0, 60, "1s"),
            (60_000, 60, "1s"),
            (61_000, 60, "2s"),
            (3_600_000, 60, "1m"),
            (DAY_MS, 24, "1h"),
            (DAY_MS, 0, "1d"),
            (365 * DAY_MS, 365, "1d"),
            (365 * DAY_MS, 60, "1w"),
            (3_650 * DAY_MS, 100, "2mo"),
            (i64::MAX, 1, "10000mo"),
        ] {
            let interval = interval(span, buckets);
            let shown = format!("{}{}", interval.count, interval.unit.name());
            assert_eq!(shown, expected, "{span} ms in {buckets}");
        }
    }
}
