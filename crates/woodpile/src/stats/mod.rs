//! `woodpile stats`: how much there is.

mod result;

use crate::cli::StatsArgs;
use crate::pack;
use crate::query::{Asked, Flags};
use crate::quota::Report;
use crate::settings::Settings;
use crate::table::Table;
use crate::{clock, interrupt};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::process::ExitCode;
use woodpile_store::{CollectionStats, Store, StoreError};

/// What `--json` prints. What is not known is null.
#[derive(Debug, Serialize)]
struct Stats {
    store: String,
    logical_bytes: u64,
    quota_bytes: Option<u64>,
    full_at: Option<String>,
    collections: Vec<Collection>,
}

#[derive(Debug, Serialize)]
struct Collection {
    name: String,
    records: u64,
    hot_records: u64,
    packed_records: u64,
    logical_bytes: u64,
    bytes_per_record: Option<f64>,
    message_bytes: Option<u64>,
    first: Option<String>,
    last: Option<String>,
}

/// Prints the sizes of the store and of each collection, or what a query makes of its records.
pub(crate) fn execute(args: &StatsArgs, settings: &Settings) -> anyhow::Result<ExitCode> {
    let now = clock::now().to_zoned(TimeZone::system());
    let asked = Asked::read(&args.query, &Flags::default(), &now)?;
    let store = settings.open_to_read()?;
    let interrupt = interrupt::ends_the_program()?;
    if !asked.pipes().is_empty() || !asked.asks_for_collections_alone() {
        return result::print(&asked, args.json, store, settings, interrupt);
    }
    let mut wanted = store.collections()?;
    let quota = Report::of(store.as_ref(), &wanted)?;
    wanted.retain(|stats| asked.takes_collection(&stats.name));
    let text = if args.json {
        serde_json::to_string(&Stats::of(store.location(), &wanted, quota))? + "\n"
    } else {
        table(&wanted) + &left_alone(store.as_ref(), &wanted)? + &quota_line(quota)
    };
    io::stdout().write_all(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

impl Stats {
    fn of(store: String, collections: &[CollectionStats], quota: Report) -> Self {
        Self {
            store,
            logical_bytes: collections.iter().map(|stats| stats.logical_bytes).sum(),
            quota_bytes: quota.usage.map(|usage| usage.quota.bytes),
            full_at: quota.full_at.map(rfc3339),
            collections: collections.iter().map(Collection::of).collect(),
        }
    }
}

impl Collection {
    fn of(stats: &CollectionStats) -> Self {
        Self {
            name: stats.name.clone(),
            records: stats.records,
            hot_records: stats.hot_records,
            packed_records: stats.packed_records,
            logical_bytes: stats.logical_bytes,
            bytes_per_record: bytes_per_record(stats),
            message_bytes: stats.message_bytes,
            first: stats.first.map(rfc3339),
            last: stats.last.map(rfc3339),
        }
    }
}

/// `None` where there is no record.
#[expect(clippy::cast_precision_loss, reason = "an average needs no more than a double has")]
pub(crate) fn bytes_per_record(stats: &CollectionStats) -> Option<f64> {
    (stats.records > 0).then(|| stats.logical_bytes as f64 / stats.records as f64)
}

fn rfc3339(millis: i64) -> String {
    Timestamp::from_millisecond(millis).map_or(millis.to_string(), |time| format!("{time:.3}"))
}

fn table(collections: &[CollectionStats]) -> String {
    let mut table =
        Table::new(["collection", "records", "hot", "bytes", "a record", "first", "last"]);
    for stats in collections {
        table.row(cells(stats).to_vec());
    }
    if collections.len() != 1 {
        table.row(cells(&total(collections)).to_vec());
    }
    let mut text = String::new();
    table.take(&mut text);
    text
}

/// A line for each collection that is not packed unless somebody says so.
fn left_alone(store: &dyn Store, collections: &[CollectionStats]) -> Result<String, StoreError> {
    let mut lines = String::new();
    for CollectionStats { name, .. } in collections {
        if !store.is_packed_unasked(name)? {
            let _ = writeln!(lines, "{}", pack::left_alone(name));
        }
    }
    Ok(lines)
}

fn quota_line(quota: Report) -> String {
    if quota.usage.is_some() { quota.describe() + "\n" } else { String::new() }
}

fn total(collections: &[CollectionStats]) -> CollectionStats {
    CollectionStats {
        name: "in all".to_owned(),
        records: collections.iter().map(|stats| stats.records).sum(),
        hot_records: collections.iter().map(|stats| stats.hot_records).sum(),
        logical_bytes: collections.iter().map(|stats| stats.logical_bytes).sum(),
        first: collections.iter().filter_map(|stats| stats.first).min(),
        last: collections.iter().filter_map(|stats| stats.last).max(),
        ..CollectionStats::default()
    }
}

fn cells(stats: &CollectionStats) -> [String; 7] {
    [
        stats.name.clone(),
        grouped(stats.records),
        grouped(stats.hot_records),
        grouped(stats.logical_bytes),
        bytes_per_record(stats).map_or("-".to_owned(), |bytes| format!("{bytes:.1}")),
        stats.first.map_or("-".to_owned(), local),
        stats.last.map_or("-".to_owned(), local),
    ]
}

/// A time as people read it, in their zone.
pub(crate) fn local(millis: i64) -> String {
    Timestamp::from_millisecond(millis).map_or(millis.to_string(), |time| {
        time.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M:%S").to_string()
    })
}

/// A number with a comma before every three digits.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_three() {
        for (number, expected) in
            [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")]
        {
            assert_eq!(grouped(number), expected);
        }
    }

    #[test]
    fn an_empty_collection_has_no_average() {
        let stats = CollectionStats { name: "a".to_owned(), ..CollectionStats::default() };
        let shown =
            serde_json::to_value(Stats::of("s".to_owned(), &[stats], Report::default())).unwrap();
        assert_eq!(shown["collections"][0]["bytes_per_record"], serde_json::Value::Null);
        assert_eq!(shown["quota_bytes"], serde_json::Value::Null);
    }
}
