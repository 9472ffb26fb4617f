//! What arrives.

use super::{Plan, history};
use crate::merge;
use crate::output::Printer;
use crate::screen::Screen;
use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::process::ExitCode;
use std::time::Duration;
use woodpile_record::{RawDocument, View};
use woodpile_store::{Followed, Store};

/// How long one look for new records may wait.
const WAIT: Duration = Duration::from_secs(1);

/// Prints what is there and then what arrives, until Ctrl-C or until nobody reads it.
pub(super) fn print(plan: &Plan, store: &dyn Store, printer: &Printer) -> anyhow::Result<ExitCode> {
    // Following starts before history is read, so that nothing falls between them; what is in both is
    // printed once.
    let mut follower = store.follow()?;
    let mut shown = Shown::default();
    let collections = merge::collections(store, &plan.filter, &plan.prune)?;
    history::print(plan, store, &collections, printer, &mut |document| {
        shown.add(document);
    })?;
    let mut screen = Screen::new();
    loop {
        let news = follower.poll(WAIT)?;
        for followed in &news {
            print_batch(plan, followed, &mut shown, printer, &mut screen)?;
        }
        if news.is_empty() {
            shown.forget();
        }
        screen.flush()?;
    }
}

fn print_batch(
    plan: &Plan,
    followed: &Followed,
    shown: &mut Shown,
    printer: &Printer,
    screen: &mut Screen,
) -> anyhow::Result<()> {
    if !plan.filter.takes_collection(&followed.collection) {
        return Ok(());
    }
    for document in followed.batch.iter() {
        let wanted = plan.prune.keeps(View::of(document).time()) && plan.filter.matches(document);
        if wanted && !shown.remove(document) {
            screen.print(printer, &followed.collection, document)?;
        }
    }
    Ok(())
}

/// The records of history, told by a hash of their bytes, until all of them must have come by again.
#[derive(Default)]
struct Shown {
    hashes: HashSet<u64>,
    hasher: RandomState,
}

impl Shown {
    fn add(&mut self, document: &RawDocument) {
        self.hashes.insert(self.hasher.hash_one(document.as_bytes()));
    }

    fn remove(&mut self, document: &RawDocument) -> bool {
        !self.hashes.is_empty() && self.hashes.remove(&self.hasher.hash_one(document.as_bytes()))
    }

    /// Nothing is left to come that was in the store when history was read.
    fn forget(&mut self) {
        self.hashes = HashSet::new();
    }
}
