//! Lets records into a store as far as its quota and its rules go.

use crate::exit::say;
use std::sync::{Arc, Mutex, PoisonError};
use woodpile_keep::{Guard, Notice, Rules, Rulings, Watch, thin};
use woodpile_record::Batch;
use woodpile_store::{Store, StoreError};

/// Every worker passes here before it appends.
#[derive(Debug)]
pub(super) struct Gate {
    guard: Mutex<Guard>,
    rulings: Mutex<Rulings>,
}

impl Gate {
    pub(super) fn new() -> Self {
        let rulings = Mutex::new(Rulings::new(woodpile_rules::READ));
        Self { guard: Mutex::default(), rulings }
    }

    /// The store's rules, if one of them is about records that are not stored yet.
    pub(super) fn rules(&self, store: &dyn Store) -> Result<Option<Arc<dyn Rules>>, StoreError> {
        let mut rulings = self.rulings.lock().unwrap_or_else(PoisonError::into_inner);
        let rules = rulings.current(store)?;
        rulings.news().iter().for_each(tell);
        Ok(rules.filter(|rules| rules.judges()))
    }

    /// Says why, where records are refused. Others wait while room is made for one.
    pub(super) fn admit(
        &self,
        store: &dyn Store,
        batches: &[(&str, &Batch)],
    ) -> Result<(), StoreError> {
        let bytes = batches.iter().map(|(_, batch)| batch.as_bytes().len() as u64).sum();
        let mut guard = self.guard.lock().unwrap_or_else(PoisonError::into_inner);
        let admitted = guard.admit(store, bytes);
        if let Some(news) = guard.news() {
            tell(&news);
        }
        match admitted {
            Err(full) if make_room(store) => guard.admit(store, bytes).map_err(|_| full),
            admitted => admitted,
        }
    }
}

/// Removes records, where the owner chose that; false if it could not be tried.
fn make_room(store: &dyn Store) -> bool {
    let thinned = thin(store, &mut Unwatched);
    let is_tried = thinned.is_ok();
    for thinned in thinned.unwrap_or_default() {
        tell(&Notice::Thinned(thinned));
    }
    is_tried
}

fn tell(notice: &Notice) {
    say(&format!("woodpile: {notice}"));
}

/// Nobody watches.
struct Unwatched;

impl Watch for Unwatched {
    fn progress(&mut self, _: u64, _: u64) {}

    fn goes_on(&mut self) -> bool {
        true
    }
}
