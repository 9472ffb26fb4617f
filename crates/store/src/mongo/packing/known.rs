//! Which records blocks have. The root's ranges and the blocks' own ids say where to look; only groups of rows in which
//! an id is found are unpacked.

use super::super::MongoStore;
use super::bytes::MongoBlock;
use super::root::Stored;
use super::stored::Opened;
use crate::StoreError;
use crate::order::id_element;
use std::collections::{BTreeSet, HashMap};
use woodpile_record::{Batch, RawDocument};

/// What blocks have of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// Nothing.
    New,
    /// Its id with other bytes.
    Conflict,
    /// The record.
    Copy,
}

/// Whether the first record, out of a block, is the second one.
type IsSame = fn(&RawDocument, &RawDocument) -> bool;

/// Looks records up in blocks. A block that is damaged is taken not to have them: that it is damaged is told elsewhere.
pub(super) fn look_up<'b>(
    store: &MongoStore,
    collection: &str,
    blocks: impl IntoIterator<Item = &'b Stored>,
    batch: &Batch,
    is_same: IsSame,
) -> Result<Vec<Fate>, StoreError> {
    let mut wanted = Wanted::new(batch, is_same);
    for block in blocks {
        let elements = wanted.of(block);
        if elements.is_empty() {
            continue;
        }
        let bytes = MongoBlock::new(store, collection, block.clone());
        match wanted.look_through(bytes, &elements) {
            Err(StoreError::Damaged { .. }) => {}
            looked => looked?,
        }
    }
    Ok(wanted.fates)
}

/// Parts a batch into what blocks have, byte for byte, and the rest.
pub(super) fn part(
    store: &MongoStore,
    collection: &str,
    blocks: &[Stored],
    batch: &Batch,
) -> Result<(Batch, Batch), StoreError> {
    let fates = look_up(store, collection, blocks, batch, |a, b| a.as_bytes() == b.as_bytes())?;
    let copies = chosen(batch, &fates, |fate| fate == Fate::Copy);
    Ok((copies, chosen(batch, &fates, |fate| fate != Fate::Copy)))
}

/// The records with a fate that is asked for.
pub(super) fn chosen(batch: &Batch, fates: &[Fate], is_wanted: impl Fn(Fate) -> bool) -> Batch {
    let records = batch.iter().zip(fates).filter(|(_, fate)| is_wanted(**fate));
    records.map(|(record, _)| record).collect()
}

/// Records that are looked for.
struct Wanted<'b> {
    batch: &'b Batch,
    by_id: HashMap<&'b [u8], Vec<usize>>,
    fates: Vec<Fate>,
    is_same: IsSame,
}

impl<'b> Wanted<'b> {
    fn new(batch: &'b Batch, is_same: IsSame) -> Self {
        let mut by_id: HashMap<_, Vec<usize>> = HashMap::new();
        for (index, record) in batch.iter().enumerate() {
            by_id.entry(id_element(record).unwrap_or_default()).or_default().push(index);
        }
        Self { batch, by_id, fates: vec![Fate::New; batch.len()], is_same }
    }

    /// The ids that a block may have.
    fn of(&self, block: &Stored) -> Vec<&'b [u8]> {
        let may_hold =
            |record: &&RawDocument| block.ids.may_hold(record, block.entry.first, block.entry.last);
        self.batch.iter().filter(may_hold).filter_map(id_element).collect()
    }

    fn look_through(
        &mut self,
        bytes: MongoBlock<'_>,
        elements: &[&[u8]],
    ) -> Result<(), StoreError> {
        let block = Opened::new(bytes)?;
        let groups: BTreeSet<usize> = block.groups_with(elements)?;
        for group in groups {
            block.unpack(group)?.iter().for_each(|record| self.meet(record));
        }
        Ok(())
    }

    fn meet(&mut self, packed: &RawDocument) {
        let same_id = id_element(packed).and_then(|id| self.by_id.get(id));
        for &index in same_id.into_iter().flatten() {
            let is_same =
                self.batch.get(index).is_some_and(|wanted| (self.is_same)(packed, wanted));
            match self.fates.get_mut(index) {
                Some(fate) if is_same => *fate = Fate::Copy,
                Some(fate @ Fate::New) => *fate = Fate::Conflict,
                _ => {}
            }
        }
    }
}
