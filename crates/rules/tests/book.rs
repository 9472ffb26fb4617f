//! Rules rest in the store, each with a number.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking, too")]

use std::sync::Arc;
use woodpile_keep::{Limit, Rules, Scope};
use woodpile_rules::{BookError, MAX_RULES, Numbered, READ, Rule, add, list, remove};
use woodpile_store::{MemoryStore, Store};

fn rule(text: &str) -> Rule {
    Rule::parse(text).unwrap()
}

fn numbered(number: i64, rule: &str) -> Numbered {
    Numbered { number, rule: rule.to_owned() }
}

#[test]
fn a_number_is_given_once() {
    let store = MemoryStore::new();
    assert_eq!(list(&store).unwrap(), []);
    assert_eq!(add(&store, &rule("drop a")), Ok(1));
    assert_eq!(add(&store, &rule("mask b")), Ok(2));
    assert_eq!(remove(&store, 2).unwrap(), "mask b");
    assert_eq!(add(&store, &rule("keep c for 1d")), Ok(3));
    assert_eq!(list(&store).unwrap(), [numbered(1, "drop a"), numbered(3, "keep c for 1d")]);
    let unknown = remove(&store, 2).unwrap_err();
    assert_eq!(unknown.to_string(), "there is no rule 2: expected one of 1, 3");
    remove(&store, 1).unwrap();
    remove(&store, 3).unwrap();
    let unknown = remove(&store, 3).unwrap_err();
    assert_eq!(unknown.to_string(), "there is no rule 3: the store has no rules");
}

#[test]
fn there_is_an_end_to_rules() {
    let store = MemoryStore::new();
    for _ in 0..MAX_RULES {
        add(&store, &rule("drop a")).unwrap();
    }
    assert_eq!(add(&store, &rule("drop a")), Err(BookError::TooMany));
    remove(&store, 1).unwrap();
    add(&store, &rule("drop a")).unwrap();
}

#[test]
fn many_add_rules_at_once() {
    let store = MemoryStore::new();
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| (0..5).for_each(|_| _ = add(&store, &rule("drop a")).unwrap()));
        }
    });
    let numbers: Vec<i64> = list(&store).unwrap().iter().map(|rule| rule.number).collect();
    assert_eq!(numbers, (1..=15).collect::<Vec<_>>());
}

fn read(store: &MemoryStore, known: Option<&Arc<dyn Rules>>) -> Arc<dyn Rules> {
    (READ.0)(store, known).unwrap()
}

#[test]
fn rules_that_did_not_change_are_those_that_are_known() {
    let store = MemoryStore::new();
    let none = read(&store, None);
    assert!(!none.judges());
    assert!(Arc::ptr_eq(&none, &read(&store, Some(&none))));
    add(&store, &rule("drop a")).unwrap();
    let one = read(&store, Some(&none));
    assert!(one.judges());
    assert!(Arc::ptr_eq(&one, &read(&store, Some(&one))));
    remove(&store, 1).unwrap();
    assert!(!read(&store, Some(&one)).judges());
}

#[test]
fn what_another_release_wrote_is_told_and_the_rest_is_followed() {
    let store = MemoryStore::new();
    let known = bson::doc! { "number": 1_i64, "rule": "drop a" };
    let unknown = bson::doc! { "number": 2_i64, "rule": "sample 1 of 10" };
    let document = bson::doc! { "last": 2_i64, "rules": [known, unknown] };
    assert!(store.set_state("rules", None, Some(&document)).unwrap());
    let rules = read(&store, None);
    assert!(rules.judges());
    assert_eq!(
        rules.problems(),
        ["rule 2, `sample 1 of 10`: \"sample\" is no rule: expected drop, mask or keep"]
    );
}

#[test]
fn the_first_rule_that_names_a_record_decides_how_long_it_is_kept() {
    let store = MemoryStore::new();
    for text in ["keep collection:a* for 2 records", "keep x for 1 record", "keep * for 1KB"] {
        add(&store, &rule(text)).unwrap();
    }
    let rules = read(&store, None);
    assert_eq!(rules.limits(), [Limit::Records(2), Limit::Records(1), Limit::Bytes(1_000)]);
    assert_eq!(rules.limit_of_all("access-log"), Scope::All(0));
    assert_eq!(rules.limit_of_all("error-log"), Scope::Some);
    let limit = |collection: &str, message: &str| {
        rules.limit_of(collection, &bson::rawdoc! { "message": message })
    };
    assert_eq!(limit("access-log", "x"), Some(0));
    assert_eq!(limit("error-log", "x"), Some(1));
    assert_eq!(limit("error-log", "y"), Some(2));
}
