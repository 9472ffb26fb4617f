//! What pipes make of records: queries and the rows that come out.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that fails is the test's failure"
)]

use jiff::Timestamp;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use std::collections::BTreeMap;
use woodpile_query::{Origin, Pipeline, Rows, parse};
use woodpile_record::{RawBsonRef, Record, json};

/// Records as they come: a time of day, a path, a status, a duration, a level, a message.
const RECORDS: &[&str] = &[
    r#"{"timestamp": {"$date": "2026-11-22T07:10:00.000Z"}, "level": "INFO", "message": "user 1 in", "http": {"path": "/a", "status": 200, "durationMs": 10}}"#,
    r#"{"timestamp": {"$date": "2026-11-22T07:20:00.000Z"}, "level": "INFO", "message": "user 22 in", "http": {"path": "/b", "status": 200, "durationMs": 20.5}}"#,
    r#"{"timestamp": {"$date": "2026-11-22T08:10:00.000Z"}, "level": "WARN", "message": "late", "http": {"path": "/a", "status": 500, "durationMs": 30}}"#,
    r#"{"timestamp": {"$date": "2026-11-22T08:20:00.000Z"}, "level": "INFO", "message": "user 1 in", "tags": ["x"], "http": {"path": "/a", "status": 200}}"#,
    r#"{"timestamp": {"$date": "2026-11-23T00:00:00.000Z"}, "message": "198.51.100.4 - - [14/Nov/2023:22:13:20 +0000] \"POST /c HTTP/1.1\" 404 12"}"#,
];

fn pipeline(query: &str) -> Pipeline {
    let query = parse(query).unwrap_or_else(|errors| panic!("{query}\n{errors}"));
    Pipeline::new(&query.pipes, &TimeZone::UTC)
}

fn push(pipeline: &mut Pipeline, texts: &[&str]) {
    for text in texts {
        let record: Record = json::parse(text).unwrap();
        pipeline.push(record.as_document(), Origin { collection: "access-log" }).unwrap();
    }
}

/// The rows as JSON, one a line; of records their times and messages.
fn shown(rows: Rows) -> Vec<String> {
    let documents = match rows {
        Rows::Table(table) => table.documents().collect(),
        Rows::Records(records) => {
            records.into_iter().map(|found| found.document).collect::<Vec<_>>()
        }
    };
    documents
        .iter()
        .map(|document| {
            let mut text = String::new();
            json::write(document, &mut text);
            text
        })
        .collect()
}

/// Given the records at once, or to several pipelines that are merged, the same rows come out.
#[track_caller]
fn check(query: &str, expected: &[&str]) {
    for split in 0..RECORDS.len() {
        let (first, second) = RECORDS.split_at(split);
        let mut whole = pipeline(query);
        push(&mut whole, first);
        let mut later = pipeline(query);
        push(&mut later, second);
        whole.merge(later).unwrap();
        assert_eq!(shown(whole.finish().unwrap()), expected, "{query}, split at {split}");
    }
}

#[test]
fn stats_are_of_groups_in_order() {
    check(
        "* | stats count(), sum(duration), avg(duration) as mean by path",
        &[
            r#"{"path":"/a","count()":3,"sum(duration)":40,"mean":20.0}"#,
            r#"{"path":"/b","count()":1,"sum(duration)":20.5,"mean":20.5}"#,
            r#"{"path":"/c","count()":1,"sum(duration)":null,"mean":null}"#,
        ],
    );
    check(
        "* | stats count(), count(tags) by level",
        &[
            r#"{"level":"INFO","count()":3,"count(tags)":1}"#,
            r#"{"level":"WARN","count()":1,"count(tags)":0}"#,
            r#"{"level":null,"count()":1,"count(tags)":0}"#,
        ],
    );
    check(
        "* | stats uniq(path), min(duration), max(duration), median(duration), p99(duration), min(message), max(time)",
        &[
            r#"{"uniq(path)":3,"min(duration)":10,"max(duration)":30,"p50(duration)":20.5,"p99(duration)":30.0,"min(message)":"198.51.100.4 - - [14/Nov/2023:22:13:20 +0000] \"POST /c HTTP/1.1\" 404 12","max(time)":{"$date":"2026-11-23T00:00:00.000Z"}}"#,
        ],
    );
}

#[test]
fn stats_of_nothing_count_none() {
    let rows = pipeline("* | stats count(), max(bytes)").finish().unwrap();
    assert_eq!(shown(rows), [r#"{"count()":0,"max(bytes)":null}"#]);
    let rows = pipeline("* | stats count() by path").finish().unwrap();
    assert_eq!(shown(rows), [""; 0]);
}

#[test]
fn time_comes_in_buckets() {
    check(
        "* | timechart 1h count() by level",
        &[
            r#"{"time":{"$date":"2026-11-22T07:00:00.000Z"},"level":"INFO","count()":2}"#,
            r#"{"time":{"$date":"2026-11-22T08:00:00.000Z"},"level":"INFO","count()":1}"#,
            r#"{"time":{"$date":"2026-11-22T08:00:00.000Z"},"level":"WARN","count()":1}"#,
            r#"{"time":{"$date":"2026-11-23T00:00:00.000Z"},"level":null,"count()":1}"#,
        ],
    );
    check(
        "* | stats count() by time(1d)",
        &[
            r#"{"time":{"$date":"2026-11-22T00:00:00.000Z"},"count()":4}"#,
            r#"{"time":{"$date":"2026-11-23T00:00:00.000Z"},"count()":1}"#,
        ],
    );
}

#[test]
fn top_is_the_most_frequent_first() {
    check("* | top 2 path", &[r#"{"path":"/a","count()":3}"#, r#"{"path":"/b","count()":1}"#]);
    check("* | top tags", &[r#"{"tags":["x"],"count()":1}"#]);
    check(
        "* | top status, collection | limit 1",
        &[r#"{"status":200,"collection":"access-log","count()":3}"#],
    );
}

#[test]
fn rows_are_sorted_and_limited() {
    check(
        "* | stats count() by path, status | sort -count(), path | limit 2 | fields path, count()",
        &[r#"{"path":"/a","count()":2}"#, r#"{"path":"/a","count()":1}"#],
    );
    check(
        "* | fields path, duration | sort -duration",
        &[
            r#"{"path":"/a","duration":30}"#,
            r#"{"path":"/b","duration":20.5}"#,
            r#"{"path":"/a","duration":10}"#,
            r#"{"path":"/a","duration":null}"#,
            r#"{"path":"/c","duration":null}"#,
        ],
    );
    check("* | sort time | limit 1 | fields message", &[r#"{"message":"user 1 in"}"#]);
}

#[test]
fn records_go_through_whole() {
    check("* | sort -duration | limit 1", &[&RECORDS[2].replace(": ", ":").replace(", ", ",")]);
    check(
        "level:info | dedup message | limit 2",
        &[
            &RECORDS[0].replace(": ", ":").replace(", ", ","),
            &RECORDS[1].replace(": ", ":").replace(", ", ","),
        ],
    );
}

#[test]
fn columns_are_chosen() {
    check("* | limit 1 | fields message, nowhere", &[r#"{"message":"user 1 in","nowhere":null}"#]);
    check("* | fields status, path | fields path | limit 1", &[r#"{"path":"/a"}"#]);
    check("* | fields path | stats count(), uniq(path)", &[r#"{"count()":5,"uniq(path)":3}"#]);
}

#[test]
fn values_come_once() {
    check("* | uniq path", &[r#"{"path":"/a"}"#, r#"{"path":"/b"}"#, r#"{"path":"/c"}"#]);
    check("* | uniq tags", &[r#"{"tags":["x"]}"#]);
    check(
        "* | stats count() by path, status | dedup path | fields status",
        &[r#"{"status":200}"#, r#"{"status":200}"#, r#"{"status":404}"#],
    );
}

#[test]
fn messages_are_grouped_by_what_they_have_in_common() {
    check(
        "* | patterns | limit 2",
        &[
            r#"{"pattern":"user <num> in","count()":3}"#,
            r#"{"pattern":"<ip> - - [<time>] \"POST /c HTTP/<num>\" <num> <num>","count()":1}"#,
        ],
    );
}

#[test]
fn a_row_of_each_record_without_holding_any() {
    let pipeline = pipeline("* | fields time, path");
    assert!(pipeline.is_streaming());
    let record = json::parse(RECORDS[0]).unwrap();
    let row = pipeline.row(record.as_document(), Origin::default());
    assert_eq!(pipeline.columns(), Some(vec!["time".to_owned(), "path".to_owned()]));
    assert_eq!(row.len(), 2);
    let time: Timestamp = "2026-11-22T07:10:00Z".parse().unwrap();
    assert_eq!(row[0].as_datetime().unwrap().timestamp_millis(), time.as_millisecond());
    assert_eq!(row[1].as_str(), Some("/a"));
}

#[test]
fn a_pipeline_that_has_enough_says_so() {
    let mut pipeline = pipeline("* | limit 2");
    push(&mut pipeline, &RECORDS[..1]);
    assert!(!pipeline.is_full());
    push(&mut pipeline, &RECORDS[1..]);
    assert!(pipeline.is_full());
}

#[track_caller]
fn too_many(query: &str, expected: &str) {
    let query = parse(query).unwrap();
    let mut pipeline = Pipeline::with_limit(&query.pipes, &TimeZone::UTC, 1024 * 1024);
    let error = (0..1_000_000).find_map(|number: u32| {
        let record = json::parse(&format!(r#"{{"n": {number}, "message": "m"}}"#)).unwrap();
        pipeline.push(record.as_document(), Origin::default()).err()
    });
    let error = error.expect("a limit").to_string();
    let (start, end) = expected.split_once('%').unwrap();
    assert!(error.starts_with(start) && error.ends_with(end), "{error}");
}

#[test]
fn too_many_rows_are_an_error_that_helps() {
    too_many(
        "* | stats count(), sum(bytes) by n",
        "`stats` holds % rows, more than fit into 1 MiB; there are too many values of `n`: search a shorter time, or add words or \
         fields to the filter",
    );
    too_many(
        "* | sort n",
        "`sort` holds % rows, more than fit into 1 MiB; put `| limit 1000` behind it, search a shorter time, or add words \
         or fields to the filter",
    );
    too_many(
        "* | dedup n",
        "`dedup` holds % rows, more than fit into 1 MiB; there are too many values of `n`: search a shorter \
         time, or add words or fields to the filter",
    );
}

#[test]
fn what_is_sorted_and_limited_needs_no_room_for_all() {
    let query = parse("* | sort -n | limit 2 | fields n").unwrap();
    let mut pipeline = Pipeline::with_limit(&query.pipes, &TimeZone::UTC, 4 * 1024 * 1024);
    for number in 0..100_000 {
        let record = json::parse(&format!(r#"{{"n": {number}}}"#)).unwrap();
        pipeline.push(record.as_document(), Origin::default()).unwrap();
    }
    assert_eq!(shown(pipeline.finish().unwrap()), [r#"{"n":99999}"#, r#"{"n":99998}"#]);
}

#[test]
fn levels_and_messages_are_columns_whoever_wrote_them() {
    let mut pipeline = pipeline("* | stats count() by level, message");
    let records = [
        r#"{"Level": "Error", "msg": "a"}"#,
        r#"{"level": 30, "MESSAGE": "b"}"#,
        r#"{"severity": "NOTICE", "message": 7}"#,
    ];
    push(&mut pipeline, &records);
    assert_eq!(
        shown(pipeline.finish().unwrap()),
        [
            r#"{"level":30,"message":"b","count()":1}"#,
            r#"{"level":"Error","message":"a","count()":1}"#,
            r#"{"level":"NOTICE","message":7,"count()":1}"#,
        ]
    );
}

/// What `stats` computes, as plainly as can be.
fn plainly(rows: &[(u8, i32)]) -> Vec<String> {
    let mut groups = BTreeMap::<u8, Vec<i32>>::new();
    for (group, number) in rows {
        groups.entry(*group).or_default().push(*number);
    }
    groups.into_iter().map(|(group, mut numbers)| {
        numbers.sort_unstable();
        let (count, sum) = (numbers.len(), numbers.iter().sum::<i32>());
        let median = f64::from(numbers[count.div_ceil(2) - 1]);
        let (least, greatest) = (numbers[0], numbers[count - 1]);
        numbers.dedup();
        let mean = f64::from(sum) / f64::from(u32::try_from(count).unwrap());
        format!(
            r#"{{"g":{group},"count()":{count},"sum(n)":{sum},"avg(n)":{mean:?},"min(n)":{least},"max(n)":{greatest},"uniq(n)":{},"p50(n)":{median:?}}}"#,
            numbers.len(),
        )
    }).collect()
}

proptest! {
    #[test]
    fn stats_in_parts_are_what_they_are_in_one(
        rows in prop::collection::vec((0_u8..4, -50..50), 0..250),
        split in 0_usize..250,
    ) {
        let query = "* | stats count(), sum(n), avg(n), min(n), max(n), uniq(n), p50(n) by g";
        let (first, second) = rows.split_at(split.min(rows.len()));
        let mut parts = [first, second].map(|rows| {
            let mut pipeline = pipeline(query);
            for (group, number) in rows {
                let values = [RawBsonRef::Int32((*group).into()), RawBsonRef::Int32(*number)];
                pipeline.add(&values, 1).unwrap();
            }
            pipeline
        });
        let [whole, later] = &mut parts;
        whole.merge(later.clone()).unwrap();
        prop_assert_eq!(shown(whole.clone().finish().unwrap()), plainly(&rows));
    }
}

#[test]
fn equal_rows_can_be_given_as_one() {
    let mut pipeline = pipeline("* | stats count(), sum(bytes), p50(bytes) by path");
    assert!(pipeline.counts());
    assert_eq!(pipeline.inputs().len(), 2);
    pipeline.add(&[RawBsonRef::String("/a"), RawBsonRef::Int32(5)], 1_000_000).unwrap();
    pipeline.add(&[RawBsonRef::String("/a"), RawBsonRef::Null], 2).unwrap();
    assert_eq!(
        shown(pipeline.finish().unwrap()),
        [r#"{"path":"/a","count()":1000002,"sum(bytes)":5000000,"p50(bytes)":5.0}"#]
    );
}
