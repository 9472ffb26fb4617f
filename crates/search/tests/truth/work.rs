use crate::find::{matcher, names, plainly, prune, question};
use crate::records::{COLLECTIONS, some};
use crate::stores::{both, fill, states};
use jiff::tz::TimeZone;
use proptest::prelude::*;
use proptest::sample::select;
use woodpile_query::{Origin, Pipeline, Rows, parse};
use woodpile_search::{Question, Search};
use woodpile_store::{Order, Prune};

pub(crate) const PIPES: &[&str] = &[
    "stats count()",
    "stats count() by status",
    "stats count() by level",
    "stats count(), sum(http.bytes) by path",
    "stats avg(http.durationMs), min(status), max(status) by method, status",
    "timechart 1h count() by level",
    "timechart 1d count()",
    "stats count() by time(1h), status",
    "top path",
    "top 2 level",
    "top userId",
    "stats uniq(ip)",
    "stats count() by collection",
    "stats count() by value",
    "stats count() by tags",
    "patterns",
    "uniq level, status",
    "sort -http.bytes | limit 3",
    "fields message, status",
    "dedup level",
    "limit 5",
    "stats count() by absent",
    "stats min(time), max(time)",
    "stats count() by http.status, loggerName",
    "stats sum(http.bytes), p90(http.bytes) by method",
    "stats avg(took), max(took), min(userId) by level",
    "stats count() by message",
    "timechart 1h count() by status",
    "timechart 1d sum(http.bytes)",
];

/// Rows that come in the order of their first occurrence come in another where they are counted by block.
fn unordered(rows: Rows) -> Vec<String> {
    let mut all: Vec<String> = match rows {
        Rows::Records(records) => records.iter().map(|record| format!("{record:?}")).collect(),
        Rows::Table(table) => table.rows.iter().map(|row| format!("{row:?}")).collect(),
    };
    all.sort();
    all
}

/// What pipes make of a store, and what they make of its records.
pub(crate) fn worked(
    search: &Search,
    text: &str,
    pipes: &str,
    prune: Prune,
) -> (Vec<String>, Vec<String>) {
    let matcher = matcher(text);
    let query = parse(&format!("* | {pipes}")).unwrap_or_else(|errors| panic!("{pipes}: {errors}"));
    let mut expected = Pipeline::new(&query.pipes, &TimeZone::UTC);
    for (collection, record) in plainly(search.store(), &matcher, &prune, Order::NewestFirst) {
        expected.push(&record, Origin { collection: COLLECTIONS[collection] }).unwrap();
    }
    let question = Question::new(matcher, prune, Order::NewestFirst);
    let pipeline = Pipeline::new(&query.pipes, &TimeZone::UTC);
    let made = search.work(&question, &names(), pipeline).unwrap();
    (unordered(made.rows), unordered(expected.finish().unwrap()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn pipes_make_of_a_store_what_they_make_of_its_records(
        records in some(), states in states(), text in question(), pipes in select(PIPES), prune in prune(),
    ) {
        let folder = tempfile::tempdir().unwrap();
        for store in both(&folder) {
            fill(&*store, &records, &states);
            let (made, expected) = worked(&Search::new(store), &text, pipes, prune);
            prop_assert_eq!(made, expected, "{} | {} {:?}", text, pipes, states);
        }
    }
}
