//! Which fields records have.

use crate::error::SearchError;
use crate::search::Search;
use crate::stored::Opened;
use std::collections::BTreeSet;
use woodpile_record::{RawBsonRef, RawDocument};
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
                    fields.extend(block.columns().map(|column| column.path));
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
            batch.iter().take(left).for_each(|record| add("", record, fields));
            left = left.saturating_sub(batch.len());
        }
        Ok(())
    }
}

fn add(outer: &str, document: &RawDocument, fields: &mut BTreeSet<String>) {
    for (key, value) in document.into_iter().filter_map(Result::ok) {
        let path = format!("{outer}{key}");
        match value {
            RawBsonRef::Document(inner) => add(&format!("{path}."), inner, fields),
            _ if fields.contains(&path) => {}
            _ => {
                fields.insert(path);
            }
        }
    }
}
