use woodpile_record::{RawDocument, Severity, View, event_time};
use woodpile_store::BlockEntry;

/// A block is not written anew for less than this part of its records.
const SMALLEST_PART: u64 = 64;

/// Which records of a block are removed.
#[derive(Debug)]
pub(super) struct Cut {
    /// Only what is less severe; without it, anything.
    below: Option<Severity>,
    /// How many more.
    left: u64,
    /// How many were.
    pub(super) records: u64,
    /// The last event of those.
    pub(super) last: i64,
}

impl Cut {
    /// About as many of the block's records as take so many bytes, of those that are less severe.
    pub(super) fn new(block: &BlockEntry, bytes: u64, below: Option<Severity>) -> Self {
        let records = u128::from(block.records) * u128::from(bytes);
        let exact = records.div_ceil(u128::from(block.bytes.max(1)));
        let exact = u64::try_from(exact).unwrap_or(u64::MAX);
        let left = exact.max(block.records / SMALLEST_PART);
        Self { below, left, records: 0, last: i64::MIN }
    }

    /// Whether this one is of those that go.
    pub(super) fn concerns(&self, record: &RawDocument) -> bool {
        self.below.is_none_or(|below| severity(record) < below)
    }

    /// Whether this one goes; counts it then.
    pub(super) fn takes(&mut self, record: &RawDocument) -> bool {
        let takes = self.left > 0 && self.concerns(record);
        if takes {
            self.left -= 1;
            self.records += 1;
            self.last = self.last.max(event_time(record));
        }
        takes
    }
}

/// What says nothing of its severity, or nothing that is known, is information.
fn severity(record: &RawDocument) -> Severity {
    View::of(record).level().and_then(Severity::of).unwrap_or(Severity::INFO)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bson::rawdoc;
    use woodpile_store::BlockId;

    #[track_caller]
    fn check(bytes: u64, below: Option<Severity>, expected: &[i32]) {
        let levels = ["DEBUG", "ERROR", "odd", "trace", "WARN", "INFO"];
        let (records, last) = (levels.len() as u64, 5);
        let id = BlockId(1);
        let block =
            BlockEntry { id, records, first: 0, last, bytes: 60, message_bytes: 0, dirty: false };
        let mut cut = Cut::new(&block, bytes, below);
        let records: Vec<_> =
            (0..).zip(levels).map(|(id, level)| rawdoc! { "_id": id, "level": level }).collect();
        let gone = records.iter().filter(|record| cut.takes(record));
        let ids: Vec<_> = gone.map(|record| record.get_i32("_id").unwrap()).collect();
        assert_eq!(ids, expected);
        assert_eq!(cut.records, expected.len() as u64);
    }

    #[test]
    fn the_least_severe_go_and_no_more_than_needed() {
        check(60, Some(Severity::INFO), &[0, 3]);
        check(60, Some(Severity::WARN), &[0, 2, 3, 5]);
        check(60, None, &[0, 1, 2, 3, 4, 5]);
        check(20, None, &[0, 1]);
        check(11, Some(Severity::WARN), &[0, 2]);
        check(0, None, &[]);
        check(u64::MAX, None, &[0, 1, 2, 3, 4, 5]);
    }
}
