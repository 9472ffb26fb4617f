use super::in_order::InOrder;
use super::limits::{BLOCK_BYTES, TOLERATED_BYTES, TOLERATED_PART};
use super::plan::records;
use super::session::Session;
use super::{PackError, Plan};
use woodpile_block::{Effort, Packer};
use woodpile_record::RawDocument;
use woodpile_store::{BlockEntry, BlockId, NewBlock};

/// When a block that is being made is full.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    pub(super) records: u64,
    pub(super) bytes: usize,
}

impl Size {
    pub(super) fn of(plan: Plan) -> Self {
        Self { records: plan.most_records(), bytes: BLOCK_BYTES }
    }

    fn is_reached(self, packer: &Packer) -> bool {
        packer.is_full() || packer.len() as u64 >= self.records || packer.bson_bytes() >= self.bytes
    }
}

impl Session<'_> {
    /// Merges neighbours, run by run, from the oldest on.
    pub(super) fn merge_blocks(&mut self, plan: Plan) -> Result<(), PackError> {
        // What was looked at is not looked at again: merging must end even if blocks cannot become fewer.
        let mut seen = None;
        loop {
            let blocks = self.blocks()?;
            let rest: Vec<_> =
                blocks.into_iter().filter(|block| seen < Some(place(block))).collect();
            let Some(run) = plan.next_run(&rest) else { return Ok(()) };
            seen = run.last().map(place);
            self.merge_run(run, plan)?;
        }
    }

    /// Puts one block, or as few as hold them, in the place of several.
    fn merge_run(&mut self, run: &[BlockEntry], plan: Plan) -> Result<(), PackError> {
        match self.repack(run, plan.effort(), Size::of(plan)) {
            Err(error) if error.is_about_blocks() => {
                self.report.left.push(error);
                Ok(())
            }
            Err(error) => Err(error),
            Ok(new) if pays(&new, run) => {
                self.replace(run, new)?;
                self.report.merged += records(run);
                Ok(())
            }
            Ok(_) => Ok(()),
        }
    }

    pub(super) fn replace(
        &mut self,
        run: &[BlockEntry],
        new: Vec<NewBlock>,
    ) -> Result<(), PackError> {
        let old: Vec<BlockId> = run.iter().map(|block| block.id).collect();
        self.packing.renew()?;
        Ok(self.packing.replace(&old, new)?)
    }

    /// Packs the records of these blocks anew, into blocks of this size.
    pub(super) fn repack(
        &mut self,
        run: &[BlockEntry],
        effort: Effort,
        size: Size,
    ) -> Result<Vec<NewBlock>, PackError> {
        self.repack_without(run, effort, size, |_| false)
    }

    /// The same, but without those that go.
    pub(super) fn repack_without(
        &mut self,
        run: &[BlockEntry],
        effort: Effort,
        size: Size,
        mut goes: impl FnMut(&RawDocument) -> bool,
    ) -> Result<Vec<NewBlock>, PackError> {
        let mut records = InOrder::new(self.store, self.collection, run);
        let mut new = Vec::new();
        let mut packer = Packer::new(effort);
        let mut number = 0;
        while let Some(record) = records.next()? {
            number += 1;
            self.step(number)?;
            if goes(record) {
                continue;
            }
            if size.is_reached(&packer) {
                let full = std::mem::replace(&mut packer, Packer::new(effort));
                new.push(self.finish_block(full)?);
            }
            packer.push(record);
        }
        drop(records);
        if !packer.is_empty() {
            new.push(self.finish_block(packer)?);
        }
        Ok(new)
    }
}

/// Where a block is among the others.
fn place(block: &BlockEntry) -> (i64, BlockId) {
    (block.first, block.id)
}

/// Whether it is worth it: smaller, or fewer blocks to search of about the same size.
fn pays(new: &[NewBlock], old: &[BlockEntry]) -> bool {
    let new_bytes: u64 = new.iter().map(|block| block.bytes.len() as u64).sum();
    let old_bytes: u64 = old.iter().map(|block| block.bytes).sum();
    let tolerated = old_bytes + (old_bytes / TOLERATED_PART).max(TOLERATED_BYTES);
    new_bytes < old_bytes || (new.len() < old.len() && new_bytes <= tolerated)
}
