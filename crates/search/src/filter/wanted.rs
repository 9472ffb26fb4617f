//! What is looked for in the values of columns.

use crate::machine::{Machine, Machines};
use crate::stored::StoredBlock;
use std::sync::{Arc, OnceLock};
use woodpile_block::{Automaton, BlockError, ColumnInfo, TextMatch};
use woodpile_query::{Needed, Scalar};

/// Whether a value is what is looked for.
pub(super) type Passes<'m> = Box<dyn Fn(Scalar<'_>) -> bool + Send + Sync + 'm>;

/// A question that is asked of values, and what is known of those that pass.
pub(super) struct Wanted<'m> {
    passes: Passes<'m>,
    /// All of these are in every text that passes.
    needs: Vec<Needed>,
    /// Is found in the texts that pass.
    expression: Option<String>,
    machines: &'m Machines,
    machine: OnceLock<Option<Arc<Machine>>>,
}

impl<'m> Wanted<'m> {
    pub(super) fn new(machines: &'m Machines, passes: Passes<'m>) -> Self {
        let machine = OnceLock::new();
        Self { passes, needs: Vec::new(), expression: None, machines, machine }
    }

    /// Knows of the texts that pass.
    pub(super) fn with_text(self, needs: Vec<Needed>, expression: Option<String>) -> Self {
        Self { needs, expression, ..self }
    }

    /// Whether an automaton finds neither more nor less: an expression without a class of what is in no word.
    pub(super) fn is_exact(&self) -> bool {
        self.expression.as_ref().is_none_or(|expression| !expression.contains("[^0-9A-Za-z_]"))
    }

    pub(super) fn passes(&self, value: Scalar<'_>) -> bool {
        (self.passes)(value)
    }

    /// Whether no text of the column passes, as the block knows which words they have.
    pub(super) fn misses_words(
        &self,
        block: &StoredBlock,
        column: usize,
    ) -> Result<bool, BlockError> {
        if self.needs.is_empty() {
            return Ok(false);
        }
        let Some(filter) = block.filter()?.filter(|filter| filter.covers(column)) else {
            return Ok(false);
        };
        Ok(self.needs.iter().flat_map(Needed::tokens).any(|token| !filter.may_hold(token)))
    }

    /// Whether no text of the column passes, as its distinct values lack what is needed.
    pub(super) fn misses_texts(
        &self,
        block: &StoredBlock,
        column: &ColumnInfo,
    ) -> Result<bool, BlockError> {
        if self.needs.is_empty() {
            return Ok(false);
        }
        let values = block.values(column.number)?;
        let texts = values.and_then(woodpile_block::Values::text_bytes);
        Ok(texts.is_some_and(|texts| !self.needs.iter().all(|needed| needed.occurs_in(texts))))
    }
}

impl TextMatch for Wanted<'_> {
    fn is_match(&self, text: &[u8]) -> bool {
        std::str::from_utf8(text).is_ok_and(|text| self.passes(Scalar::Text(text)))
    }

    fn automaton(&self) -> Option<&dyn Automaton> {
        let make = || self.machines.get(self.expression.as_deref()?);
        self.machine.get_or_init(make).as_deref().map(|machine| -> &dyn Automaton { machine })
    }
}
