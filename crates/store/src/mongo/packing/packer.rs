use super::super::limits::{CHUNK_BYTES, GARBAGE_STAYS, PORTION_BYTES, PORTION_RECORDS};
use super::super::load::Load;
use super::super::read::Reader;
use super::super::{MongoStore, append, collections};
use super::bytes::MongoBlock;
use super::ids::IdRange;
use super::portion::Portions;
use super::root::{Root, Stored};
use super::stored::{Opened, unknown};
use super::{chunks, hot, known, lease, roots};
use crate::{BlockEntry, BlockId, HotPortion, NewBlock, Order, Packing, Prune, StoreError};
use bson::oid::ObjectId;
use std::time::{SystemTime, UNIX_EPOCH};
use woodpile_record::{Batch, RawDocument};

/// After so many portions that are only looked through, the lease is kept.
const RENEW_EVERY: usize = 8;

/// How many blocks a holder of the lease can make.
const IDS_OF_AN_EPOCH: i64 = 1 << 24;

/// The lease on a collection, and its root as this holder left it.
#[derive(Debug)]
pub(in super::super) struct MongoPacking<'s> {
    store: &'s MongoStore,
    root: Root,
    owner: ObjectId,
    /// How many block ids were used.
    used: i64,
    /// Whether a swap broke off, so that nobody knows whether it took place.
    unsettled: bool,
    portions: Portions,
    /// Dirty blocks that cannot be read: they stay as they are.
    unreadable: Vec<BlockId>,
}

impl<'s> MongoPacking<'s> {
    /// Takes the lease, and finishes what the last holder left; `None` where another has it.
    pub(in super::super) fn start(
        store: &'s MongoStore,
        collection: &str,
    ) -> Result<Option<Self>, StoreError> {
        let (name, sightings) = (collection.to_owned(), store.sightings.clone());
        let patience = store.patience;
        let taken = store.run(move |session| async move {
            if collections::is_capped(&session, &name).await? {
                return Err(capped(&name));
            }
            lease::take(&session, &name, &sightings, patience).await
        })?;
        let Some(owner) = taken else { return Ok(None) };
        let mut packing = Self {
            store,
            root: Root::new(collection),
            owner,
            used: 0,
            unsettled: false,
            portions: Portions::default(),
            unreadable: Vec::new(),
        };
        packing.take_over()?;
        Ok(Some(packing))
    }

    fn collection(&self) -> String {
        self.root.collection.clone()
    }

    fn take_over(&mut self) -> Result<(), StoreError> {
        let collection = self.collection();
        self.root = self
            .store
            .run(|session| async move { roots::take_over(&session, &collection).await })?;
        self.finish()?;
        self.drop_garbage()?;
        let (root, before) = (self.root.clone(), self.next_id());
        self.store.run(move |session| async move {
            let is_known = |id| root.find(id).is_some();
            chunks::remove_unknown(&session, &root.collection, before, is_known).await
        })
    }

    fn next_id(&self) -> BlockId {
        BlockId(self.root.epoch * IDS_OF_AN_EPOCH + self.used)
    }

    /// Finishes dirty blocks: what is left of their hot copies is deleted.
    fn finish(&mut self) -> Result<(), StoreError> {
        self.settle()?;
        let is_left =
            |block: &&Stored| block.entry.dirty && !self.unreadable.contains(&block.entry.id);
        let dirty: Vec<Stored> = self.root.blocks.iter().filter(is_left).cloned().collect();
        for block in dirty {
            let id = block.entry.id;
            match self.finish_block(block) {
                Err(StoreError::Damaged { .. }) => self.unreadable.push(id),
                finished => finished?,
            }
        }
        Ok(())
    }

    fn finish_block(&mut self, block: Stored) -> Result<(), StoreError> {
        let id = block.entry.id;
        let opened = Opened::new(MongoBlock::new(self.store, &self.root.collection, block))?;
        for group in 0..opened.groups().len() {
            self.remove_hot(&opened.unpack(group)?)?;
        }
        self.set_clean(id)
    }

    fn remove_hot(&self, records: &Batch) -> Result<(), StoreError> {
        let (collection, owner, records) =
            (self.collection(), self.owner, hot::one_by_one(records));
        self.store.run(move |session| async move {
            hot::remove(&session, &collection, owner, &records).await
        })
    }

    fn set_clean(&mut self, id: BlockId) -> Result<(), StoreError> {
        let mut next = self.root.clone();
        next.set_dirty(id, false);
        self.swap(next)
    }

    /// Removes the chunks of blocks that are no more and that nobody reads any longer.
    fn drop_garbage(&mut self) -> Result<(), StoreError> {
        let stays = i64::try_from(GARBAGE_STAYS.as_millis()).unwrap_or(i64::MAX);
        let mut next = self.root.clone();
        let buried = next.bury(now().saturating_sub(stays));
        if buried.is_empty() {
            return Ok(());
        }
        self.swap(next)?;
        buried.iter().try_for_each(|block| self.remove_chunks(block))
    }

    fn remove_chunks(&self, block: &Stored) -> Result<(), StoreError> {
        let (collection, block) = (self.collection(), block.clone());
        self.store.run(|session| async move { chunks::remove(&session, &collection, &block).await })
    }

    /// Writes a block's chunks, which nobody sees before the root names them.
    fn write(&mut self, block: NewBlock, ids: IdRange, dirty: bool) -> Result<Stored, StoreError> {
        let entry = BlockEntry {
            id: self.next_id(),
            records: block.records,
            first: block.first,
            last: block.last,
            bytes: block.bytes.len() as u64,
            message_bytes: block.message_bytes,
            dirty,
        };
        self.used += 1;
        let (collection, id) = (self.collection(), entry.id);
        self.store.run(move |session| async move {
            chunks::write(&session, &collection, id, &block.bytes).await
        })?;
        self.store.steps.taken("chunks written");
        Ok(Stored { entry, ids, chunk_bytes: CHUNK_BYTES as u64 })
    }

    /// Makes a root with these new blocks the current one; if it cannot be, their chunks are discarded.
    fn swap_in(&mut self, mut next: Root, new: &[Stored]) -> Result<(), StoreError> {
        next.add(new);
        let swapped = self.swap(next);
        // A swap that broke off may still take place: then the next holder knows what is to be discarded.
        if swapped.is_err() && !self.unsettled {
            new.iter().try_for_each(|block| self.remove_chunks(block))?;
        }
        swapped
    }

    /// Makes a root the current one.
    fn swap(&mut self, mut next: Root) -> Result<(), StoreError> {
        let generation = self.root.version.generation;
        next.version.generation = generation + 1;
        let swapped = self.store.run(move |session| async move {
            let swapped = roots::swap(&session, &next, generation).await?;
            Ok(swapped.then_some(next))
        });
        match swapped {
            Ok(Some(current)) => {
                self.root = current;
                Ok(())
            }
            Ok(None) => Err(self.lost()),
            Err(error @ StoreError::Rejected { .. }) => Err(error),
            Err(error) => {
                self.unsettled = true;
                Err(error)
            }
        }
    }

    /// Finds out whether a swap that broke off took place.
    fn settle(&mut self) -> Result<(), StoreError> {
        if !self.unsettled {
            return Ok(());
        }
        self.renew()?;
        let collection = self.collection();
        let current =
            self.store.run(|session| async move { roots::load(&session, &collection).await })?;
        let current = current.filter(|root| root.epoch == self.root.epoch);
        self.root = current.ok_or_else(|| self.lost())?;
        // One that is still on its way to the server comes too late after this.
        self.swap(self.root.clone())?;
        self.unsettled = false;
        Ok(())
    }

    fn lost(&self) -> StoreError {
        lease::lost(&self.store.session, &self.root.collection)
    }

    fn holds_all(&self, ids: &[BlockId]) -> Result<(), StoreError> {
        let missing = ids.iter().find(|id| !self.root.holds(**id));
        missing.map_or(Ok(()), |id| Err(unknown(self.store, &self.root.collection, *id)))
    }

    fn open_hot(&self, prune: Prune) -> Result<Reader, StoreError> {
        let collection = self.collection();
        self.store.run(move |session| async move {
            Reader::open(session, &collection, prune, Order::OldestFirst).await
        })
    }

    /// The next hot records; copies of what blocks have are deleted on the way.
    fn new_portion(&mut self, max_records: usize, max_bytes: usize) -> Result<Batch, StoreError> {
        loop {
            let batch = self.portions.next(self.store, &self.root, max_records, max_bytes)?;
            let (copies, new) =
                known::part(self.store, &self.root.collection, &self.root.blocks, &batch)?;
            if copies.is_empty() {
                return Ok(batch);
            }
            self.remove_hot(&copies)?;
            if !new.is_empty() {
                return Ok(new);
            }
            self.portions.go_on();
        }
    }

    fn check_all_hot(&self, block: BlockId, records: &Batch) -> Result<(), StoreError> {
        let (collection, records) = (self.collection(), hot::one_by_one(records));
        let missing = self
            .store
            .run(|session| async move { hot::missing(&session, &collection, &records).await })?;
        if missing == 0 {
            return Ok(());
        }
        Err(self.failed(format!(
            "{missing} records of block {} of {} are not in the collection after they were put back: the block \
             stays; unpack it again",
            block.0, self.root.collection
        )))
    }

    /// A block and the records that it is to be exchanged for have to be the same.
    fn check_count(&self, records: usize, of_block: u64) -> Result<(), StoreError> {
        if records as u64 == of_block {
            return Ok(());
        }
        Err(self.failed(format!(
            "{records} records of {} were given for a block of {of_block}: nothing was changed",
            self.root.collection
        )))
    }

    fn failed(&self, reason: String) -> StoreError {
        StoreError::Failed { location: self.store.session.target.location.clone(), reason }
    }
}

impl Packing for MongoPacking<'_> {
    fn renew(&mut self) -> Result<(), StoreError> {
        let (collection, owner) = (self.collection(), self.owner);
        let renewed = self
            .store
            .run(move |session| async move { lease::beat(&session, &collection, owner).await });
        renewed.map(drop)
    }

    fn hot(&mut self, max_records: usize, max_bytes: usize) -> Result<HotPortion, StoreError> {
        self.finish()?;
        let batch = self.new_portion(max_records, max_bytes)?;
        Ok(HotPortion { batch, keys: Vec::new() })
    }

    fn pack(&mut self, portion: HotPortion, block: NewBlock) -> Result<BlockId, StoreError> {
        self.finish()?;
        self.check_count(portion.batch.len(), block.records)?;
        let block = self.write(block, IdRange::of(&portion.batch), true)?;
        let id = block.entry.id;
        self.swap_in(self.root.clone(), &[block])?;
        self.store.steps.taken("swapped in as dirty");
        self.remove_hot(&portion.batch)?;
        self.store.steps.taken("hot copies deleted");
        self.set_clean(id)?;
        self.store.steps.taken("swapped to clean");
        self.portions.go_on();
        Ok(id)
    }

    fn replace(&mut self, old: &[BlockId], new: Vec<NewBlock>) -> Result<(), StoreError> {
        self.finish()?;
        self.holds_all(old)?;
        let replaced = self.root.blocks.iter().filter(|block| old.contains(&block.entry.id));
        let ids = replaced.fold(IdRange::default(), |ids, block| ids.union(block.ids));
        let new: Result<Vec<_>, _> =
            new.into_iter().map(|block| self.write(block, ids, false)).collect();
        let mut next = self.root.clone();
        next.retire(old, now());
        self.swap_in(next, &new?)?;
        self.store.steps.taken("replaced");
        self.drop_garbage()
    }

    /// Only documents with the same bytes are deleted: what another client changed meanwhile is asked again next time.
    fn forget_hot(
        &mut self,
        prune: &Prune,
        goes: &mut dyn FnMut(&RawDocument) -> bool,
    ) -> Result<u64, StoreError> {
        self.finish()?;
        self.portions = Portions::default();
        let (mut reader, mut gone) = (self.open_hot(*prune)?, 0);
        for portion in 1_usize.. {
            if portion.is_multiple_of(RENEW_EVERY) {
                self.renew()?;
            }
            let (rows, next) = self.store.run(move |_| async move {
                let rows = reader.rows(PORTION_RECORDS, PORTION_BYTES).await?;
                Ok((rows, reader))
            })?;
            if rows.is_empty() {
                break;
            }
            reader = next;
            let documents = rows.iter().map(|row| -> &RawDocument { &row.document });
            let going: Batch =
                documents.filter(|document| hot::is_nameable(document) && goes(document)).collect();
            self.remove_hot(&going)?;
            gone += going.len() as u64;
        }
        Ok(gone)
    }

    /// The block is dirty meanwhile: its copies count until all documents are back.
    fn unpack(&mut self, block: BlockId, records: &Batch) -> Result<(), StoreError> {
        self.finish()?;
        let of_block = self.root.blocks.iter().find(|found| found.entry.id == block);
        let of_block = of_block.ok_or_else(|| unknown(self.store, &self.root.collection, block))?;
        self.check_count(records.len(), of_block.entry.records)?;
        let load = Load::of(&self.root.collection, records)?;
        let mut next = self.root.clone();
        next.set_dirty(block, true);
        next.version.unpacked += 1;
        self.swap(next)?;
        self.store.steps.taken("to be unpacked");
        self.store.run(|session| async move { append::append(&session, vec![load]).await })?;
        self.store.steps.taken("hot copies inserted");
        self.check_all_hot(block, records)?;
        let mut next = self.root.clone();
        next.retire(&[block], now());
        next.version.unpacked += 1;
        self.swap(next)?;
        self.store.steps.taken("swapped out");
        Ok(())
    }
}

impl Drop for MongoPacking<'_> {
    /// Gives the lease back; where that fails, it is taken from the dead.
    fn drop(&mut self) {
        let (collection, owner) = (self.collection(), self.owner);
        let _ = self
            .store
            .run(move |session| async move { lease::release(&session, &collection, owner).await });
    }
}

fn capped(collection: &str) -> StoreError {
    StoreError::Rejected {
        place: format!("packing {collection}"),
        reason: "it is a capped collection, whose records MongoDB itself drops in their order"
            .to_owned(),
    }
}

#[expect(clippy::disallowed_methods, reason = "the root says since when a block is no more")]
fn now() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(now.as_millis()).unwrap_or(i64::MAX)
}
