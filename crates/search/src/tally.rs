use std::ops::AddAssign;

/// What a search looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Hot records that were looked at.
    pub hot: u64,
    /// Blocks that overlap in time.
    pub blocks: u64,
    /// Of these, passed over because no record of theirs can match.
    pub skipped_blocks: u64,
    /// Of those that were passed over, those whose words told.
    pub skipped_by_words: u64,
    /// Blocks whose summary told all: no row was read.
    pub summed_blocks: u64,
    /// Groups of rows of the other blocks that were asked.
    pub groups: u64,
    /// Records that were put together.
    pub unpacked: u64,
    /// Bytes of blocks that were read from the store; of what was read before, none.
    pub read_bytes: u64,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.hot += other.hot;
        self.blocks += other.blocks;
        self.skipped_blocks += other.skipped_blocks;
        self.skipped_by_words += other.skipped_by_words;
        self.summed_blocks += other.summed_blocks;
        self.groups += other.groups;
        self.unpacked += other.unpacked;
        self.read_bytes += other.read_bytes;
    }
}
