//! The rules in a store: a state of the store holds them as text, each with its number.

use crate::{BookError, Rule, RuleSet};
use bson::{Bson, Document, doc};
use std::sync::Arc;
use woodpile_keep::{ReadRules, Rules};
use woodpile_record::ObjectId;
use woodpile_store::{State, Store, StoreError};

/// The most rules that a store may have: each costs whoever writes.
pub const MAX_RULES: usize = 100;

/// The name of the state.
const STATE: &str = "rules";
/// The number that was given last: none is given twice.
const LAST: &str = "last";
const RULES: &str = "rules";
const NUMBER: &str = "number";
const RULE: &str = "rule";
/// How often a change is tried while others change the rules, too.
const ATTEMPTS: usize = 10;

/// A rule as it rests in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbered {
    /// Its number.
    pub number: i64,
    /// Its text.
    pub rule: String,
}

/// What a state holds.
#[derive(Debug, Default)]
struct Book {
    last: i64,
    rules: Vec<Numbered>,
}

/// The rules of a store, in their order.
///
/// # Errors
/// What the store says.
pub fn list(store: &dyn Store) -> Result<Vec<Numbered>, StoreError> {
    Ok(store.state(STATE)?.map(|state| Book::of(&state.document).rules).unwrap_or_default())
}

/// Adds a rule behind those that are there; gives its number.
///
/// # Errors
/// [`BookError::TooMany`], and what the store says.
pub fn add(store: &dyn Store, rule: &Rule) -> Result<i64, BookError> {
    change(store, |book| {
        if book.rules.len() >= MAX_RULES {
            return Err(BookError::TooMany);
        }
        book.last += 1;
        book.rules.push(Numbered { number: book.last, rule: rule.to_string() });
        Ok(book.last)
    })
}

/// Removes a rule; gives its text.
///
/// # Errors
/// [`BookError::Unknown`], and what the store says.
pub fn remove(store: &dyn Store, number: i64) -> Result<String, BookError> {
    change(store, |book| {
        let place = book.rules.iter().position(|rule| rule.number == number);
        let known = || book.rules.iter().map(|rule| rule.number).collect();
        let place = place.ok_or_else(|| BookError::Unknown { number, known: known() })?;
        Ok(book.rules.remove(place).rule)
    })
}

fn change<T>(
    store: &dyn Store,
    change: impl Fn(&mut Book) -> Result<T, BookError>,
) -> Result<T, BookError> {
    for _ in 0..ATTEMPTS {
        let state = store.state(STATE)?;
        let mut book = state.as_ref().map(|state| Book::of(&state.document)).unwrap_or_default();
        let changed = change(&mut book)?;
        let version = state.map(|State { version, .. }| version);
        if store.set_state(STATE, version, Some(&book.document()))? {
            return Ok(changed);
        }
    }
    Err(BookError::Contended { location: store.location() })
}

impl Book {
    fn of(document: &Document) -> Self {
        let last = document.get(LAST).and_then(Bson::as_i64).unwrap_or(0);
        let rules = document.get_array(RULES).into_iter().flatten();
        let rules = rules.filter_map(Bson::as_document).filter_map(|rule| {
            let number = rule.get(NUMBER).and_then(Bson::as_i64)?;
            Some(Numbered { number, rule: rule.get_str(RULE).ok()?.to_owned() })
        });
        Self { last, rules: rules.collect() }
    }

    fn document(&self) -> Document {
        let rules: Vec<Bson> = self
            .rules
            .iter()
            .map(|Numbered { number, rule }| Bson::from(doc! { NUMBER: number, RULE: rule }))
            .collect();
        doc! { LAST: self.last, RULES: rules }
    }

    fn compile(self, version: ObjectId) -> RuleSet {
        let mut set = RuleSet::of_version(version);
        for Numbered { number, rule } in self.rules {
            let compiled = Rule::parse(&rule).map_err(|error| error.to_string());
            let pushed =
                compiled.and_then(|rule| set.push(rule).map_err(|error| error.to_string()));
            if let Err(error) = pushed {
                set.problems.push(format!("rule {number}, `{rule}`: {error}"));
            }
        }
        set
    }
}

/// Reads the rules of a store and compiles them. One that is not understood is not followed, and told among the
/// problems.
pub const READ: ReadRules = ReadRules(read);

fn read(store: &dyn Store, known: Option<&Arc<dyn Rules>>) -> Result<Arc<dyn Rules>, StoreError> {
    let state = store.state(STATE)?;
    let version = state.as_ref().map(|state| state.version);
    if let Some(known) = known.filter(|known| known.version() == version) {
        return Ok(Arc::clone(known));
    }
    Ok(match state {
        Some(State { version, document, .. }) => Arc::new(Book::of(&document).compile(version)),
        None => Arc::new(RuleSet::default()),
    })
}
