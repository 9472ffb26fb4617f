use super::cut::Cut;
use super::limits::THINNED_PERCENT;
use super::{Level, Overflow, Quota, Usage};
use crate::pack::{PackError, Plan, Session, Watch, pack};
use crate::report::Reporter;
use std::collections::BTreeMap;
use woodpile_record::{Batch, Severity};
use woodpile_store::{BlockEntry, Identity, Store, StoreError};

/// What goes first, from the oldest to the youngest record, and what only then; at last, anything.
const BELOW: [Option<Severity>; 3] = [Some(Severity::INFO), Some(Severity::WARN), None];

/// Records that were removed to make room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thinned {
    /// Where they were.
    pub collection: String,
    /// How many.
    pub records: u64,
    /// The last event of them, milliseconds since 1970.
    pub last: i64,
}

/// Makes room in a store whose quota is nearly used up, if its owner chose that: packs everything as small as it
/// gets; where that is not enough, removes records of the collections that are packed unasked, the oldest and least
/// severe first, until a tenth of the quota is free. Each collection gets a record that says what it lost.
///
/// # Errors
/// As [`pack`](crate::pack()); what was removed until then is told.
pub fn thin(store: &dyn Store, watch: &mut dyn Watch) -> Result<Vec<Thinned>, PackError> {
    let Some(Usage { quota, .. }) = Usage::of(store)?.filter(is_to_be_thinned) else {
        return Ok(Vec::new());
    };
    let mut thinning = Thinning { store, watch, excess: 0, gone: BTreeMap::new() };
    let done = thinning.make_room(quota);
    let gone: Vec<_> = thinning.gone.into_values().collect();
    tell(store, quota, &gone)?;
    done.map(|()| gone)
}

fn is_to_be_thinned(usage: &Usage) -> bool {
    usage.quota.overflow == Overflow::Thin && usage.level() >= Level::Close
}

/// A record in each collection that lost some.
fn tell(store: &dyn Store, quota: Quota, gone: &[Thinned]) -> Result<(), StoreError> {
    let reporter = Reporter::new();
    for thinned in gone {
        let mut batch = Batch::new();
        batch.push(reporter.report_thinned(thinned, quota.bytes).as_document());
        store.append(&[(thinned.collection.as_str(), &batch)], Identity::Fresh)?;
    }
    Ok(())
}

struct Thinning<'s> {
    store: &'s dyn Store,
    watch: &'s mut dyn Watch,
    /// Bytes that have to go.
    excess: u64,
    gone: BTreeMap<String, Thinned>,
}

impl Thinning<'_> {
    fn make_room(&mut self, quota: Quota) -> Result<(), PackError> {
        let collections = self.collections()?;
        for collection in &collections {
            pack(self.store, collection, Plan::ALL, self.watch)?;
        }
        self.store.tidy()?;
        let Some(usage) = Usage::of(self.store)? else { return Ok(()) };
        self.excess = usage.used.saturating_sub(quota.bytes / 100 * THINNED_PERCENT);
        for below in BELOW {
            while self.excess > 0 && self.remove(&collections, below)? {}
        }
        self.store.tidy()?;
        Ok(())
    }

    fn collections(&self) -> Result<Vec<String>, StoreError> {
        let mut own = Vec::new();
        for stats in self.store.collections()? {
            if self.store.is_packed_unasked(&stats.name)? {
                own.push(stats.name);
            }
        }
        Ok(own)
    }

    /// Removes what is less severe, from the oldest block on, until enough is gone; false if nothing went.
    fn remove(&mut self, names: &[String], below: Option<Severity>) -> Result<bool, PackError> {
        let before = self.removed();
        let mut blocks = Vec::new();
        for name in names {
            let of_one = self.store.blocks(name)?;
            blocks.extend(of_one.into_iter().map(|block| (name.as_str(), block)));
        }
        blocks.sort_by_key(|(_, block)| block.first);
        for (name, block) in blocks {
            if self.excess == 0 {
                break;
            }
            match self.remove_from(name, &block, below) {
                // What cannot be read stays, and what can be makes room.
                Err(PackError::Block { .. }) => {}
                removed => removed?,
            }
        }
        Ok(self.removed() > before)
    }

    fn removed(&self) -> u64 {
        self.gone.values().map(|thinned| thinned.records).sum()
    }

    fn remove_from(
        &mut self,
        collection: &str,
        block: &BlockEntry,
        below: Option<Severity>,
    ) -> Result<(), PackError> {
        let mut cut = Cut::new(block, self.excess, below);
        let mut session = Session::open(self.store, collection, self.watch)?;
        if !session.has(block, |record| cut.concerns(record))? {
            return Ok(());
        }
        let left = session.forget(block, |record| cut.takes(record))?;
        drop(session);
        self.excess = self.excess.saturating_sub(block.bytes.saturating_sub(left));
        self.count(collection, &cut);
        Ok(())
    }

    fn count(&mut self, collection: &str, cut: &Cut) {
        let none = || Thinned { collection: collection.to_owned(), records: 0, last: i64::MIN };
        let thinned = self.gone.entry(collection.to_owned()).or_insert_with(none);
        thinned.records += cut.records;
        thinned.last = thinned.last.max(cut.last);
    }
}
