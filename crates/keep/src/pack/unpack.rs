use super::limits::{PORTION_BYTES, UNPACK_RECORDS};
use super::merge::Size;
use super::session::Session;
use super::source::Stored;
use super::{PackError, Packed, Watch};
use woodpile_block::Effort;
use woodpile_record::Batch;
use woodpile_store::{BlockEntry, Store};

/// Makes all packed records of a collection hot ones again, byte for byte.
///
/// # Errors
/// As [`pack`](super::pack()); the report's `packed` counts the records that are hot again.
pub fn unpack(
    store: &dyn Store,
    collection: &str,
    watch: &mut dyn Watch,
) -> Result<Packed, PackError> {
    let mut session = Session::open(store, collection, watch)?;
    let blocks = session.blocks()?;
    session.expect(blocks.iter().map(|block| block.records).sum());
    while let Some(block) = session.blocks()?.first() {
        session.unpack_or_leave(block)?;
    }
    Ok(session.finish())
}

impl Session<'_> {
    fn unpack_or_leave(&mut self, block: &BlockEntry) -> Result<(), PackError> {
        let unpacked = if block.records > UNPACK_RECORDS {
            self.split(block)
        } else {
            self.unpack_block(block)
        };
        match unpacked {
            Err(error @ PackError::Block { .. }) => {
                self.report.left.push(error);
                Ok(())
            }
            outcome => outcome,
        }
    }

    /// A large block's records would not fit into memory: it becomes several small ones first.
    fn split(&mut self, block: &BlockEntry) -> Result<(), PackError> {
        let run = std::slice::from_ref(block);
        self.expect(block.records);
        let size = Size { records: UNPACK_RECORDS, bytes: PORTION_BYTES };
        let small = self.repack(run, Effort::Quick, size)?;
        self.replace(run, small)
    }

    fn unpack_block(&mut self, block: &BlockEntry) -> Result<(), PackError> {
        let records = self.read_whole(block)?;
        self.packing.renew()?;
        self.packing.unpack(block.id, &records)?;
        self.report.packed += block.records;
        self.advance(block.records)
    }

    fn read_whole(&self, block: &BlockEntry) -> Result<Batch, PackError> {
        let stored = Stored::open(self.store, self.collection, block.id)?;
        let mut records = Batch::new();
        for group in 0..stored.groups() {
            stored.unpack(group)?.iter().for_each(|record| records.push(record));
        }
        Ok(records)
    }
}
