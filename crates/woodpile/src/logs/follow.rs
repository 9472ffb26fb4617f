//! What arrives.

use super::history;
use super::page::Page;
use super::plan::Plan;
use crate::output::Printer;
use crate::screen::Screen;
use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::process::ExitCode;
use std::time::Duration;
use woodpile_record::RawDocument;
use woodpile_search::Search;
use woodpile_store::Followed;

/// How long one look for new records may wait.
const WAIT: Duration = Duration::from_secs(1);

/// Prints what is there and then what arrives, until Ctrl-C or until nobody reads it.
pub(super) fn print(plan: &Plan, search: &Search, printer: &Printer) -> anyhow::Result<ExitCode> {
    // Following starts before history is read, so that nothing falls between them; what is in both is
    // printed once.
    let mut follower = search.store().follow()?;
    let mut shown = Shown::default();
    let mut page = Page::new(plan, printer, Screen::new())?;
    history::print(plan, search, &mut page, &mut |document| shown.add(document))?;
    loop {
        let news = follower.poll(WAIT)?;
        for followed in &news {
            print_batch(plan, followed, &mut shown, &mut page)?;
        }
        if news.is_empty() {
            shown.forget();
        }
        page.flush()?;
    }
}

fn print_batch(
    plan: &Plan,
    followed: &Followed,
    shown: &mut Shown,
    page: &mut Page<'_>,
) -> anyhow::Result<()> {
    let collection = &followed.collection;
    if !plan.asked.takes_collection(collection) {
        return Ok(());
    }
    for document in followed.batch.iter() {
        if plan.asked.matches(collection, document) && !shown.remove(document) {
            page.print(collection, document, 0)?;
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
