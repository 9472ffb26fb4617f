//! What every store must do, whatever it is made of. A store's own test file calls [`conformance!`] with a
//! function that gives a new, empty one.

pub(crate) mod records;

use bson::{Bson, DateTime, RawBson, Timestamp, doc, raw::RawDocumentBuf};
use records::{START, batch, every_type, id, numbered, raw, read, read_all, record, shown};
use std::time::Duration;
use woodpile_record::{Batch, RawDocument};
use woodpile_store::{
    Appended, Identity, MAX_STATE_BYTES, MAX_STATE_NAME_BYTES, Order, Prune, Store, StoreError,
};

/// Longer than any store needs to see what was appended.
const PATIENCE: Duration = Duration::from_secs(20);

/// One test for each case, against the stores that `$new` gives: an expression of type `impl Fn() -> Harness`.
#[macro_export]
macro_rules! conformance {
    ($new:expr) => {
        $crate::conformance!($new;
            records_come_back_in_order,
            ties_are_told_apart_by_id,
            every_kind_of_timestamp_has_its_place,
            a_prune_is_exact_at_both_ends,
            both_directions_are_inverse,
            a_retry_changes_nothing,
            a_retry_of_a_part_adds_the_rest,
            duplicates_within_one_append_are_seen,
            the_same_id_with_other_bytes_stays_and_is_counted,
            fresh_ids_are_not_looked_up,
            any_type_of_id_will_do,
            a_record_without_an_id_is_refused,
            odd_collection_names_are_kept_apart,
            the_same_id_in_two_collections_is_two_records,
            large_records_come_back,
            nothing_appended_is_nothing_kept,
            many_collections_are_counted,
            every_type_comes_back_byte_for_byte,
            followers_see_what_comes_and_not_what_was,
            followers_see_every_record_once,
            four_threads_append_at_once,
            threads_that_bring_the_same_add_it_once,
            reading_goes_on_while_others_append,
            a_sound_store_has_no_findings,
            stats_count_records_and_times,
            a_state_is_set_by_who_knows_its_version,
            states_are_listed_by_name_and_are_no_log,
            of_many_who_set_a_state_one_is_first,
            a_state_is_small,
            what_is_hot_is_read_alone,
            hot_records_are_found_by_id,
        );
    };
    ($new:expr; $($case:ident),* $(,)?) => {
        $(
            #[test]
            fn $case() {
                let harness = ($new)();
                $crate::conformance::$case(harness.store());
            }
        )*
    };
}

/// A store, and what has to outlive it.
pub(crate) struct Harness {
    store: Box<dyn Store>,
    _guard: Box<dyn std::any::Any>,
}

impl Harness {
    pub(crate) fn new(store: impl Store + 'static, guard: impl std::any::Any) -> Self {
        Self { store: Box::new(store), _guard: Box::new(guard) }
    }

    pub(crate) fn store(&self) -> &dyn Store {
        &*self.store
    }
}

fn append(
    store: &dyn Store,
    collection: &str,
    records: &[RawDocumentBuf],
    identity: Identity,
) -> Appended {
    store.append(&[(collection, &batch(records))], identity).unwrap()
}

fn added(added: u64) -> Appended {
    Appended { added, ..Appended::default() }
}

pub(crate) fn records_come_back_in_order(store: &dyn Store) {
    append(store, "log", &numbered([5, 1, 4]), Identity::Fresh);
    append(store, "log", &numbered([2, 6, 3]), Identity::Fresh);
    assert_eq!(shown(&read_all(store, "log")), shown(&numbered(1..=6)));
    assert_eq!(read_all(store, "another"), []);
}

pub(crate) fn ties_are_told_apart_by_id(store: &dyn Store) {
    let same_time: Vec<_> = [9, 3, 7, 1].map(|number| record(number, 0)).into();
    append(store, "log", &same_time[..2], Identity::Fresh);
    append(store, "log", &same_time[2..], Identity::Fresh);
    let expected: Vec<_> = [1, 3, 7, 9].map(|number| record(number, 0)).into();
    assert_eq!(shown(&read_all(store, "log")), shown(&expected));
}

pub(crate) fn every_kind_of_timestamp_has_its_place(store: &dyn Store) {
    let seconds = START / 1_000;
    let stamp = Timestamp { time: u32::try_from(seconds).unwrap() + 1, increment: 500 };
    let timestamps: [Bson; 6] = [
        DateTime::from_millis(START).into(),
        (seconds + 1).into(),
        stamp.into(),
        "2026-01-01T01:00:02+01:00".into(),
        (START + 3_000).into(),
        1_767_225_604_000.0.into(),
    ];
    let mut records: Vec<_> = timestamps
        .into_iter()
        .zip(1..)
        .map(|(timestamp, number)| raw(&doc! { "_id": id(number), "timestamp": timestamp }))
        .collect();
    records.insert(0, raw(&doc! { "_id": 8, "message": "no time at all" }));
    let arrived: Vec<_> = [3, 0, 6, 2, 5, 1, 4].map(|index: usize| records[index].clone()).into();
    append(store, "log", &arrived, Identity::Fresh);
    assert_eq!(shown(&read_all(store, "log")), shown(&records));

    let prune = Prune { since: Some(START + 1_500), until: Some(START + 4_000) };
    let pruned = read(store, "log", &prune, Order::OldestFirst);
    assert_eq!(shown(&pruned), shown(&records[3..6]));
}

pub(crate) fn a_prune_is_exact_at_both_ends(store: &dyn Store) {
    append(store, "log", &numbered(0..20), Identity::Fresh);
    for (since, until) in [
        (None, None),
        (Some(5), None),
        (None, Some(15)),
        (Some(5), Some(15)),
        (Some(7), Some(7)),
        (Some(30), None),
    ] {
        let at = |second: i64| START + second * 1_000;
        let prune = Prune { since: since.map(at), until: until.map(at) };
        let wanted = since.unwrap_or(0).min(20)..until.unwrap_or(20);
        let expected = numbered(wanted.map(|number| u32::try_from(number).unwrap()));
        assert_eq!(
            shown(&read(store, "log", &prune, Order::OldestFirst)),
            shown(&expected),
            "{prune:?}"
        );
        let after = Prune { since: prune.since.map(|since| since + 1), ..prune };
        let skipped = usize::from(since.is_some() && !expected.is_empty());
        assert_eq!(
            shown(&read(store, "log", &after, Order::OldestFirst)),
            shown(&expected[skipped..])
        );
    }
}

pub(crate) fn both_directions_are_inverse(store: &dyn Store) {
    for chunk in numbered((0..3_000).map(|number| number * 7 % 3_001)).chunks(500) {
        append(store, "log", chunk, Identity::Fresh);
    }
    let prune = Prune { since: Some(START + 10_000), until: None };
    for prune in [Prune::NONE, prune] {
        let mut backwards = read(store, "log", &prune, Order::NewestFirst);
        backwards.reverse();
        let forwards = read(store, "log", &prune, Order::OldestFirst);
        assert!(forwards.len() > 2_900);
        assert_eq!(shown(&forwards), shown(&backwards));
    }
}

pub(crate) fn a_retry_changes_nothing(store: &dyn Store) {
    let records = numbered(0..100);
    assert_eq!(append(store, "log", &records, Identity::Brought), added(100));
    let again = append(store, "log", &records, Identity::Brought);
    assert_eq!(again, Appended { added: 0, duplicates: 100, conflicts: 0 });
    assert_eq!(shown(&read_all(store, "log")), shown(&records));
}

pub(crate) fn a_retry_of_a_part_adds_the_rest(store: &dyn Store) {
    append(store, "log", &numbered(0..60), Identity::Fresh);
    let overlapping = append(store, "log", &numbered(40..100), Identity::Brought);
    assert_eq!(overlapping, Appended { added: 40, duplicates: 20, conflicts: 0 });
    assert_eq!(shown(&read_all(store, "log")), shown(&numbered(0..100)));
}

pub(crate) fn duplicates_within_one_append_are_seen(store: &dyn Store) {
    let (one, two) = (batch(&numbered([1, 2, 1])), batch(&numbered([2, 3])));
    let appended = store.append(&[("log", &one), ("log", &two)], Identity::Brought).unwrap();
    assert_eq!(appended, Appended { added: 3, duplicates: 2, conflicts: 0 });
    assert_eq!(shown(&read_all(store, "log")), shown(&numbered(1..=3)));
}

pub(crate) fn the_same_id_with_other_bytes_stays_and_is_counted(store: &dyn Store) {
    let at = DateTime::from_millis(START);
    let first = raw(&doc! { "_id": id(1), "timestamp": at, "message": "as it was" });
    let other = raw(&doc! { "_id": id(1), "timestamp": at, "message": "changed" });
    append(store, "log", std::slice::from_ref(&first), Identity::Fresh);
    let conflict = append(store, "log", std::slice::from_ref(&other), Identity::Brought);
    assert_eq!(conflict, Appended { added: 1, duplicates: 0, conflicts: 1 });
    for record in [&first, &other] {
        let again = append(store, "log", std::slice::from_ref(record), Identity::Brought);
        assert_eq!(again, Appended { added: 0, duplicates: 1, conflicts: 0 });
    }
    let mut messages: Vec<_> = shown(&read_all(store, "log"))
        .iter()
        .map(|record| record.get_str("message").unwrap().to_owned())
        .collect();
    messages.sort();
    assert_eq!(messages, ["as it was", "changed"]);
}

pub(crate) fn fresh_ids_are_not_looked_up(store: &dyn Store) {
    assert_eq!(append(store, "log", &numbered(0..10), Identity::Fresh), added(10));
    assert_eq!(append(store, "log", &numbered(10..20), Identity::Fresh), added(10));
    assert_eq!(read_all(store, "log").len(), 20);
}

pub(crate) fn any_type_of_id_will_do(store: &dyn Store) {
    let uuid = bson::Binary { subtype: bson::spec::BinarySubtype::Uuid, bytes: vec![7; 16] };
    let ids: [Bson; 7] = [
        1.into(),
        2_i64.into(),
        2.5.into(),
        "text".into(),
        doc! { "host": "a", "number": 1 }.into(),
        uuid.into(),
        DateTime::from_millis(1).into(),
    ];
    let records: Vec<_> = ids
        .into_iter()
        .map(|id| raw(&doc! { "_id": id, "timestamp": DateTime::from_millis(START) }))
        .collect();
    assert_eq!(append(store, "log", &records, Identity::Brought), added(7));
    let again = append(store, "log", &records, Identity::Brought);
    assert_eq!(again, Appended { added: 0, duplicates: 7, conflicts: 0 });
    assert_eq!(shown(&read_all(store, "log")), shown(&records));
}

pub(crate) fn a_record_without_an_id_is_refused(store: &dyn Store) {
    let nameless = raw(&doc! { "message": "who am I?" });
    let mixed = batch(&[record(1, 0), nameless]);
    for identity in [Identity::Fresh, Identity::Brought] {
        let refused = store.append(&[("log", &mixed)], identity).unwrap_err();
        let expected = "record 2 for log was refused: it has no _id";
        assert_eq!(refused.to_string(), expected);
        assert!(matches!(refused, StoreError::Rejected { .. }) && !refused.is_temporary());
    }
    assert_eq!(read_all(store, "log"), []);
}

pub(crate) fn odd_collection_names_are_kept_apart(store: &dyn Store) {
    let names =
        ["log", "Log", "log.2026", "журнал", "it's \"quoted\"; DROP TABLE hot", "a b", "a/b", "%"];
    for (name, number) in names.iter().zip(0..) {
        append(store, name, &[record(number, 0)], Identity::Fresh);
    }
    for (name, number) in names.iter().zip(0..) {
        assert_eq!(read_all(store, name), [record(number, 0)], "{name}");
    }
    let mut kept: Vec<_> =
        store.collections().unwrap().into_iter().map(|stats| stats.name).collect();
    kept.sort();
    let mut expected = names.map(str::to_owned);
    expected.sort();
    assert_eq!(kept, expected);
}

pub(crate) fn the_same_id_in_two_collections_is_two_records(store: &dyn Store) {
    assert_eq!(append(store, "one", &numbered([1]), Identity::Brought), added(1));
    assert_eq!(append(store, "two", &numbered([1]), Identity::Brought), added(1));
}

pub(crate) fn large_records_come_back(store: &dyn Store) {
    let text: String =
        (0..1_500_000_u32).map(|n| char::from(b' ' + (n.wrapping_mul(n) % 90) as u8)).collect();
    let large = |number| {
        let at = DateTime::from_millis(START + i64::from(number) * 1_000);
        raw(&doc! { "_id": id(number), "timestamp": at, "message": &text })
    };
    let records = [record(0, 0), large(1), record(2, 2_000), large(3)];
    append(store, "log", &records, Identity::Brought);
    assert!(read_all(store, "log") == records);
    let again = append(store, "log", &records, Identity::Brought);
    assert_eq!(again, Appended { added: 0, duplicates: 4, conflicts: 0 });
}

pub(crate) fn nothing_appended_is_nothing_kept(store: &dyn Store) {
    let empty = Batch::new();
    for identity in [Identity::Fresh, Identity::Brought] {
        assert_eq!(store.append(&[], identity).unwrap(), added(0));
        assert_eq!(store.append(&[("log", &empty)], identity).unwrap(), added(0));
    }
    assert_eq!(store.collections().unwrap(), []);
}

pub(crate) fn many_collections_are_counted(store: &dyn Store) {
    let records = numbered(0..50);
    let names: Vec<String> = (0..50).map(|number| format!("log-{number:02}")).collect();
    let batches: Vec<Batch> = records.iter().map(|record| batch([record])).collect();
    let parts: Vec<_> = names.iter().map(String::as_str).zip(&batches).collect();
    assert_eq!(store.append(&parts, Identity::Fresh).unwrap(), added(50));
    let stats = store.collections().unwrap();
    let found: Vec<_> = stats.iter().map(|stats| (stats.name.clone(), stats.records)).collect();
    let expected: Vec<_> = names.iter().map(|name| (name.clone(), 1)).collect();
    assert_eq!(found, expected);
    assert_eq!(read_all(store, "log-17"), numbered([17]));
}

pub(crate) fn every_type_comes_back_byte_for_byte(store: &dyn Store) {
    let record = every_type();
    append(store, "log", std::slice::from_ref(&record), Identity::Brought);
    assert_eq!(read_all(store, "log")[0].as_bytes(), record.as_bytes());
    let again = append(store, "log", std::slice::from_ref(&record), Identity::Brought);
    assert_eq!(again.duplicates, 1);
}

pub(crate) fn followers_see_what_comes_and_not_what_was(store: &dyn Store) {
    append(store, "old", &numbered([1]), Identity::Fresh);
    let mut follower = store.follow().unwrap();
    assert_eq!(follower.poll(Duration::ZERO).unwrap(), []);
    append(store, "new", &numbered([2]), Identity::Fresh);
    let seen = follower.poll(PATIENCE).unwrap();
    let seen: Vec<_> =
        seen.iter().map(|followed| (&*followed.collection, &followed.batch)).collect();
    assert_eq!(seen, [("new", &batch(&numbered([2])))]);
    assert_eq!(follower.poll(Duration::ZERO).unwrap(), []);
}

pub(crate) fn followers_see_every_record_once(store: &dyn Store) {
    let mut follower = store.follow().unwrap();
    let mut seen = Vec::new();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for chunk in numbered(0..200).chunks(20) {
                append(store, "log", chunk, Identity::Fresh);
            }
        });
        while seen.len() < 200 {
            let news = follower.poll(PATIENCE).unwrap();
            assert!(!news.is_empty(), "{} of 200 came", seen.len());
            seen.extend(
                news.iter().flat_map(|followed| followed.batch.iter()).map(RawDocument::to_owned),
            );
        }
    });
    assert_eq!(shown(&seen), shown(&numbered(0..200)));
}

pub(crate) fn four_threads_append_at_once(store: &dyn Store) {
    std::thread::scope(|scope| {
        for thread in 0..4 {
            scope.spawn(move || {
                for round in 0..10 {
                    let start = (round * 4 + thread) * 25;
                    append(store, "log", &numbered(start..start + 25), Identity::Fresh);
                }
            });
        }
    });
    assert_eq!(shown(&read_all(store, "log")), shown(&numbered(0..1_000)));
}

pub(crate) fn threads_that_bring_the_same_add_it_once(store: &dyn Store) {
    let totals: Vec<Appended> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| append(store, "log", &numbered(0..100), Identity::Brought)))
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(totals.iter().map(|appended| appended.added).sum::<u64>(), 100);
    assert_eq!(totals.iter().map(|appended| appended.duplicates).sum::<u64>(), 300);
    assert_eq!(shown(&read_all(store, "log")), shown(&numbered(0..100)));
}

pub(crate) fn reading_goes_on_while_others_append(store: &dyn Store) {
    append(store, "log", &numbered(0..2_500), Identity::Fresh);
    let mut rows = store.read("log", &Prune::NONE, Order::OldestFirst).unwrap();
    let mut seen: Vec<RawDocumentBuf> = Vec::new();
    let mut next = 10_000;
    while let Some(portion) = rows.next().unwrap() {
        seen.extend(portion.iter().map(RawDocument::to_owned));
        append(store, "log", &numbered([next]), Identity::Fresh);
        next += 1;
    }
    assert_eq!(shown(&seen[..2_500]), shown(&numbered(0..2_500)));
    let all = numbered((0..2_500).chain(10_000..next));
    assert_eq!(shown(&read_all(store, "log")), shown(&all));
}

pub(crate) fn a_sound_store_has_no_findings(store: &dyn Store) {
    append(store, "one", &numbered(0..500), Identity::Fresh);
    append(store, "two", &[every_type()], Identity::Brought);
    assert_eq!(store.check(false).unwrap(), []);
    assert_eq!(store.check(true).unwrap(), []);
}

pub(crate) fn stats_count_records_and_times(store: &dyn Store) {
    append(store, "log", &numbered(3..10), Identity::Fresh);
    append(store, "log", &numbered(1..3), Identity::Fresh);
    append(store, "another", &numbered([50]), Identity::Fresh);
    let stats = store.collections().unwrap();
    let [another, log] = stats.as_slice() else { panic!("two collections, not {stats:?}") };
    assert_eq!((another.name.as_str(), another.records), ("another", 1));
    assert_eq!((log.name.as_str(), log.records), ("log", 9));
    assert_eq!(log.hot_records + log.packed_records, 9);
    assert!(log.hot_records == 0 || log.hot_bytes > 0);
    assert_eq!((log.first, log.last), (Some(START + 1_000), Some(START + 9_000)));
    assert!(log.message_bytes.is_none_or(|bytes| bytes == 9 * "record 1".len() as u64));
    assert!(log.logical_bytes > 0);
}

/// What a state of that name says; `None` where there is none.
fn said(store: &dyn Store, name: &str) -> Option<i32> {
    store.state(name).unwrap().map(|state| state.document.get_i32("n").unwrap())
}

pub(crate) fn a_state_is_set_by_who_knows_its_version(store: &dyn Store) {
    let set = |expected, n: Option<i32>| {
        let document = n.map(|n| doc! { "n": n, "nested": { "list": ["a", null] } });
        store.set_state("quota", expected, document.as_ref()).unwrap()
    };
    let version = || store.state("quota").unwrap().map(|state| state.version);
    assert!(set(None, None) && version().is_none());
    assert!(set(None, Some(1)));
    let first = version();
    assert!(!set(None, Some(2)) && !set(None, None));
    assert!(set(first, Some(3)) && !set(first, Some(4)) && !set(first, None));
    assert_eq!(said(store, "quota"), Some(3));
    let document = store.state("quota").unwrap().unwrap().document;
    assert_eq!(document, doc! { "n": 3, "nested": { "list": ["a", null] } });
    assert!(set(version(), None) && said(store, "quota").is_none());
    assert!(!set(first, Some(5)) && set(None, Some(1)));
    assert_ne!(version(), first, "no version is used twice");
}

pub(crate) fn states_are_listed_by_name_and_are_no_log(store: &dyn Store) {
    for (name, n) in [("token:b", 2), ("rule", 3), ("token:a", 1), ("tokens", 4), ("Ü:x", 5)] {
        assert!(store.set_state(name, None, Some(&doc! { "n": n })).unwrap());
    }
    let listed = |prefix: &str| -> Vec<(String, i32)> {
        let states = store.states(prefix).unwrap().into_iter();
        states.map(|state| (state.name, state.document.get_i32("n").unwrap())).collect()
    };
    assert_eq!(listed("token:"), [("token:a".to_owned(), 1), ("token:b".to_owned(), 2)]);
    assert_eq!(listed("Ü"), [("Ü:x".to_owned(), 5)]);
    assert_eq!(listed("absent"), []);
    assert_eq!(store.collections().unwrap(), []);
}

pub(crate) fn of_many_who_set_a_state_one_is_first(store: &dyn Store) {
    let count = || loop {
        let state = store.state("count").unwrap();
        let n = state.as_ref().map_or(0, |state| state.document.get_i32("n").unwrap());
        let expected = state.map(|state| state.version);
        if store.set_state("count", expected, Some(&doc! { "n": n + 1 })).unwrap() {
            return;
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..10).for_each(|_| count()));
        }
    });
    assert_eq!(said(store, "count"), Some(40));
}

pub(crate) fn a_state_is_small(store: &dyn Store) {
    let largest = |bytes: usize| doc! { "n": 1, "text": "x".repeat(bytes - 23) };
    let set = |name: &str, bytes| store.set_state(name, None, Some(&largest(bytes)));
    assert_eq!(set(&"n".repeat(MAX_STATE_NAME_BYTES), MAX_STATE_BYTES), Ok(true));
    for (name, bytes, problem) in [
        ("", 100, "the state \"\" was refused: its name has to have 1 to 512 bytes"),
        (&"n".repeat(513), 100, "its name has to have 1 to 512 bytes"),
        ("big", MAX_STATE_BYTES + 1, "its document has 262145 bytes: at most 262144 are kept"),
    ] {
        let error = set(name, bytes).unwrap_err();
        assert!(matches!(error, StoreError::Rejected { .. }), "{error:?}");
        assert!(error.to_string().contains(problem), "{error}");
    }
    assert!(store.state("big").unwrap().is_none());
}

pub(crate) fn what_is_hot_is_read_alone(store: &dyn Store) {
    append(store, "log", &numbered([4, 2, 6]), Identity::Fresh);
    append(store, "log", &numbered([5, 1, 3]), Identity::Fresh);
    for order in [Order::OldestFirst, Order::NewestFirst] {
        let prune = Prune { since: Some(START + 2_000), until: Some(START + 6_000) };
        let mut rows = store.hot("log", &prune, order).unwrap();
        let mut hot: Vec<RawDocumentBuf> = Vec::new();
        while let Some(portion) = rows.next().unwrap() {
            hot.extend(portion.iter().map(RawDocument::to_owned));
        }
        assert_eq!(shown(&hot), shown(&read(store, "log", &prune, order)));
    }
    assert!(
        store.hot("absent", &Prune::NONE, Order::OldestFirst).unwrap().next().unwrap().is_none()
    );
}

pub(crate) fn hot_records_are_found_by_id(store: &dyn Store) {
    let text = raw(&doc! { "_id": "text", "timestamp": DateTime::from_millis(START) });
    append(store, "log", &numbered([4, 2, 6]), Identity::Fresh);
    append(store, "log", std::slice::from_ref(&text), Identity::Fresh);
    let ids = [RawBson::ObjectId(id(2)), RawBson::ObjectId(id(3)), RawBson::String("text".into())];
    let found = store.hot_with_ids("log", &ids).unwrap();
    let mut found: Vec<RawDocumentBuf> = found.iter().map(RawDocument::to_owned).collect();
    found.sort_by_key(|record| record.get_str("_id").is_ok());
    assert_eq!(shown(&found), shown(&[record(2, 2_000), text]));
    assert!(store.hot_with_ids("log", &[]).unwrap().is_empty());
    assert!(store.hot_with_ids("absent", &ids).unwrap().is_empty());
}
