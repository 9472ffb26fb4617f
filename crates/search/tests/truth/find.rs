use crate::records::{COLLECTIONS, some};
use crate::stores::{State, both, fill, states};
use bson::raw::RawDocumentBuf;
use jiff::Zoned;
use proptest::prelude::*;
use proptest::sample::select;
use std::sync::Arc;
use woodpile_query::{Matcher, Origin, parse};
use woodpile_record::RawDocument;
use woodpile_search::{Question, Search};
use woodpile_store::{Order, OrderKey, Prune, Store, compare};

/// Questions that tell the records apart in every way that there is.
pub(crate) const QUESTIONS: &[&str] = &[
    "*",
    "timeout",
    "Time",
    "tim*",
    "*out",
    "\"of user\"",
    "\"timeout of\"",
    "*:/us[e]r \\d+/",
    "absent",
    "404",
    "cart checkout",
    "user OR GET",
    "über",
    "x_1",
    "a.b",
    "/cart",
    "17",
    "10.0.0.3",
    "level:info",
    "level:>=warn",
    "level:*",
    "-level:info",
    "status:404",
    "status:>=500",
    "status:[300 TO 404]",
    "http.status:200",
    "path:/cart",
    "path:/cart*",
    "http.path:/api/*",
    "method:GET",
    "ip:10.0.0.0/30",
    "http:*",
    "http.durationMs:>250",
    "http.durationMs:<250ms",
    "http.bytes:>1000",
    "userId:7",
    "userId:*",
    "value:true",
    "value:404",
    "value:250ms",
    "value.text:cart",
    "items.sku:timeout",
    "items:500",
    "tags:timeout",
    "tags:a",
    "tags.1:cart",
    "exception.type:*",
    "exception.type:KeyError",
    "loggerName:shop.*",
    "logger:shop.cart",
    "message:timeout",
    "message:/user \\d+/",
    "@web",
    "@web.1",
    "collection:access-log",
    "collection:nothing",
    "time:>2023-11-15",
    "msg:cart",
    "value:null",
];

pub(crate) fn question() -> impl Strategy<Value = String> {
    let leaf = select(QUESTIONS).prop_map(str::to_owned);
    leaf.prop_recursive(3, 8, 3, |inner| {
        let many = prop::collection::vec(inner.clone(), 2..4);
        prop_oneof![
            many.clone().prop_map(|parts| format!("({})", parts.join(" AND "))),
            many.prop_map(|parts| format!("({})", parts.join(" OR "))),
            inner.prop_map(|part| format!("(NOT {part})")),
        ]
    })
}

pub(crate) fn prune() -> impl Strategy<Value = Prune> {
    let time = prop::option::of(1_700_000_000_000..1_700_400_000_000_i64);
    (time.clone(), time).prop_map(|(since, until)| Prune { since, until })
}

pub(crate) fn matcher(text: &str) -> Matcher {
    let query = parse(text).unwrap_or_else(|errors| panic!("{text}: {errors}"));
    Matcher::new(&query.filter, &Zoned::default()).unwrap()
}

pub(crate) fn names() -> Vec<String> {
    COLLECTIONS.iter().map(|name| (*name).to_owned()).collect()
}

/// What matches, by a plain loop.
pub(crate) fn plainly(
    store: &dyn Store,
    matcher: &Matcher,
    prune: &Prune,
    order: Order,
) -> Vec<(usize, RawDocumentBuf)> {
    let mut all = Vec::new();
    for (number, name) in COLLECTIONS.iter().enumerate() {
        let mut rows = store.read(name, prune, Order::OldestFirst).unwrap();
        while let Some(batch) = rows.next().unwrap() {
            let origin = Origin { collection: name };
            let matching = batch.iter().filter(|record| matcher.matches(record, origin));
            all.extend(matching.map(|record| (number, record.to_owned())));
        }
    }
    let key = |record: &RawDocument| OrderKey::of(record);
    all.sort_by(|(_, a), (_, b)| compare((&key(a), a), (&key(b), b)));
    if order == Order::NewestFirst {
        all.reverse();
    }
    all
}

/// What a search finds, the second time from what was kept.
pub(crate) fn found_by(search: &Search, question: &Question) -> Vec<(usize, RawDocumentBuf)> {
    let names = names();
    let mut all = Vec::new();
    for _ in 0..2 {
        all.clear();
        let mut found = search.find(question, &names);
        while let Some(row) = found.advance().unwrap() {
            all.push((row.collection, row.document.to_owned()));
        }
        assert_eq!(found.damage().count(), 0);
    }
    all
}

fn found(store: &Arc<dyn Store>, question: &Question) -> Vec<(usize, RawDocumentBuf)> {
    found_by(&Search::new(Arc::clone(store)), question)
}

fn check(
    records: &[(usize, RawDocumentBuf)],
    states: &[State],
    text: &str,
    prune: Prune,
    order: Order,
) {
    let folder = tempfile::tempdir().unwrap();
    for store in both(&folder) {
        fill(&*store, records, states);
        let matcher = matcher(text);
        let expected = plainly(&*store, &matcher, &prune, order);
        let question = Question::new(matcher, prune, order);
        assert_eq!(found(&store, &question), expected, "{text} {states:?} in {}", store.location());
        let limited = question.with_limit(Some(3));
        let first: Vec<_> = found(&store, &limited).into_iter().take(3).collect();
        assert_eq!(first, expected.into_iter().take(3).collect::<Vec<_>>(), "{text}, the first");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn a_search_finds_what_a_loop_finds(
        records in some(), states in states(), text in question(), prune in prune(),
        order in select(vec![Order::OldestFirst, Order::NewestFirst]),
    ) {
        check(&records, &states, &text, prune, order);
    }
}

/// Each question alone, of the same records.
#[test]
fn each_question_finds_what_a_loop_finds() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let records = prop::collection::vec(some(), 6).new_tree(&mut runner).unwrap().current();
    let records: Vec<_> = records
        .into_iter()
        .flatten()
        .enumerate()
        .map(|(n, (c, r))| (c, crate::records::renumbered(n, &r)))
        .collect();
    for states in
        [vec![State::Hot], vec![State::Packed], vec![State::Merged, State::Packed, State::Hot]]
    {
        for text in QUESTIONS {
            check(&records, &states, text, Prune::NONE, Order::NewestFirst);
        }
    }
}
