//! Which fields records have, at a glance.

use crate::error::SearchError;
use crate::field_paths::field_paths;
use crate::search::Search;
use crate::stored::Opened;
use std::collections::BTreeSet;
use woodpile_store::{Order, Prune};

/// So many of the newest hot records of a collection are asked for their fields.
const HOT_RECORDS: usize = 1_000;
/// So many of the newest blocks are; an app's fields seldom change.
const BLOCKS: usize = 16;

impl Search {
    /// The dotted paths of the fields that records of these collections have, as far as their newest ones tell: a
    /// glance, not a search.
    pub fn fields(&self, collections: &[String]) -> Result<BTreeSet<String>, SearchError> {
        let mut fields = BTreeSet::new();
        for collection in collections {
            self.fields_of_hot(collection, &mut fields)?;
            let blocks = self.stored().list(collection, &Prune::NONE)?;
            for entry in blocks.iter().rev().take(BLOCKS) {
                if let Opened::Block(block) = self.stored().open(collection, entry)? {
                    fields.extend(block.shape_fields().into_iter().flatten());
                }
            }
        }
        Ok(fields)
    }

    fn fields_of_hot(
        &self,
        collection: &str,
        fields: &mut BTreeSet<String>,
    ) -> Result<(), SearchError> {
        let mut rows = self.store().hot(collection, &Prune::NONE, Order::NewestFirst)?;
        let mut left = HOT_RECORDS;
        while left > 0
            && let Some(batch) = rows.next()?
        {
            batch.iter().take(left).for_each(|record| fields.extend(field_paths(record)));
            left = left.saturating_sub(batch.len());
        }
        Ok(())
    }
}
