use super::{Rules, Verdict};
use crate::report::is_report;
use woodpile_record::Batch;

/// What rules made of the records of a batch.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Judged {
    /// What is left of them, masked where a rule says so.
    pub batch: Batch,
    /// How many were dropped.
    pub dropped: u64,
    /// How many were masked.
    pub masked: u64,
}

impl Judged {
    /// Judges all records of a batch for a collection. The keeper's own reports are never dropped: nobody would know
    /// of what they tell.
    pub fn new(rules: &dyn Rules, collection: &str, batch: &Batch) -> Self {
        let mut judged = Self::default();
        for document in batch.iter() {
            match rules.judge(collection, document) {
                Verdict::Drop if !is_report(document) => judged.dropped += 1,
                Verdict::Keep | Verdict::Drop => judged.batch.push(document),
                Verdict::Replace(record) => {
                    judged.batch.push(record.as_document());
                    judged.masked += 1;
                }
            }
        }
        judged
    }
}
