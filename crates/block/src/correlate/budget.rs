/// The most numbers that the tables of one block hold: combinations and what follows on what.
const MAX_CELLS: usize = 1 << 24;

/// How much memory tables may still take: a few bytes of a block may stand for many numbers.
#[derive(Debug)]
pub(super) struct Budget(usize);

impl Default for Budget {
    fn default() -> Self {
        Self(MAX_CELLS)
    }
}

impl Budget {
    /// Takes room for so many numbers; `None` where there is no more.
    pub(super) fn take(&mut self, cells: usize) -> Option<()> {
        self.0 = self.0.checked_sub(cells)?;
        Some(())
    }
}
