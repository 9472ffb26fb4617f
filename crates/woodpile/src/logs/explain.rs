//! `logs --explain`: how the records would be looked for.

use super::Plan;
use crate::merge;
use jiff::Timestamp;
use std::io::{self, Write};
use woodpile_store::{Order, Store};

impl Plan {
    /// From which end the store is read: the newest are found without reading the rest.
    pub(super) fn order(&self) -> Order {
        if self.newest_first || self.limit.is_some() {
            Order::NewestFirst
        } else {
            Order::OldestFirst
        }
    }
}

pub(super) fn print(plan: &Plan, store: &dyn Store) -> anyhow::Result<()> {
    let collections = merge::collections(store, &plan.filter, &plan.prune)?;
    let order = match plan.order() {
        Order::NewestFirst => "newest first",
        Order::OldestFirst => "oldest first",
    };
    let filters = plan.filter.describe();
    let limit = plan.limit.map_or("none".to_owned(), |limit| format!("{limit} matches"));
    let context = format!("{} before, {} after each match", plan.before, plan.after);
    let lines = [
        ("store", store.location()),
        ("collections", listed(&collections)),
        ("since", shown(plan.prune.since)),
        ("until", shown(plan.prune.until)),
        ("read", order.to_owned()),
        ("filter", listed(&filters)),
        ("limit", limit),
        ("context", context),
    ];
    let mut out = io::stdout().lock();
    for (name, value) in lines {
        writeln!(out, "{name:<12} {value}")?;
    }
    Ok(())
}

fn listed(items: &[String]) -> String {
    if items.is_empty() { "none".to_owned() } else { items.join(", ") }
}

fn shown(millis: Option<i64>) -> String {
    match millis.map(Timestamp::from_millisecond) {
        None => "any time".to_owned(),
        Some(Ok(time)) => time.to_string(),
        Some(Err(error)) => error.to_string(),
    }
}
