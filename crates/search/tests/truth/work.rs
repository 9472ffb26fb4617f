use crate::find::{matcher, names, plainly, prune, question};
use crate::records::{COLLECTIONS, some};
use crate::stores::{both, fill, states};
use jiff::tz::TimeZone;
use proptest::prelude::*;
use proptest::sample::select;
use woodpile_query::{Origin, Pipeline, Rows, parse};
use woodpile_search::{Question, Search};
use woodpile_store::Order;

const PIPES: &[&str] = &[
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

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn pipes_make_of_a_store_what_they_make_of_its_records(
        records in some(), states in states(), text in question(), pipes in select(PIPES), prune in prune(),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let matcher = matcher(&text);
        let query = parse(&format!("* | {pipes}")).unwrap_or_else(|errors| panic!("{pipes}: {errors}"));
        for store in both(&folder) {
            fill(&*store, &records, &states);
            let mut expected = Pipeline::new(&query.pipes, &TimeZone::UTC);
            for (collection, record) in plainly(&*store, &matcher, &prune, Order::NewestFirst) {
                expected.push(&record, Origin { collection: COLLECTIONS[collection] }).unwrap();
            }
            let question = Question::new(matcher.clone(), prune, Order::NewestFirst);
            let search = Search::new(store);
            let pipeline = Pipeline::new(&query.pipes, &TimeZone::UTC);
            let worked = search.work(&question, &names(), pipeline).unwrap();
            prop_assert_eq!(unordered(worked.rows), unordered(expected.finish().unwrap()), "{} | {} {:?}", text, pipes, states);
        }
    }
}
