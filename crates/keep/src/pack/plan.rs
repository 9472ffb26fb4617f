use super::limits::{
    BLOCK_RECORDS, HOT_LEAST, LARGE_RECORDS, MERGE_LEAST, MERGE_RECORDS, OVERLAP_MOST,
    PORTION_BYTES,
};
use woodpile_block::Effort;
use woodpile_record::{Batch, ObjectId, RawBsonRef, RawDocument, View};
use woodpile_store::BlockEntry;

/// What is to be packed and merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// Fewer hot records than this stay hot.
    hot_least: u64,
    /// Records that happened or were born later stay hot: milliseconds since 1970.
    hot_since: i64,
    /// Whether every block that is not large is merged, thoroughly.
    all: bool,
}

impl Plan {
    /// Everything, as small as it gets.
    pub const ALL: Self = Self { hot_least: 1, hot_since: i64::MAX, all: true };

    /// Every hot record but those that are younger than `hot_since`, in milliseconds since 1970.
    pub fn older_than(hot_since: i64) -> Self {
        Self { hot_least: 1, hot_since, all: false }
    }

    /// The same, if they are enough for a block.
    pub fn worth_a_block(hot_since: i64) -> Self {
        Self { hot_least: HOT_LEAST, hot_since, all: false }
    }

    /// Whether the oldest hot records are to be packed now.
    pub(super) fn takes(self, oldest: &Batch) -> bool {
        let enough =
            oldest.len() as u64 >= self.hot_least || oldest.as_bytes().len() >= PORTION_BYTES / 2;
        enough && !oldest.is_empty() && self.is_old(oldest)
    }

    /// Whether records are packed as soon as they come.
    pub(crate) fn takes_young(self) -> bool {
        self.hot_since == i64::MAX
    }

    fn is_old(self, batch: &Batch) -> bool {
        self.takes_young() || batch.iter().all(|record| youngest_time(record) <= self.hot_since)
    }

    pub(super) fn merges_all(self) -> bool {
        self.all
    }

    /// How often a hot record is gone through.
    pub(super) fn passes(self) -> u64 {
        if self.all { 2 } else { 1 }
    }

    /// The background must not take the processor from the program.
    pub(super) fn effort(self) -> Effort {
        if self.all { Effort::Thorough } else { Effort::Quick }
    }

    /// How many records a merged block may have. What is merged quickly does not become large, so that it is known
    /// by its size, and packed thoroughly when somebody asks for that.
    pub(super) fn most_records(self) -> u64 {
        if self.all { BLOCK_RECORDS } else { LARGE_RECORDS - 1 }
    }

    /// Which neighbours of these blocks, which come by their first event, are to be merged next.
    pub(super) fn next_run(self, blocks: &[BlockEntry]) -> Option<&[BlockEntry]> {
        let most = self.most_records();
        (0..blocks.len()).map(|start| run_from(&blocks[start..], most)).find(|run| self.wants(run))
    }

    /// In the background a merge must at least double the largest: so each record is merged a few times at
    /// most.
    fn wants(self, run: &[BlockEntry]) -> bool {
        if self.all {
            return !run.is_empty();
        }
        let largest = run.iter().map(|block| block.records).max().unwrap_or(0);
        let enough = run.len() >= MERGE_LEAST || records(run) >= MERGE_RECORDS;
        enough && records(run) >= largest.saturating_mul(2)
    }
}

/// When the record happened, or was born if that is later: what was imported today is young.
fn youngest_time(record: &RawDocument) -> i64 {
    let view = View::of(record);
    match view.id() {
        Some(RawBsonRef::ObjectId(id)) => view.time().max(born(id)),
        _ => view.time(),
    }
}

fn born(id: ObjectId) -> i64 {
    id.timestamp().timestamp_millis()
}

/// How many records of the blocks are to be merged, at most.
pub(super) fn left_to_merge(blocks: &[BlockEntry]) -> u64 {
    let small = blocks.iter().filter(|block| block.records < LARGE_RECORDS);
    small.map(|block| block.records).sum()
}

pub(super) fn records(run: &[BlockEntry]) -> u64 {
    run.iter().map(|block| block.records).sum()
}

/// As many neighbours from the first on as may be merged into one block of at most so many records.
fn run_from(blocks: &[BlockEntry], most: u64) -> &[BlockEntry] {
    let mut sum = 0_u64;
    let fits = |end: &usize| {
        let block = &blocks[*end];
        sum = sum.saturating_add(block.records);
        block.records < LARGE_RECORDS
            && sum <= most
            && overlapping(&blocks[..=*end]) <= OVERLAP_MOST
    };
    let length = (0..blocks.len()).take_while(fits).count();
    &blocks[..length]
}

/// How many of the blocks have a time in common with the last one's first event, itself included.
fn overlapping(blocks: &[BlockEntry]) -> usize {
    let Some(last) = blocks.last() else { return 0 };
    blocks.iter().filter(|block| block.last >= last.first).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use woodpile_store::BlockId;

    /// Blocks of so many thousand records, one after another in time.
    fn blocks(thousands: &[u64]) -> Vec<BlockEntry> {
        (0..)
            .zip(thousands)
            .map(|(at, thousands)| block(at, *thousands, at * 10, at * 10 + 9))
            .collect()
    }

    fn block(id: i64, thousands: u64, first: i64, last: i64) -> BlockEntry {
        let records = thousands * 1_000;
        BlockEntry {
            id: BlockId(id),
            records,
            first,
            last,
            bytes: 1,
            message_bytes: 1,
            dirty: false,
        }
    }

    #[track_caller]
    fn check(plan: Plan, blocks: &[BlockEntry], expected: &[i64]) {
        let run = plan.next_run(blocks).unwrap_or_default();
        assert_eq!(run.iter().map(|block| block.id.0).collect::<Vec<_>>(), expected);
    }

    const BACKGROUND: Plan = Plan { hot_least: HOT_LEAST, hot_since: i64::MAX, all: false };

    #[test]
    fn the_background_merges_four_neighbours_that_double_the_largest() {
        check(BACKGROUND, &blocks(&[16, 16, 16]), &[]);
        check(BACKGROUND, &blocks(&[16, 16, 16, 16]), &[0, 1, 2, 3]);
        check(BACKGROUND, &blocks(&[64, 16, 16, 16]), &[]);
        check(BACKGROUND, &blocks(&[100, 16, 16, 16, 16]), &[1, 2, 3, 4]);
        check(BACKGROUND, &blocks(&[16, 250, 16, 16, 16]), &[]);
        check(BACKGROUND, &blocks(&[64, 64, 64, 64, 64]), &[0, 1, 2]);
    }

    #[test]
    fn the_background_makes_no_block_that_passes_for_a_thorough_one() {
        check(BACKGROUND, &blocks(&[98, 98]), &[0, 1]);
        check(BACKGROUND, &blocks(&[99, 99]), &[]);
        check(BACKGROUND, &blocks(&[40, 40]), &[]);
        assert!(BACKGROUND.most_records() < LARGE_RECORDS);
    }

    #[test]
    fn all_takes_whatever_is_not_large() {
        check(Plan::ALL, &blocks(&[]), &[]);
        check(Plan::ALL, &blocks(&[250, 250]), &[]);
        check(Plan::ALL, &blocks(&[250, 5]), &[1]);
        check(Plan::ALL, &blocks(&[100, 100, 100]), &[0, 1]);
    }

    #[test]
    fn blocks_of_the_same_time_are_merged_few_at_a_time() {
        let same: Vec<_> = (0..10).map(|id| block(id, 1, 0, 9)).collect();
        check(Plan::ALL, &same, &[0, 1, 2, 3, 4, 5]);
    }
}
