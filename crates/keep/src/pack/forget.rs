use super::in_order::InOrder;
use super::merge::Size;
use super::session::Session;
use super::{PackError, Plan};
use woodpile_record::RawDocument;
use woodpile_store::BlockEntry;

impl Session<'_> {
    /// Whether the block has a record that is wanted.
    pub(crate) fn has(
        &mut self,
        block: &BlockEntry,
        is_wanted: impl Fn(&RawDocument) -> bool,
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
        self.packing.renew()?;
        self.packing.forget(&[block.id], new)?;
        Ok(left)
    }
}
