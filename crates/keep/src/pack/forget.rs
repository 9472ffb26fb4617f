use super::in_order::InOrder;
use super::limits::ASK_EVERY;
use super::merge::Size;
use super::session::Session;
use super::{PackError, Plan, Watch};
use woodpile_record::{RawDocument, event_time};
use woodpile_store::{BlockEntry, Prune, Store};

/// What was removed for good.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// How many records.
    pub records: u64,
    /// Blocks that could not be read, and so were left alone.
    pub left: Vec<PackError>,
}

/// Removes those records of a collection for good that go, hot and packed, of those that the prune leaves. Blocks that
/// have one are packed anew without it; every other record stays byte for byte.
///
/// What is done stays done if it fails or is stopped in the middle: doing it again does the rest.
///
/// # Errors
/// As [`pack`](super::pack()).
pub fn forget(
    store: &dyn Store,
    collection: &str,
    prune: &Prune,
    goes: &dyn Fn(&RawDocument) -> bool,
    watch: &mut dyn Watch,
) -> Result<Forgotten, PackError> {
    let mut session = Session::open(store, collection, watch)?;
    let blocks = session.blocks()?;
    let blocks: Vec<_> =
        blocks.into_iter().filter(|block| prune.overlaps(block.first, block.last)).collect();
    session.expect(blocks.iter().map(|block| block.records).sum());
    let goes = |record: &RawDocument| prune.keeps(event_time(record)) && goes(record);
    session.forget_hot(prune, &mut |record| goes(record))?;
    for block in &blocks {
        if session.has_or_leave(block, goes)? {
            session.forget_or_leave(block, goes)?;
        }
    }
    Ok(session.forgotten())
}

impl Session<'_> {
    /// Whether the block has a record that is wanted.
    pub(crate) fn has(
        &mut self,
        block: &BlockEntry,
        mut is_wanted: impl FnMut(&RawDocument) -> bool,
    ) -> Result<bool, PackError> {
        let mut records = InOrder::new(self.store, self.collection, std::slice::from_ref(block));
        let mut number = 0;
        while let Some(record) = records.next()? {
            if is_wanted(record) {
                return Ok(true);
            }
            number += 1;
            self.step(number)?;
        }
        Ok(false)
    }

    /// The same; a block that cannot be read is left alone.
    pub(crate) fn has_or_leave(
        &mut self,
        block: &BlockEntry,
        is_wanted: impl FnMut(&RawDocument) -> bool,
    ) -> Result<bool, PackError> {
        let has = self.has(block, is_wanted);
        self.leave(has).map(Option::unwrap_or_default)
    }

    /// Removes those of the block's records that go; gives how many bytes are left.
    pub(crate) fn forget(
        &mut self,
        block: &BlockEntry,
        goes: impl FnMut(&RawDocument) -> bool,
    ) -> Result<u64, PackError> {
        let run = std::slice::from_ref(block);
        let plan = Plan::ALL;
        let new = self.repack_without(run, plan.effort(), Size::of(plan), goes)?;
        let left = new.iter().map(|block| block.bytes.len() as u64).sum();
        self.forgotten += block.records - new.iter().map(|block| block.records).sum::<u64>();
        self.packing.renew()?;
        self.packing.forget(&[block.id], new)?;
        Ok(left)
    }

    /// The same; a block that cannot be read is left alone.
    pub(crate) fn forget_or_leave(
        &mut self,
        block: &BlockEntry,
        goes: impl FnMut(&RawDocument) -> bool,
    ) -> Result<(), PackError> {
        let left = self.forget(block, goes);
        self.leave(left).map(drop)
    }

    /// Removes a block with all its records, unread.
    pub(crate) fn forget_whole(&mut self, block: &BlockEntry) -> Result<(), PackError> {
        self.packing.renew()?;
        self.packing.forget(&[block.id], Vec::new())?;
        self.forgotten += block.records;
        Ok(())
    }

    /// Removes those hot records that go.
    pub(crate) fn forget_hot(
        &mut self,
        prune: &Prune,
        goes: &mut dyn FnMut(&RawDocument) -> bool,
    ) -> Result<(), PackError> {
        let Self { packing, watch, .. } = self;
        let (mut number, mut is_stopped) = (0_u64, false);
        self.forgotten += packing.forget_hot(prune, &mut |record| {
            number += 1;
            is_stopped |= number.is_multiple_of(ASK_EVERY) && !watch.goes_on();
            !is_stopped && goes(record)
        })?;
        if is_stopped { Err(PackError::Stopped) } else { Ok(()) }
    }

    /// What is wrong with a block is noted, and is no reason to stop.
    fn leave<T>(&mut self, done: Result<T, PackError>) -> Result<Option<T>, PackError> {
        match done {
            Err(error) if error.is_about_blocks() => {
                self.report.left.push(error);
                Ok(None)
            }
            done => done.map(Some),
        }
    }

    pub(crate) fn forgotten(self) -> Forgotten {
        Forgotten { records: self.forgotten, left: self.report.left }
    }
}
