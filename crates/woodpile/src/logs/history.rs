//! What is in the store already.

use super::Plan;
use super::select::{Picked, Place, pick};
use crate::exit::usage;
use crate::merge::Merged;
use crate::output::Printer;
use crate::screen::Screen;
use woodpile_record::{Batch, RawDocument};
use woodpile_store::{Order, Store};

/// The most bytes of records that are held to be printed in the other order.
const MAX_HELD_BYTES: usize = 256 * 1024 * 1024;

/// Prints what matches and returns how many records did; `seen` is shown each record that is printed.
pub(super) fn print(
    plan: &Plan,
    store: &dyn Store,
    collections: &[String],
    printer: &Printer,
    seen: &mut dyn FnMut(&RawDocument),
) -> anyhow::Result<u64> {
    let mut page = Page { plan, collections, printer, screen: Screen::new(), last: None };
    page.screen.write(printer.header().unwrap_or_default())?;
    let mut rows = Merged::open(store, collections, &plan.prune, plan.order())?;
    let matches = if plan.order() == Order::NewestFirst && !plan.newest_first {
        let mut held = Held::default();
        let matches = pick(plan, &mut rows, collections.len(), &mut |row| held.push(row))?;
        for row in held.newest_last() {
            seen(row.document);
            page.print(row)?;
        }
        matches
    } else {
        pick(plan, &mut rows, collections.len(), &mut |row| {
            seen(row.document);
            page.print(row)
        })?
    };
    page.screen.flush()?;
    Ok(matches)
}

/// Prints row after row.
struct Page<'p> {
    plan: &'p Plan,
    collections: &'p [String],
    printer: &'p Printer,
    screen: Screen,
    last: Option<Place>,
}

impl Page<'_> {
    fn print(&mut self, row: Picked<'_>) -> anyhow::Result<()> {
        let with_context = self.plan.before + self.plan.after > 0;
        if with_context && self.last.is_some_and(|last| !last.is_beside(row.place)) {
            self.screen.write(self.printer.separator())?;
        }
        self.last = Some(row.place);
        let collection = self.collections.get(row.place.collection).map_or("", String::as_str);
        self.screen.print(self.printer, collection, row.document)?;
        Ok(())
    }
}

/// Rows that were read newest first and are printed newest last.
#[derive(Default)]
struct Held {
    batch: Batch,
    places: Vec<Place>,
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
        self.places.push(row.place);
        Ok(())
    }

    fn newest_last(&self) -> impl Iterator<Item = Picked<'_>> {
        let rows = self.batch.iter().rev().zip(self.places.iter().rev());
        rows.map(|(document, place)| Picked { document, place: *place })
    }
}
