//! A block's groups, one after another.

use crate::block_rows::{Asked, Notes};
use crate::error::SearchError;
use crate::filter::BlockFilter;
use crate::stop::Stop;
use crate::stored::{StoredBlock, StoredRows};
use std::sync::Arc;
use woodpile_block::{BlockError, Group, Selection};
use woodpile_query::TooManyRows;
use woodpile_store::Order;

/// What becomes of a group: its rows, what is known of it, and which of the rows match.
pub(crate) type Visit<'v> = &'v mut dyn FnMut(
    (&Arc<StoredRows>, Group),
    &Selection,
    &mut Notes,
) -> Result<Result<(), TooManyRows>, BlockError>;

impl Asked<'_> {
    /// Hands out each group in which rows match, in the order of the question. What is damaged is noted and passed over.
    pub(crate) fn each_group(
        &self,
        (block, filter): (&Arc<StoredBlock>, &BlockFilter<'_>),
        notes: &mut Notes,
        visit: Visit<'_>,
    ) -> Result<(), Stop> {
        let mut groups: Vec<_> = block.groups().enumerate().collect();
        if self.question.order == Order::NewestFirst {
            groups.reverse();
        }
        groups.retain(|(_, group)| self.prune.overlaps(group.first, group.last));
        for (number, group) in groups {
            self.question.check()?;
            notes.tally.groups += 1;
            let selected = self.select(block, filter, number, group);
            let visited = selected.and_then(|(rows, matching)| {
                if matching.is_none() {
                    return Ok(Ok(()));
                }
                visit((&rows, group), &matching, notes)
            });
            match visited {
                Ok(visited) => visited.map_err(SearchError::from)?,
                Err(error) => self.fault(error, group.records as u64, notes)?,
            }
        }
        Ok(())
    }
}
