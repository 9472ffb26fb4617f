//! A question that is asked of several columns: a row passes if one of its values does.

use super::answer::Answer;
use super::derived::Derived;
use super::shapes::{Shapes, narrow};
use super::test::ColumnTest;
use super::wanted::Wanted;
use crate::stored::{StoredBlock, StoredRows};
use std::sync::Arc;
use woodpile_block::{BlockError, ColumnInfo, Keep, Selection};
use woodpile_query::FieldLeaf;

/// The columns that a question is asked of, and the records that only tell as a whole.
#[derive(Default)]
pub(super) struct Columns<'m> {
    tests: Vec<(Option<Keep>, ColumnTest<'m>)>,
    sure: Option<Keep>,
    unknown: Option<Keep>,
    derived: Option<Derived<'m>>,
    lacks_word: bool,
}

impl<'m> Columns<'m> {
    /// Asks a column of records of these shapes; of all where none are given.
    pub(super) fn ask_column(
        &mut self,
        block: &StoredBlock,
        shapes: Option<&Shapes>,
        column: ColumnInfo,
        wanted: &Arc<Wanted<'m>>,
    ) -> Result<(), BlockError> {
        let test = ColumnTest::new(block, column, Arc::clone(wanted))?;
        self.lacks_word |= test.lacks_word();
        if !test.is_none() {
            let shapes = shapes.map(|shapes| shapes.keep(block)).transpose()?;
            self.tests.push((shapes.filter(|keep| !keep.is_all()), test));
        }
        Ok(())
    }

    /// Records of these shapes pass.
    pub(super) fn accept(
        &mut self,
        block: &StoredBlock,
        shapes: &Shapes,
    ) -> Result<(), BlockError> {
        add(&mut self.sure, block, shapes)
    }

    /// Records that are kept whole have to be asked themselves.
    pub(super) fn leave_whole_open(&mut self, block: &StoredBlock) -> Result<(), BlockError> {
        if block.has_whole()? { self.leave_open(block, &Shapes::whole()) } else { Ok(()) }
    }

    /// Records of these shapes have to be asked themselves.
    pub(super) fn leave_open(
        &mut self,
        block: &StoredBlock,
        shapes: &Shapes,
    ) -> Result<(), BlockError> {
        add(&mut self.unknown, block, shapes)
    }

    /// Asks the messages of records of these shapes.
    pub(super) fn derive(
        &mut self,
        block: &StoredBlock,
        shapes: &Shapes,
        leaf: &'m FieldLeaf,
    ) -> Result<(), BlockError> {
        if !shapes.is_none() {
            self.derived = Some(Derived::new(shapes.keep(block)?, leaf));
        }
        Ok(())
    }

    /// Leaves out of texts that repeat the values of other columns what these columns tell: a record passes if any of
    /// its values does.
    pub(super) fn leave_out_repeated(&mut self) {
        let (known, mut texts): (Vec<_>, Vec<_>) = std::mem::take(&mut self.tests)
            .into_iter()
            .partition(|(shapes, test)| shapes.is_none() && test.keep().is_some());
        let keeps: Vec<&Keep> = known.iter().filter_map(|(_, test)| test.keep()).collect();
        for (_, test) in &mut texts {
            test.leave_out(&keeps);
        }
        texts.retain(|(_, test)| !test.is_none());
        self.tests = known;
        self.tests.append(&mut texts);
    }

    /// Whether no row of the block passes.
    pub(super) fn is_none(&self) -> bool {
        let is_none = |keep: &Option<Keep>| keep.as_ref().is_none_or(Keep::is_none);
        self.tests.is_empty()
            && is_none(&self.sure)
            && is_none(&self.unknown)
            && self.derived.as_ref().is_none_or(Derived::is_none)
    }

    /// About how many of 1,000 rows have to be looked at, or pass.
    pub(super) fn share(&self) -> usize {
        let share = |keep: &Option<Keep>| keep.as_ref().map_or(0, Keep::share);
        let known = share(&self.sure) + share(&self.unknown);
        let tests = self.tests.iter().map(|(_, test)| test.share());
        let most = if self.derived.is_some() { 1_000 } else { 0 };
        tests.fold(known + most, usize::saturating_add).min(1_000)
    }

    /// Whether the block's words told that no row of some column passes.
    pub(super) fn lacks_word(&self) -> bool {
        self.lacks_word
    }

    /// Asks these rows of a group.
    pub(super) fn ask(&self, rows: &StoredRows, within: &Selection) -> Result<Answer, BlockError> {
        let mut answer = Answer::none(rows.len());
        if let Some(sure) = &self.sure {
            answer.or(&Answer::exact(narrow(rows, sure, within)?));
        }
        if let Some(unknown) = &self.unknown {
            answer.or(&Answer::unknown(narrow(rows, unknown, within)?));
        }
        for (shapes, test) in &self.tests {
            let mut left = match shapes {
                Some(shapes) => narrow(rows, shapes, within)?,
                None => within.clone(),
            };
            left.and_not(&answer.sure);
            if !left.is_none() {
                answer.or(&test.ask(rows, &left)?);
            }
        }
        if let Some(derived) = &self.derived {
            let mut left = within.clone();
            left.and_not(&answer.sure);
            answer.or(&derived.ask(rows, &left)?);
        }
        Ok(answer)
    }
}

fn add(to: &mut Option<Keep>, block: &StoredBlock, shapes: &Shapes) -> Result<(), BlockError> {
    if shapes.is_none() {
        return Ok(());
    }
    let keep = shapes.keep(block)?;
    match to {
        // All are of the unit of the shapes.
        Some(own) => {
            own.or(&keep);
        }
        None => *to = Some(keep),
    }
    Ok(())
}
