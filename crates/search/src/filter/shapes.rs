//! Which rows have which fields: decided by the shape of each record, without its values.

use crate::stored::{StoredBlock, StoredRows};
use woodpile_block::{BlockError, Keep, Selection};

/// What is known of each shape of a block, and of records that are kept whole.
#[derive(Debug, Clone)]
pub(super) struct Shapes {
    holds: Vec<bool>,
    whole: bool,
}

impl Shapes {
    /// Those that have something at this path.
    pub(super) fn with(block: &StoredBlock, path: &str) -> Self {
        Self { holds: block.shape_holds(path), whole: false }
    }

    /// None of them.
    pub(super) fn none() -> Self {
        Self { holds: Vec::new(), whole: false }
    }

    /// Records that are kept whole: only they themselves can tell what they have.
    pub(super) fn whole() -> Self {
        Self { holds: Vec::new(), whole: true }
    }

    /// These, too.
    pub(super) fn or(mut self, other: &Self) -> Self {
        self.holds.resize(self.holds.len().max(other.holds.len()), false);
        for (own, other) in self.holds.iter_mut().zip(&other.holds) {
            *own |= other;
        }
        self.whole |= other.whole;
        self
    }

    /// But not these.
    pub(super) fn without(mut self, other: &Self) -> Self {
        for (own, other) in self.holds.iter_mut().zip(&other.holds) {
            *own &= !other;
        }
        self.whole &= !other.whole;
        self
    }

    /// All that are not these, but for records that are kept whole.
    pub(super) fn others(block: &StoredBlock, these: &Self) -> Self {
        let all = block.shape_holds("");
        Self { holds: vec![true; all.len()], whole: false }.without(these)
    }

    /// Whether it is no shape of the block.
    pub(super) fn is_none(&self) -> bool {
        !self.whole && !self.holds.contains(&true)
    }

    /// Ready to be asked of rows.
    pub(super) fn keep(&self, block: &StoredBlock) -> Result<Keep, BlockError> {
        let places = block.shape_places()?;
        Ok(places.keep(|shape| match shape {
            Some(0) => self.whole,
            Some(shape) => self.holds.get(shape - 1) == Some(&true),
            None => false,
        }))
    }
}

/// The rows of these that a [`Shapes::keep`] leaves.
pub(super) fn narrow(
    rows: &StoredRows,
    keep: &Keep,
    within: &Selection,
) -> Result<Selection, BlockError> {
    let mut left = within.clone();
    rows.narrow(keep, &mut left)?;
    Ok(left)
}
