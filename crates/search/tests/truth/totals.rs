//! What is counted of all that matches: times by severity, fields, values.

use crate::find::{matcher, names, plainly, prune, question};
use crate::records::{COLLECTIONS, some};
use crate::stores::{both, fill, states};
use bson::RawBson;
use bson::raw::RawDocumentBuf;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use proptest::sample::select;
use std::collections::BTreeMap;
use woodpile_query::{Origin, Pipeline, Rows, parse};
use woodpile_record::{RawBsonRef, RawDocument, View, event_time};
use woodpile_search::{Question, Search, SearchError, Watch};
use woodpile_store::{Order, Prune};

/// Asked for in the differential tests; of some, records have several types, or none.
const FIELDS: &[&str] =
    &["status", "level", "http.durationMs", "loggerName", "tags", "value", "absent", "_id", "ip"];

type Found = Vec<(usize, RawDocumentBuf)>;

fn ask(text: &str, prune: Prune) -> Question {
    Question::new(matcher(text), prune, Order::NewestFirst)
}

fn found(search: &Search, text: &str, prune: Prune) -> Found {
    plainly(search.store(), &matcher(text), &prune, Order::NewestFirst)
}

pub(crate) fn check_all(search: &Search, text: &str, prune: Prune) {
    check_histogram(search, text, prune);
    check_fields(search, text, prune);
    for field in FIELDS {
        check_values(search, text, field, prune);
    }
}

fn check_histogram(search: &Search, text: &str, prune: Prune) {
    let records = found(search, text, prune);
    let histogram = search.histogram(&ask(text, prune), &names(), (20, &TimeZone::UTC)).unwrap();
    let buckets = &histogram.buckets;
    assert!(buckets.len() <= 21, "{}", buckets.len());
    assert!(buckets.is_sorted_by(|a, b| a.end == b.start), "one behind the other: {buckets:?}");
    let class = |record: &RawDocument| {
        View::of(record).severity().map_or(6, |severity| usize::from(severity.number() - 1) / 4)
    };
    for bucket in buckets {
        let mut counts = [0; 7];
        let times = bucket.start..bucket.end;
        for (_, record) in records.iter().filter(|(_, own)| times.contains(&event_time(own))) {
            counts[class(record)] += 1;
        }
        assert_eq!(bucket.counts, counts, "{text} from {}", bucket.start);
    }
    let all: u64 = buckets.iter().flat_map(|bucket| bucket.counts).sum();
    assert_eq!(all, records.len() as u64, "{text}");
}

fn check_fields(search: &Search, text: &str, prune: Prune) {
    let records = found(search, text, prune);
    let mut expected = BTreeMap::new();
    for (_, record) in &records {
        let mut paths = Vec::new();
        fields("", record, &mut paths);
        paths.sort();
        paths.dedup();
        for path in paths {
            *expected.entry(path).or_default() += 1;
        }
    }
    let counts = search.field_counts(&ask(text, prune), &names()).unwrap();
    assert_eq!(counts.fields, expected, "{text}");
    assert_eq!((counts.records, counts.has_more), (records.len() as u64, false), "{text}");
}

fn fields(outer: &str, document: &RawDocument, paths: &mut Vec<String>) {
    for (key, value) in document.iter().map(Result::unwrap) {
        match value {
            RawBsonRef::Document(inner) if !inner.is_empty() => {
                fields(&format!("{outer}{key}."), inner, paths);
            }
            _ => paths.push(format!("{outer}{key}")),
        }
    }
}

fn check_values(search: &Search, text: &str, field: &str, prune: Prune) {
    let worked = |pipes: &str| {
        let query = parse(&format!("* | {pipes}")).unwrap();
        let mut pipeline = Pipeline::new(&query.pipes, &TimeZone::UTC);
        for (collection, record) in found(search, text, prune) {
            pipeline.push(&record, Origin { collection: COLLECTIONS[collection] }).unwrap();
        }
        let Rows::Table(table) = pipeline.finish().unwrap() else { panic!("{pipes}") };
        table
    };
    let values = search.field_values(&ask(text, prune), &names(), field, 5).unwrap();
    let numbers = [values.records, values.with_field, values.distinct];
    let expected = worked(&format!("stats count(), count({field}), uniq({field})"));
    let expected: Vec<_> = expected.rows[0].iter().map(RawBson::as_i32).collect();
    let numbers = numbers.map(|number| i32::try_from(number).ok());
    assert_eq!(numbers.as_slice(), expected, "{text}, {field}");
    assert_eq!(values.top, Some(worked(&format!("top 5 {field}"))), "{text}, {field}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn totals_are_those_of_a_loop(
        records in some(), states in states(), text in question(), prune in prune(),
    ) {
        let folder = tempfile::tempdir().unwrap();
        for store in both(&folder) {
            fill(&*store, &records, &states);
            check_all(&Search::new(store), &text, prune);
        }
    }

    #[test]
    fn a_record_is_found_by_its_id(
        records in some(), states in states(), number in 0..200_usize,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let watch = Watch::default();
        for store in both(&folder) {
            fill(&*store, &records, &states);
            let search = Search::new(store);
            let (collection, record) = &records[number % records.len()];
            let id = record.get_object_id("_id").unwrap().to_hex();
            let found = search.by_id(&names(), &id, &watch).unwrap();
            let found: Vec<_> =
                found.iter().map(|found| (&*found.collection, &found.document)).collect();
            prop_assert_eq!(found, [(COLLECTIONS[*collection], record)]);
            let absent = "ffffffffffffffffffffffff";
            prop_assert!(search.by_id(&names(), absent, &watch).unwrap().is_empty());
        }
    }

    /// Those of the same app and tags, as far as the record names them.
    #[test]
    fn neighbours_are_those_of_a_loop(
        records in some(), states in states(), number in 0..200_usize, count in 0..4_usize,
        order in select(vec![Order::OldestFirst, Order::NewestFirst]),
    ) {
        let folder = tempfile::tempdir().unwrap();
        for store in both(&folder) {
            fill(&*store, &records, &states);
            let search = Search::new(store);
            let (collection, record) = &records[number % records.len()];
            let mut around = found(&search, "*", Prune::NONE);
            if order == Order::OldestFirst {
                around.reverse();
            }
            around.retain(|(own, _)| own == collection);
            let place = around.iter().position(|(_, own)| own == record).unwrap();
            let expected: Vec<_> = around[place + 1..]
                .iter()
                .map(|(_, other)| other.clone())
                .filter(|other| is_of_source(other, record))
                .take(count)
                .collect();
            let name = COLLECTIONS[*collection];
            let found =
                search.neighbours(name, record, (order, count), &Watch::default()).unwrap();
            let found: Vec<_> = found.iter().map(RawDocument::to_owned).collect();
            prop_assert_eq!(found, expected);
        }
    }
}

fn is_of_source(other: &RawDocument, record: &RawDocument) -> bool {
    let app_is_same =
        record.get_str("app").is_err() || record.get_str("app").ok() == other.get_str("app").ok();
    let tags = |of: &RawDocument| -> Vec<String> {
        let tags = of.get_array("tags").ok().into_iter().flatten();
        tags.map(|tag| tag.unwrap().as_str().unwrap().to_owned()).collect()
    };
    let others = tags(other);
    app_is_same && tags(record).iter().all(|tag| others.contains(tag))
}

#[test]
fn ids_of_other_writers_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let of = |id: RawBson| {
        let mut record = RawDocumentBuf::new();
        record.append(bson::cstr!("_id"), id);
        record.append(bson::cstr!("message"), "by others");
        record
    };
    let ids = [RawBson::String("order-7".into()), RawBson::Int32(7), RawBson::Int64(1 << 40)];
    let records: Vec<_> = ids.into_iter().map(|id| (0, of(id))).collect();
    for states in [vec![crate::stores::State::Hot], vec![crate::stores::State::Packed]] {
        for store in both(&folder) {
            fill(&*store, &records, &states);
            let search = Search::new(store);
            for (written, (_, record)) in ["order-7", "7", "1099511627776"].iter().zip(&records) {
                let found = search.by_id(&names(), written, &Watch::default()).unwrap();
                assert!(found.iter().all(|found| found.document == *record), "{found:?}");
                assert!(!found.is_empty(), "{written} {states:?}");
            }
        }
    }
}

#[test]
fn a_histogram_covers_what_is_asked_for() {
    let store = woodpile_store::MemoryStore::new();
    let search = Search::new(std::sync::Arc::new(store));
    let hour = 3_600_000;
    let day = Prune { since: Some(0), until: Some(24 * hour) };
    let utc = TimeZone::UTC;
    let buckets = |prune| search.histogram(&ask("*", prune), &names(), (24, &utc)).unwrap().buckets;
    let starts: Vec<_> = buckets(day).iter().map(|bucket| bucket.start).collect();
    assert_eq!(starts, (0..24).map(|number| number * hour).collect::<Vec<_>>());
    assert_eq!(buckets(Prune::NONE), [], "nothing is stored");
}

#[test]
fn a_look_up_ends_when_it_is_told_to() {
    let search = Search::new(std::sync::Arc::new(woodpile_store::MemoryStore::new()));
    let watch = Watch::new(|| Err(SearchError::Stopped));
    assert_eq!(search.by_id(&names(), "7", &watch), Err(SearchError::Stopped));
}
