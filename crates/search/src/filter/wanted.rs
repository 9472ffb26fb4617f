//! What is looked for in the values of columns.

use crate::machine::{Machine, Machines};
use crate::stored::StoredBlock;
use std::sync::{Arc, OnceLock};
use woodpile_block::{Automaton, BlockError, Letters, TextMatch};
use woodpile_query::{Needed, Scalar};

/// What expressions have where a word begins or ends: see [`TextLeaf::expression`](woodpile_query::TextLeaf::expression).
const NO_WORD: &str = "[^0-9A-Za-z_]";

/// Whether a value is what is looked for.
pub(super) type Passes<'m> = Box<dyn Fn(Scalar<'_>) -> bool + Send + Sync + 'm>;

/// A question that is asked of values, and what is known of those that pass.
pub(super) struct Wanted<'m> {
    passes: Passes<'m>,
    /// All of these are in every text that passes.
    needs: Vec<Needed>,
    /// The longest of them.
    literal: Option<Box<[u8]>>,
    /// Is found in the texts that pass.
    expression: Option<String>,
    machines: &'m Machines,
    machine: OnceLock<Option<Arc<Machine>>>,
}

impl<'m> Wanted<'m> {
    pub(super) fn new(machines: &'m Machines, passes: Passes<'m>) -> Self {
        let machine = OnceLock::new();
        Self { passes, needs: Vec::new(), literal: None, expression: None, machines, machine }
    }

    /// Knows of the texts that pass.
    pub(super) fn with_text(self, needs: Vec<Needed>, expression: Option<String>) -> Self {
        let longest = needs.iter().max_by_key(|needed| needed.lower.len());
        let literal = longest.map(|needed| needed.lower.as_bytes().into());
        Self { needs, literal, expression, ..self }
    }

    fn machine(&self) -> Option<&Machine> {
        let make = || self.machines.get(self.expression.as_deref()?);
        self.machine.get_or_init(make).as_deref()
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
}

impl TextMatch for Wanted<'_> {
    fn is_match(&self, text: &[u8]) -> bool {
        std::str::from_utf8(text).is_ok_and(|text| self.passes(Scalar::Text(text)))
    }

    fn literal(&self) -> Option<&[u8]> {
        self.literal.as_deref()
    }

    fn automaton(&self) -> Option<&dyn Automaton> {
        self.machine().map(|machine| -> &dyn Automaton { machine })
    }

    /// With a class of what is in no word, a letter that is not ASCII counts as no part of one.
    fn exact_in(&self) -> Letters {
        let has_edge = self.expression.as_ref().is_some_and(|own| own.contains(NO_WORD));
        let letters = self.machine().map_or(Letters::Unicode, Machine::exact_in);
        if has_edge { Letters::Ascii } else { letters }
    }
}
