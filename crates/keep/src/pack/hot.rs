use super::limits::{PORTION_BYTES, PORTION_RECORDS};
use super::session::Session;
use super::{PackError, Plan};
use woodpile_block::{Effort, Packer};
use woodpile_record::Batch;
use woodpile_store::NewBlock;

impl Session<'_> {
    /// Packs the oldest hot records, portion by portion, while the plan takes them.
    pub(super) fn pack_hot(&mut self, plan: Plan) -> Result<(), PackError> {
        loop {
            self.ask()?;
            let portion = self.packing.hot(PORTION_RECORDS, PORTION_BYTES)?;
            if !plan.takes(&portion.batch) {
                return Ok(());
            }
            let records = portion.batch.len() as u64;
            let bytes = portion.batch.as_bytes().len() as u64;
            let block = self.pack_batch(&portion.batch)?;
            self.packing.pack(portion, block)?;
            self.report.packed += records;
            self.watch.packed(bytes);
            self.advance(records)?;
        }
    }

    fn pack_batch(&mut self, batch: &Batch) -> Result<NewBlock, PackError> {
        let mut packer = Packer::new(Effort::Quick);
        batch.iter().for_each(|record| packer.push(record));
        self.finish_block(packer)
    }

    /// The block as a store takes it. Making one may take long: the lease is kept meanwhile.
    pub(super) fn finish_block(&mut self, packer: Packer) -> Result<NewBlock, PackError> {
        let collection = self.collection.to_owned();
        let block = self.keep_during(move || packer.finish())?;
        block.map(NewBlock::from).map_err(|error| PackError::Unproven { collection, error })
    }
}
