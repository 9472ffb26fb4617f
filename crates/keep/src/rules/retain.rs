use super::cutoff::{Cutoff, Finder};
use super::{Rules, Scope};
use crate::pack::{Forgotten, PackError, Session, Watch};
use std::collections::HashMap;
use std::iter::zip;
use woodpile_record::{ObjectId, RawDocument, event_time};
use woodpile_store::{BlockEntry, BlockId, CollectionStats, Prune, Store};

/// What was seen in blocks, so that they are not read again before some of their records are due.
#[derive(Debug, Default)]
pub struct Retention {
    /// The rules that this holds for.
    version: Option<ObjectId>,
    seen: HashMap<String, HashMap<BlockId, Earliest>>,
}

/// The first event of a block's records that each limit holds for.
type Earliest = Vec<i64>;

/// Removes from a collection what the rules keep no longer, hot and packed; `now` is in milliseconds since 1970.
///
/// # Errors
/// As [`pack`](crate::pack()). What was removed until then is gone.
pub fn retain(
    store: &dyn Store,
    stats: &CollectionStats,
    rules: &dyn Rules,
    now: i64,
    memory: (&mut Retention, &mut dyn Watch),
) -> Result<Forgotten, PackError> {
    let (retention, watch) = memory;
    if rules.limits().is_empty() || rules.limit_of_all(&stats.name) == Scope::Nothing {
        return Ok(Forgotten::default());
    }
    let finder = Finder { store, rules, stats, now };
    let mut cutoffs = Vec::new();
    for limit in 0..rules.limits().len() {
        cutoffs.push(finder.find(limit, &mut || watch.goes_on())?);
    }
    let due = Due { rules, collection: &stats.name, cutoffs };
    let Some(last) = due.last() else { return Ok(Forgotten::default()) };
    let prune = Prune { since: None, until: Some(last.saturating_add(1)) };
    let mut session = Session::open(store, &stats.name, watch)?;
    session.forget_hot(&prune, &mut |record| due.takes(record))?;
    let blocks = session.blocks()?;
    let seen = retention.of(rules, &stats.name);
    seen.retain(|id, _| blocks.iter().any(|block| block.id == *id));
    for block in blocks.iter().filter(|block| prune.overlaps(block.first, block.last)) {
        due.take_from(block, seen, &mut session)?;
    }
    Ok(session.forgotten())
}

impl Retention {
    fn of(&mut self, rules: &dyn Rules, collection: &str) -> &mut HashMap<BlockId, Earliest> {
        if self.version != rules.version() {
            *self = Self { version: rules.version(), seen: HashMap::new() };
        }
        self.seen.entry(collection.to_owned()).or_default()
    }
}

/// What goes of a collection.
struct Due<'r> {
    rules: &'r dyn Rules,
    collection: &'r str,
    /// For each limit.
    cutoffs: Vec<Option<Cutoff>>,
}

impl Due<'_> {
    /// No record after this time goes.
    fn last(&self) -> Option<i64> {
        self.cutoffs.iter().flatten().map(|cutoff| cutoff.time).max()
    }

    fn takes(&self, record: &RawDocument) -> bool {
        let limit = self.rules.limit_of(self.collection, record);
        self.takes_of(limit, record)
    }

    fn takes_of(&self, limit: Option<usize>, record: &RawDocument) -> bool {
        let cutoff = limit.and_then(|limit| self.cutoffs[limit].as_ref());
        cutoff.is_some_and(|cutoff| cutoff.is_after(record))
    }

    fn take_from(
        &self,
        block: &BlockEntry,
        seen: &mut HashMap<BlockId, Earliest>,
        session: &mut Session<'_>,
    ) -> Result<(), PackError> {
        if self.takes_whole(block) {
            return session.forget_whole(block);
        }
        if seen.get(&block.id).is_some_and(|earliest| !self.is_due(earliest)) {
            return Ok(());
        }
        let mut earliest = vec![i64::MAX; self.cutoffs.len()];
        let goes = session.has_or_leave(block, |record| {
            let limit = self.rules.limit_of(self.collection, record);
            if let Some(limit) = limit {
                earliest[limit] = earliest[limit].min(event_time(record));
            }
            self.takes_of(limit, record)
        })?;
        if goes {
            return session.forget_or_leave(block, |record| self.takes(record));
        }
        seen.insert(block.id, earliest);
        Ok(())
    }

    /// Whether all of the block goes, whatever its records say.
    fn takes_whole(&self, block: &BlockEntry) -> bool {
        let Scope::All(limit) = self.rules.limit_of_all(self.collection) else { return false };
        self.cutoffs[limit].as_ref().is_some_and(|cutoff| block.last < cutoff.time)
    }

    fn is_due(&self, earliest: &Earliest) -> bool {
        let mut of_each = zip(earliest, &self.cutoffs);
        of_each.any(|(earliest, cutoff)| cutoff.as_ref().is_some_and(|at| *earliest <= at.time))
    }
}
