use super::limits::{ASK_EVERY, BEAT};
use super::plan::left_to_merge;
use super::{PackError, Plan, Watch};
use crate::clock;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Instant;
use woodpile_store::{BlockEntry, BlockId, Packing, Store, StoreError};

/// What packing did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Packed {
    /// Hot records that are in blocks now.
    pub packed: u64,
    /// Records of blocks that were merged.
    pub merged: u64,
    /// Blocks that could not be read, and so were left alone.
    pub left: Vec<PackError>,
}

/// The lease on a collection, and how far packing it is.
pub(crate) struct Session<'s> {
    pub(super) store: &'s dyn Store,
    pub(super) collection: &'s str,
    pub(super) packing: Box<dyn Packing + 's>,
    pub(super) report: Packed,
    pub(super) watch: &'s mut dyn Watch,
    /// Records that were removed for good.
    pub(super) forgotten: u64,
    renewed: Instant,
    done: u64,
    total: u64,
}

impl<'s> Session<'s> {
    pub(crate) fn open(
        store: &'s dyn Store,
        collection: &'s str,
        watch: &'s mut dyn Watch,
    ) -> Result<Self, PackError> {
        let packing = store.packing(collection)?;
        let packing =
            packing.ok_or_else(|| PackError::Busy { collection: collection.to_owned() })?;
        let report = Packed::default();
        let renewed = clock::now();
        let (forgotten, done, total) = (0, 0, 0);
        Ok(Self { store, collection, packing, report, watch, forgotten, renewed, done, total })
    }

    /// The blocks, by their first event, without those that could not be read.
    pub(crate) fn blocks(&self) -> Result<Vec<BlockEntry>, PackError> {
        let mut blocks = self.store.blocks(self.collection)?;
        blocks.retain(|block| !self.is_left(block.id));
        Ok(blocks)
    }

    fn is_left(&self, block: BlockId) -> bool {
        let is_this =
            |left: &PackError| matches!(left, PackError::Block { id, .. } if *id == block);
        self.report.left.iter().any(is_this)
    }

    /// Estimates how much there is to do.
    pub(super) fn expect_to_pack(&mut self, plan: Plan) -> Result<(), PackError> {
        let all = self.store.collections()?;
        let stats = all.iter().find(|stats| stats.name == self.collection);
        let hot = stats.map_or(0, |stats| stats.hot_records);
        let blocks = if plan.merges_all() { left_to_merge(&self.blocks()?) } else { 0 };
        self.expect(hot * plan.passes() + blocks);
        Ok(())
    }

    pub(super) fn expect(&mut self, records: u64) {
        self.total += records;
    }

    /// Does the work while another thread keeps the lease. The work stays on this one: what allocators keep for a thread
    /// is then kept once.
    pub(super) fn keep_during<T>(&mut self, work: impl FnOnce() -> T) -> Result<T, PackError> {
        self.renew()?;
        let packing = &mut *self.packing;
        let (working, is_done) = sync_channel(0);
        let (made, kept) = thread::scope(|scope| {
            let keeper = scope.spawn(move || keep_lease(packing, &is_done));
            let made = catch_unwind(AssertUnwindSafe(work));
            drop(working);
            (made, keeper.join())
        });
        kept.map_err(|_| PackError::Panicked)??;
        made.map_err(|_| PackError::Panicked)
    }

    fn renew(&mut self) -> Result<(), PackError> {
        self.packing.renew()?;
        self.renewed = clock::now();
        Ok(())
    }

    /// Counts records as done, keeps the lease, and asks whether to go on.
    pub(super) fn advance(&mut self, records: u64) -> Result<(), PackError> {
        if self.renewed.elapsed() >= BEAT {
            self.renew()?;
        }
        self.done += records;
        self.watch.progress(self.done, self.total.max(self.done));
        self.ask()
    }

    pub(super) fn ask(&mut self) -> Result<(), PackError> {
        if self.watch.goes_on() { Ok(()) } else { Err(PackError::Stopped) }
    }

    /// Counts one record of many.
    pub(super) fn step(&mut self, number: u64) -> Result<(), PackError> {
        if number.is_multiple_of(ASK_EVERY) { self.advance(ASK_EVERY) } else { Ok(()) }
    }

    pub(super) fn finish(self) -> Packed {
        self.report
    }
}

/// Says again and again that the lease is held, until the work is done.
fn keep_lease(packing: &mut dyn Packing, is_done: &Receiver<()>) -> Result<(), StoreError> {
    while is_done.recv_timeout(BEAT) == Err(RecvTimeoutError::Timeout) {
        packing.renew()?;
    }
    Ok(())
}
