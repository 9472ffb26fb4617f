use woodpile_block::Selection;

/// Which rows of a group match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    /// These do.
    pub(crate) sure: Selection,
    /// No others do: those that surely match are among them.
    pub(crate) possible: Selection,
}

impl Answer {
    /// These and no others.
    pub(crate) fn exact(rows: Selection) -> Self {
        Self { sure: rows.clone(), possible: rows }
    }

    /// None of so many rows.
    pub(crate) fn none(rows: usize) -> Self {
        Self::exact(Selection::none(rows))
    }

    /// No others than these.
    pub(crate) fn unknown(rows: Selection) -> Self {
        Self { sure: Selection::none(rows.rows()), possible: rows }
    }

    /// What either says.
    pub(crate) fn or(&mut self, other: &Self) {
        self.sure.or(&other.sure);
        self.possible.or(&other.possible);
    }

    /// The opposite, of these rows.
    pub(crate) fn invert(self, within: &Selection) -> Self {
        let (mut sure, mut possible) = (within.clone(), within.clone());
        sure.and_not(&self.possible);
        possible.and_not(&self.sure);
        Self { sure, possible }
    }

    /// What is still open: rows that may match, but not surely.
    pub(crate) fn open(&self) -> Selection {
        let mut open = self.possible.clone();
        open.and_not(&self.sure);
        open
    }
}
