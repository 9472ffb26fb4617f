use super::super::MongoStore;
use super::super::limits::{CHUNK_BYTES, GARBAGE_STAYS};
use super::super::load::Load;
use super::super::read::Reader;
use super::super::{append, collections};
use super::bytes::MongoBlock;
use super::root::{Lease, Root, Stored};
use super::stored::Opened;
use super::{chunks, hot, lease, root, stored};
use crate::{BlockEntry, BlockId, HotPortion, NewBlock, Order, Packing, Prune, StoreError};
use bson::oid::ObjectId;
use std::time::{SystemTime, UNIX_EPOCH};
use woodpile_record::Batch;

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
    hot: Option<Reader>,
    /// Whether the last portion of hot records was packed: the reader may go on then.
    packed: bool,
}

impl<'s> MongoPacking<'s> {
    /// Takes the lease, and finishes what the last holder left; `None` where another has it.
    pub(in super::super) fn start(
        store: &'s MongoStore,
        collection: &str,
    ) -> Result<Option<Self>, StoreError> {
        let (name, sightings, patience) =
            (collection.to_owned(), store.sightings.clone(), store.patience);
        let taken = store.run(move |session| async move {
            if collections::is_capped(&session, &name).await? {
                return Err(capped(&name));
            }
            lease::take(&session, &name, &sightings, patience).await
        })?;
        let Some(root) = taken else { return Ok(None) };
        let Some(Lease { owner, .. }) = root.lease else { return Ok(None) };
        let mut packing =
            Self { store, root, owner, used: 0, unsettled: false, hot: None, packed: false };
        packing.repair()?;
        Ok(Some(packing))
    }

    fn repair(&mut self) -> Result<(), StoreError> {
        self.finish()?;
        self.drop_garbage()?;
        let root = self.root.clone();
        self.store.run(|session| async move {
            let known = |id| root.find(id).is_some();
            chunks::remove_unknown(&session, &root.collection, known).await
        })
    }

    /// Deletes what is left of the hot copies of dirty blocks.
    fn finish(&mut self) -> Result<(), StoreError> {
        self.settle()?;
        while let Some(block) = self.root.blocks.iter().find(|block| block.dirty).cloned() {
            let id = block.entry.id;
            let bytes = MongoBlock::new(self.store, &self.root.collection, block);
            let opened = Opened::new(bytes)?;
            for group in 0..opened.groups().len() {
                self.remove_hot(&opened.unpack(group)?)?;
            }
            self.set_clean(id)?;
        }
        Ok(())
    }

    fn remove_hot(&mut self, records: &Batch) -> Result<(), StoreError> {
        self.renew()?;
        let (collection, records) = (self.root.collection.clone(), hot::unpacked(records));
        let remove = self
            .store
            .run(|session| async move { hot::remove(&session, &collection, &records).await });
        remove.map(drop)
    }

    fn set_clean(&mut self, id: BlockId) -> Result<(), StoreError> {
        let mut next = self.root.clone();
        for block in next.blocks.iter_mut().filter(|block| block.entry.id == id) {
            block.dirty = false;
        }
        self.swap(next)
    }

    /// Removes the chunks of blocks that are no more and that nobody reads any longer.
    fn drop_garbage(&mut self) -> Result<(), StoreError> {
        let stays = i64::try_from(GARBAGE_STAYS.as_millis()).unwrap_or(i64::MAX);
        let oldest = now().saturating_sub(stays);
        let mut next = self.root.clone();
        let dropped: Vec<_> =
            next.garbage.extract_if(.., |garbage| garbage.since < oldest).collect();
        if dropped.is_empty() {
            return Ok(());
        }
        self.swap(next)?;
        dropped.into_iter().try_for_each(|garbage| self.remove_chunks(garbage.block))
    }

    fn remove_chunks(&self, block: Stored) -> Result<(), StoreError> {
        let collection = self.root.collection.clone();
        self.store.run(|session| async move { chunks::remove(&session, &collection, &block).await })
    }

    /// Writes a block's chunks, which nobody sees before the root names them.
    fn write(&mut self, block: NewBlock, dirty: bool) -> Result<Stored, StoreError> {
        let entry = BlockEntry {
            id: BlockId(self.root.epoch * IDS_OF_AN_EPOCH + self.used),
            records: block.records,
            first: block.first,
            last: block.last,
            bytes: block.bytes.len() as u64,
            message_bytes: block.message_bytes,
            dirty: false,
        };
        self.used += 1;
        let (collection, id) = (self.root.collection.clone(), entry.id);
        self.store.run(move |session| async move {
            chunks::write(&session, &collection, id, &block.bytes).await
        })?;
        self.store.steps.taken("chunks written");
        Ok(Stored { entry, dirty, chunk_bytes: CHUNK_BYTES as u64 })
    }

    /// Makes a root with these new blocks the current one; if it cannot be, their chunks are discarded.
    fn swap_in(&mut self, mut next: Root, new: &[Stored]) -> Result<(), StoreError> {
        next.blocks.extend_from_slice(new);
        next.blocks.sort_by_key(|block| (block.entry.first, block.entry.id));
        let swapped = self.swap(next);
        // A swap that broke off may still take place: then the next holder knows what is to be discarded.
        if swapped.is_err() && !self.unsettled {
            new.iter().try_for_each(|block| self.remove_chunks(block.clone()))?;
        }
        swapped
    }

    /// Makes a root the current one.
    fn swap(&mut self, mut next: Root) -> Result<(), StoreError> {
        let generation = self.root.version.generation;
        next.version.generation = generation + 1;
        next.lease = self.root.lease.map(|lease| Lease { owner: self.owner, beat: lease.beat + 1 });
        let swapped = self.store.run(move |session| async move {
            let swapped = root::swap(&session, &next, generation).await?;
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
        let collection = self.root.collection.clone();
        let current =
            self.store.run(|session| async move { root::load(&session, &collection).await })?;
        match current {
            Some(root) if root.lease.is_some_and(|lease| lease.owner == self.owner) => {
                self.root = root;
                self.unsettled = false;
                // One that is still on its way to the server comes too late after this.
                self.swap(self.root.clone())
            }
            _ => Err(self.lost()),
        }
    }

    fn lost(&self) -> StoreError {
        StoreError::Failed {
            location: self.store.session.target.location.clone(),
            reason: format!(
                "another process took over the packing of {}: nothing of this step was kept",
                self.root.collection
            ),
        }
    }

    /// The oldest hot records, from where the last portion ended if that was packed.
    fn portion(&mut self, max_records: usize, max_bytes: usize) -> Result<Batch, StoreError> {
        let (reader, collection) = (self.hot.take(), self.root.collection.clone());
        let (reader, batch) = self.store.run(move |session| async move {
            let mut reader = match reader {
                Some(reader) => reader,
                None => Reader::open(session, &collection, Prune::NONE, Order::OldestFirst).await?,
            };
            let mut batch = Batch::new();
            while batch.len() < max_records
                && let Some(row) = reader.next_within(room(&batch, max_bytes)).await?
            {
                if hot::is_nameable(&row.document) {
                    batch.push(&row.document);
                }
            }
            Ok((reader, batch))
        })?;
        self.hot = Some(reader);
        Ok(batch)
    }
}

impl Packing for MongoPacking<'_> {
    fn renew(&mut self) -> Result<(), StoreError> {
        let (collection, owner) = (self.root.collection.clone(), self.owner);
        let kept = self
            .store
            .run(move |session| async move { root::beat(&session, &collection, owner).await })?;
        if kept { Ok(()) } else { Err(self.lost()) }
    }

    fn hot(&mut self, max_records: usize, max_bytes: usize) -> Result<HotPortion, StoreError> {
        self.finish()?;
        let goes_on = std::mem::take(&mut self.packed) && self.hot.is_some();
        if !goes_on {
            self.hot = None;
        }
        let mut batch = self.portion(max_records, max_bytes)?;
        if batch.is_empty() && goes_on {
            // Meanwhile others may have come that happened before.
            self.hot = None;
            batch = self.portion(max_records, max_bytes)?;
        }
        Ok(HotPortion { batch, keys: Vec::new() })
    }

    fn pack(&mut self, portion: HotPortion, block: NewBlock) -> Result<BlockId, StoreError> {
        self.finish()?;
        let block = self.write(block, true)?;
        let id = block.entry.id;
        self.swap_in(self.root.clone(), &[block])?;
        self.store.steps.taken("swapped in as dirty");
        self.remove_hot(&portion.batch)?;
        self.store.steps.taken("hot copies deleted");
        self.set_clean(id)?;
        self.store.steps.taken("swapped to clean");
        self.packed = true;
        Ok(id)
    }

    fn replace(&mut self, old: &[BlockId], new: Vec<NewBlock>) -> Result<(), StoreError> {
        self.finish()?;
        if let Some(id) = old.iter().find(|id| !self.root.holds(**id)) {
            return Err(stored::unknown(self.store, &self.root.collection, *id));
        }
        let new: Result<Vec<_>, _> =
            new.into_iter().map(|block| self.write(block, false)).collect();
        let mut next = self.root.clone();
        next.retire(old, now());
        self.swap_in(next, &new?)?;
        self.store.steps.taken("replaced");
        self.drop_garbage()
    }

    fn unpack(&mut self, block: BlockId, records: &Batch) -> Result<(), StoreError> {
        self.finish()?;
        if !self.root.holds(block) {
            return Err(stored::unknown(self.store, &self.root.collection, block));
        }
        let load = Load::of(&self.root.collection, records)?;
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

impl MongoPacking<'_> {
    fn check_all_hot(&self, block: BlockId, records: &Batch) -> Result<(), StoreError> {
        let (collection, records) = (self.root.collection.clone(), hot::unpacked(records));
        let missing = self
            .store
            .run(|session| async move { hot::missing(&session, &collection, &records).await })?;
        if missing == 0 {
            return Ok(());
        }
        Err(StoreError::Failed {
            location: self.store.session.target.location.clone(),
            reason: format!(
                "{missing} records of block {} of {} are not in the collection after they were put \
                 back: the block stays; unpack it again",
                block.0, self.root.collection
            ),
        })
    }
}

impl Drop for MongoPacking<'_> {
    /// Gives the lease back; where that fails, it is taken from the dead.
    fn drop(&mut self) {
        let (collection, owner) = (self.root.collection.clone(), self.owner);
        let _ = self
            .store
            .run(move |session| async move { root::release(&session, &collection, owner).await });
    }
}

fn capped(collection: &str) -> StoreError {
    StoreError::Rejected {
        place: format!("packing {collection}"),
        reason: "it is a capped collection, whose records MongoDB itself drops in their order"
            .to_owned(),
    }
}

/// The bytes that still fit into a portion; one record always does.
fn room(batch: &Batch, max_bytes: usize) -> usize {
    if batch.is_empty() { usize::MAX } else { max_bytes.saturating_sub(batch.as_bytes().len()) }
}

#[expect(clippy::disallowed_methods, reason = "the root says since when a block is no more")]
fn now() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(now.as_millis()).unwrap_or(i64::MAX)
}
