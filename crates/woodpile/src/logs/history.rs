//! What is in the store already.

use super::around::{Around, Picked};
use super::page::Page;
use super::plan::Plan;
use crate::check::tell_damage;
use crate::exit::usage;
use crate::output::Printer;
use crate::results;
use crate::screen::Screen;
use woodpile_record::{Batch, RawDocument};
use woodpile_search::Search;
use woodpile_store::Order;

/// The most bytes of records that are held to be printed in the other order.
const MAX_HELD_BYTES: usize = 256 * 1024 * 1024;

/// Prints what matches as it is found and returns how many records did; `seen` is shown each record that is printed.
pub(super) fn print(
    plan: &Plan,
    search: &Search,
    page: &mut Page<'_>,
    seen: &mut dyn FnMut(&RawDocument),
) -> anyhow::Result<usize> {
    let collections = plan.asked.collections(search.store())?;
    let name = |collection: usize| collections.get(collection).map_or("", String::as_str);
    let mut show = |row: Picked<'_>| {
        seen(row.document);
        page.print(name(row.collection), row.document, row.group)
    };
    let matches = if plan.order() == Order::NewestFirst && !plan.newest_first {
        let mut held = Held::default();
        let matches = pick(plan, search, &collections, &mut |row| held.push(row))?;
        held.newest_last().try_for_each(&mut show)?;
        matches
    } else {
        pick(plan, search, &collections, &mut show)?
    };
    page.flush()?;
    Ok(matches)
}

/// Prints what the pipes make of all that matches and returns how many rows that is.
pub(super) fn print_results(
    plan: &Plan,
    search: &Search,
    printer: &Printer,
    mut screen: Screen,
) -> anyhow::Result<usize> {
    let collections = plan.asked.collections(search.store())?;
    let question = plan.asked.question(plan.order(), None);
    let worked = search.work(&question, &collections, plan.pipeline())?;
    tell_damage(worked.damage.iter());
    let newest_last = results::keeps_order(&plan.pipes) && !plan.newest_first;
    let rows = results::print(printer, &worked.rows, newest_last, &mut screen)?;
    screen.flush()?;
    Ok(rows)
}

/// Searches until the limit is reached, or the end, and emits what is printed. Returns the number of matches.
fn pick(
    plan: &Plan,
    search: &Search,
    collections: &[String],
    emit: super::around::Emit<'_>,
) -> anyhow::Result<usize> {
    let limit = plan.limit.unwrap_or(usize::MAX);
    let question = plan.asked.question(plan.order(), plan.limit);
    let mut found = search.find(&question, collections);
    let mut around = Around::new(plan, search);
    let mut matches = 0;
    while matches < limit
        && let Some(row) = found.advance()?
    {
        let name = collections.get(row.collection).map_or("", String::as_str);
        around.take((row.collection, name), row.document, emit)?;
        matches += 1;
    }
    tell_damage(found.damage());
    Ok(matches)
}

/// Rows that were read newest first and are printed newest last.
#[derive(Default)]
struct Held {
    batch: Batch,
    /// The collection and the group of each.
    places: Vec<(usize, u64)>,
}

impl Held {
    fn push(&mut self, row: Picked<'_>) -> anyhow::Result<()> {
        if self.batch.as_bytes().len() + row.document.as_bytes().len() > MAX_HELD_BYTES {
            return Err(usage(format!(
                "the newest {} records take more than {} MiB; ask for fewer with -n, or use --since \
                 or --reverse, which need not hold them",
                self.places.len(),
                MAX_HELD_BYTES / (1024 * 1024)
            )));
        }
        self.batch.push(row.document);
        self.places.push((row.collection, row.group));
        Ok(())
    }

    fn newest_last(&self) -> impl Iterator<Item = Picked<'_>> {
        let rows = self.batch.iter().rev().zip(self.places.iter().rev());
        rows.map(|(document, &(collection, group))| Picked { collection, document, group })
    }
}
