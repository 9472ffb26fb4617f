//! Rules act before anything is stored or spooled, and what they did is counted.

use crate::packing::{Home, to_the_end};
use crate::support::*;
use std::sync::Arc;
use std::time::Duration;
use woodpile_keep::{
    DropReason, Keeper, Limit, Notice, Plan, ReadRules, Retention, Rules, Scope, Settings, pack,
    retain,
};
use woodpile_record::{
    Batch, Entry, EventTime, IdSource, ObjectId, RawDocument, Record, View, event_time, find,
};
use woodpile_store::{Identity, Order, Prune, Store, StoreError};

static IDS: IdSource = IdSource::new(*b"rules");
const MASKED: &str = "masked";

/// Drops odd numbers, masks those that end with 4, keeps some.
#[derive(Debug, Default)]
struct Odd {
    problems: Vec<String>,
    limits: Vec<Limit>,
    scope: Option<Scope>,
}

impl Rules for Odd {
    fn version(&self) -> Option<ObjectId> {
        None
    }

    fn problems(&self) -> &[String] {
        &self.problems
    }

    fn judges(&self) -> bool {
        true
    }

    fn judge(&self, _: &str, record: &RawDocument) -> woodpile_keep::Verdict {
        let Some(number) = number(record) else {
            let is_masked = View::of(record).message() == Some(MASKED);
            return if is_masked {
                woodpile_keep::Verdict::Keep
            } else {
                woodpile_keep::Verdict::Drop
            };
        };
        match number % 10 {
            4 => woodpile_keep::Verdict::Replace(record_of(MASKED)),
            digit if digit % 2 == 1 => woodpile_keep::Verdict::Drop,
            _ => woodpile_keep::Verdict::Keep,
        }
    }

    fn limits(&self) -> &[Limit] {
        &self.limits
    }

    fn limit_of(&self, _: &str, record: &RawDocument) -> Option<usize> {
        if let Some(Scope::All(limit)) = self.scope {
            return Some(limit);
        }
        // The first limit is that of odd ones.
        let limit = usize::from(number(record)? % 2 == 0);
        (limit < self.limits.len()).then_some(limit)
    }

    fn limit_of_all(&self, _: &str) -> Scope {
        self.scope.unwrap_or(Scope::Some)
    }
}

fn number(record: &RawDocument) -> Option<u64> {
    View::of(record).message()?.parse().ok()
}

fn record_of(message: &str) -> Record {
    let entry = Entry { message: message.into(), ..Entry::default() };
    entry.encode(IDS.next(1), EventTime::from_millis(1_000))
}

#[expect(clippy::unnecessary_wraps, reason = "reading rules may fail")]
pub(crate) fn read_odd(
    _: &dyn Store,
    known: Option<&Arc<dyn Rules>>,
) -> Result<Arc<dyn Rules>, StoreError> {
    Ok(known.map_or_else(|| Arc::new(Odd::default()) as Arc<dyn Rules>, Arc::clone))
}

fn ruled() -> Settings {
    Settings { rules: Some(ReadRules(read_odd)), ..quick() }
}

fn send(keeper: &Keeper, numbers: std::ops::Range<u64>) {
    let sender = keeper.sender("a");
    numbers.for_each(|number| sender.send(record(number)).unwrap());
}

#[test]
fn what_a_rule_drops_is_not_stored_and_what_it_masks_is_stored_masked() {
    let store = FaultyStore::healthy();
    let (keeper, notices) = start(connect_to(&store), None, ruled());
    send(&keeper, 0..20);
    keeper.flush(LONG).unwrap();
    let expected = ["0", "2", "masked", "6", "8", "10", "12", "masked", "16", "18"];
    assert_eq!(store.messages("a"), expected);
    let told = await_notice(&notices, |notice| matches!(notice, Notice::Dropping { .. }));
    assert_eq!(
        told.to_string(),
        "log records for a are being dropped: a rule of the store names it"
    );
    assert_eq!(store.reported("a"), 0, "what the owner wants is told seldom");
    let counters = keeper.close(LONG).unwrap();
    assert_eq!(counters.dropped.of(DropReason::Rule), 10);
    assert_eq!(counters.masked, 2);
    assert_balanced(&counters);
    assert_eq!(store.reported("a"), 10);
    let records = store.records("a");
    let report = records.iter().find(|it| find(it.as_document(), "dropped").is_some()).unwrap();
    assert_eq!(View::of(report.as_document()).level(), Some("INFO"));
}

#[test]
fn what_waited_in_the_spool_is_judged_on_its_way_out() {
    let spool = LastingSpool::new(1_000_000);
    let away = FaultyStore::away();
    let (keeper, _notices) = start(connect_to(&away), Some(spool.boxed()), quick());
    send(&keeper, 0..20);
    keeper.flush(LONG).unwrap();
    drop(keeper.close(LONG));
    assert_eq!(spool.left(), 20);

    let store = FaultyStore::healthy();
    let (keeper, _notices) = start(connect_to(&store), Some(spool.boxed()), ruled());
    send(&keeper, 20..22);
    while keeper.counters().spooled > 0 || keeper.counters().stored < 11 {
        std::thread::sleep(Duration::from_millis(1));
    }
    let expected = ["0", "2", "masked", "6", "8", "10", "12", "masked", "16", "18", "20"];
    assert_eq!(store.messages("a"), expected);
    assert_balanced(&keeper.close(LONG).unwrap());
    assert_eq!(spool.left(), 0);
}

#[test]
fn rules_that_are_known_act_before_the_spool() {
    let spool = LastingSpool::new(1_000_000);
    let store = FaultyStore::healthy();
    let (keeper, _notices) = start(connect_to(&store), Some(spool.boxed()), ruled());
    send(&keeper, 0..1);
    keeper.flush(LONG).unwrap();
    store.judged_by(|_| Verdict::Fail(unavailable()));
    send(&keeper, 1..21);
    keeper.flush(LONG).unwrap();
    // The last report of what was dropped is in the spool, too.
    assert_balanced(&keeper.close(LONG).unwrap());
    assert_eq!(spool.left(), 10 + 1);
}

#[test]
fn a_rule_that_is_not_understood_is_told() {
    #[expect(clippy::unnecessary_wraps, reason = "reading rules may fail")]
    fn read(_: &dyn Store, _: Option<&Arc<dyn Rules>>) -> Result<Arc<dyn Rules>, StoreError> {
        Ok(Arc::new(Odd { problems: vec!["rule 7 is odd".into()], ..Odd::default() }))
    }
    let store = FaultyStore::healthy();
    let settings = Settings { rules: Some(ReadRules(read)), ..quick() };
    let (_keeper, notices) = start(connect_to(&store), None, settings);
    let told = await_notice(&notices, |notice| matches!(notice, Notice::RuleNotFollowed { .. }));
    assert_eq!(told.to_string(), "a rule of the store is not followed: rule 7 is odd");
}

#[test]
fn a_store_whose_rules_nobody_may_read_takes_records_all_the_same() {
    fn read(_: &dyn Store, _: Option<&Arc<dyn Rules>>) -> Result<Arc<dyn Rules>, StoreError> {
        Err(StoreError::Failed { location: "there".into(), reason: "not yours".into() })
    }
    let store = FaultyStore::healthy();
    let settings = Settings { rules: Some(ReadRules(read)), ..quick() };
    let (keeper, notices) = start(connect_to(&store), None, settings);
    send(&keeper, 0..5);
    keeper.flush(LONG).unwrap();
    assert_eq!(store.messages("a"), numbers(0..5));
    await_notice(&notices, |notice| matches!(notice, Notice::RuleNotFollowed { .. }));
}

const NAME: &str = "application-log";

/// Records with these numbers, that many seconds after 1970; half of them packed.
fn timed(store: &dyn Store, numbers: std::ops::Range<i64>) {
    let half = i64::midpoint(numbers.start, numbers.end);
    for range in [numbers.start..half, half..numbers.end] {
        let records: Vec<Record> = range
            .map(|number| {
                let entry = Entry { message: number.to_string().into(), ..Entry::default() };
                entry.encode(IDS.next(1), EventTime::from_millis(number * 1_000))
            })
            .collect();
        let batch: Batch = records.iter().map(Record::as_document).collect();
        store.append(&[(NAME, &batch)], Identity::Fresh).unwrap();
        if store.blocks(NAME).unwrap().is_empty() {
            pack(store, NAME, Plan::ALL, &mut to_the_end()).unwrap();
        }
    }
}

fn left(store: &dyn Store) -> Vec<i64> {
    let mut rows = store.read(NAME, &Prune::NONE, Order::OldestFirst).unwrap();
    let mut all = Vec::new();
    while let Some(batch) = rows.next().unwrap() {
        all.extend(batch.iter().map(|record| event_time(record) / 1_000));
    }
    all
}

#[track_caller]
fn check_kept(rules: &Odd, is_left: impl Fn(i64) -> bool) {
    let store = &Home::new().store;
    timed(store, 0..1_000);
    let expected: Vec<i64> = (0..1_000).filter(|number| is_left(*number)).collect();
    let mut retention = Retention::default();
    for round in 0..2 {
        let stats = &store.collections().unwrap()[0];
        let mut watch = to_the_end();
        let memory = (&mut retention, &mut watch as &mut dyn woodpile_keep::Watch);
        let gone = retain(store, stats, rules, 1_000_000, memory).unwrap();
        let records = if round == 0 { 1_000 - expected.len() as u64 } else { 0 };
        assert_eq!(gone.records, records, "in round {round}");
        assert_eq!(left(store), expected);
    }
    assert_eq!(store.check(true).unwrap(), []);
}

fn all(limit: Limit) -> Odd {
    Odd { limits: vec![limit], scope: Some(Scope::All(0)), ..Odd::default() }
}

#[test]
fn what_is_too_old_goes_hot_and_packed() {
    check_kept(&all(Limit::Age(Duration::from_mins(15))), |number| number >= 100);
    check_kept(&all(Limit::Age(Duration::from_mins(5))), |number| number >= 700);
    check_kept(&all(Limit::Age(Duration::MAX)), |_| true);
    check_kept(&all(Limit::Age(Duration::ZERO)), |_| false);
}

#[test]
fn the_newest_stay_up_to_a_number() {
    check_kept(&all(Limit::Records(900)), |number| number >= 100);
    check_kept(&all(Limit::Records(1)), |number| number == 999);
    check_kept(&all(Limit::Records(0)), |_| false);
    check_kept(&all(Limit::Records(1_000)), |_| true);
}

#[test]
fn each_rule_holds_for_what_it_names_first() {
    let limits = vec![Limit::Age(Duration::from_secs(700)), Limit::Records(5)];
    let rules = Odd { limits, ..Odd::default() };
    check_kept(&rules, |number| if number % 2 == 1 { number >= 300 } else { number >= 990 });
}

#[test]
fn a_size_is_kept_about() {
    let store = &Home::new().store;
    timed(store, 0..1_000);
    let stats = &store.collections().unwrap()[0];
    let rules = all(Limit::Bytes(stats.logical_bytes / 4));
    let mut watch = to_the_end();
    retain(store, stats, &rules, 0, (&mut Retention::default(), &mut watch)).unwrap();
    let found = left(store);
    assert!((240..=250).contains(&found.len()), "{}", found.len());
    assert_eq!(found.last(), Some(&999));
}
