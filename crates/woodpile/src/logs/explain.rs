//! `logs --explain`: how the records are looked for, and what was looked at.

use super::plan::Plan;
use crate::check::tell_damage;
use crate::clock;
use crate::stats::grouped;
use jiff::Timestamp;
use std::io::{self, Write};
use woodpile_query::{Pipe, Rows};
use woodpile_search::{Question, Search, Tally};
use woodpile_store::Order;

pub(super) fn print(plan: &Plan, search: &Search) -> anyhow::Result<()> {
    let collections = plan.asked.collections(search.store())?;
    let question = plan.asked.question(plan.order(), plan.limit);
    let started = clock::instant();
    let (rows, tally) = run(plan, search, &question, &collections)?;
    let millis = started.elapsed().as_secs_f64() * 1_000.0;
    let mut lines = planned(plan, search, &question, &collections);
    lines.extend(looked_at(tally));
    lines.push(("found", format!("{} in {millis:.1} ms", grouped(rows as u64))));
    let mut out = io::stdout().lock();
    for (name, value) in lines {
        writeln!(out, "{name:<12} {value}")?;
    }
    Ok(())
}

fn run(
    plan: &Plan,
    search: &Search,
    question: &Question,
    collections: &[String],
) -> anyhow::Result<(usize, Tally)> {
    if !plan.is_streaming() {
        let worked = search.work(question, collections, plan.pipeline())?;
        tell_damage(worked.damage.iter());
        let rows = match worked.rows {
            Rows::Records(records) => records.len(),
            Rows::Table(table) => table.rows.len(),
        };
        return Ok((rows, worked.tally));
    }
    let mut found = search.find(question, collections);
    let mut rows = 0;
    while plan.limit.is_none_or(|limit| rows < limit) && found.advance()?.is_some() {
        rows += 1;
    }
    tell_damage(found.damage());
    Ok((rows, found.tally()))
}

fn planned(
    plan: &Plan,
    search: &Search,
    question: &Question,
    collections: &[String],
) -> Vec<(&'static str, String)> {
    let order = match question.order {
        Order::NewestFirst => "newest first",
        Order::OldestFirst => "oldest first",
    };
    let none = || "none".to_owned();
    let named = if collections.is_empty() { none() } else { collections.join(", ") };
    let mut lines = vec![
        ("store", search.store().location()),
        ("collections", named),
        ("since", shown(question.prune.since)),
        ("until", shown(question.prune.until)),
        ("order", order.to_owned()),
        ("filter", plan.asked.query().filter.to_string()),
    ];
    if !plan.pipes.is_empty() {
        let pipes: Vec<_> = plan.pipes.iter().map(Pipe::to_string).collect();
        lines.push(("pipes", pipes.join(" | ")));
    }
    lines.push(("limit", plan.limit.map_or_else(none, |limit| grouped(limit as u64))));
    if plan.has_context() {
        lines.push(("context", format!("{} before, {} after each", plan.before, plan.after)));
    }
    lines
}

fn looked_at(tally: Tally) -> [(&'static str, String); 5] {
    let blocks = format!(
        "{} in these times; {} passed over, {} of them by their words; {} answered by their summaries",
        grouped(tally.blocks),
        grouped(tally.skipped_blocks),
        grouped(tally.skipped_by_words),
        grouped(tally.summed_blocks)
    );
    [
        ("hot", format!("{} records looked at", grouped(tally.hot))),
        ("blocks", blocks),
        ("groups", format!("{} of rows asked", grouped(tally.groups))),
        ("unpacked", format!("{} records", grouped(tally.unpacked))),
        ("read", format!("{} bytes of blocks", grouped(tally.read_bytes))),
    ]
}

fn shown(millis: Option<i64>) -> String {
    match millis.map(Timestamp::from_millisecond) {
        None => "any time".to_owned(),
        Some(Ok(time)) => time.to_string(),
        Some(Err(error)) => error.to_string(),
    }
}
