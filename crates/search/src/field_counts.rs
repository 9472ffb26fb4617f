//! How many of the records that match have each field: of packed ones their shapes tell.

use crate::block_rows::{Asked, Notes};
use crate::error::SearchError;
use crate::field_paths::field_paths;
use crate::filter::BlockFilter;
use crate::limits::MAX_FIELDS;
use crate::question::Question;
use crate::search::Search;
use crate::stop::Stop;
use crate::stored::{StoredBlock, StoredRows};
use crate::tally::Tally;
use crate::total::Total;
use std::collections::BTreeMap;
use std::sync::Arc;
use woodpile_block::{BlockError, Places, Selection};
use woodpile_query::{Origin, TooManyRows};
use woodpile_record::RawDocument;
use woodpile_store::Finding;

/// The fields of all that matches.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldCounts {
    /// How many records match.
    pub records: u64,
    /// The dotted path of each field, and how many of the records have it. An array is one field.
    pub fields: BTreeMap<String, u64>,
    /// Whether there were more fields than are counted: [`MAX_FIELDS`].
    pub has_more: bool,
    /// What could not be read, and was passed over.
    pub damage: Vec<Finding>,
    /// What was looked at.
    pub tally: Tally,
}

impl Search {
    /// Which fields the records of these collections have that match, and how many have each.
    ///
    /// # Errors
    /// The store fails, or the question's watch ends it.
    pub fn field_counts(
        &self,
        question: &Question,
        collections: &[String],
    ) -> Result<FieldCounts, SearchError> {
        let mut counts = Counts::default();
        let Notes { damage, tally } = self.total(question, collections, &mut counts)?;
        let Counts { records, fields, has_more } = counts;
        Ok(FieldCounts { records, fields, has_more, damage, tally })
    }
}

#[derive(Debug, Clone, Default)]
struct Counts {
    records: u64,
    fields: BTreeMap<String, u64>,
    has_more: bool,
}

impl Counts {
    fn add(&mut self, path: String, times: u64) {
        if let Some(count) = self.fields.get_mut(&path) {
            *count += times;
        } else if self.fields.len() < MAX_FIELDS {
            self.fields.insert(path, times);
        } else {
            self.has_more = true;
        }
    }

    fn add_record(&mut self, record: &RawDocument) {
        self.records += 1;
        for path in field_paths(record) {
            self.add(path, 1);
        }
    }

    /// Adds what was counted of a block's shapes; the first is that of records that are kept whole, which were counted
    /// themselves.
    fn add_shapes(&mut self, block: &StoredBlock, by_shape: &[u64]) {
        for (fields, times) in block.shape_fields().into_iter().zip(by_shape.iter().skip(1)) {
            if *times > 0 {
                self.records += times;
                for path in fields {
                    self.add(path, *times);
                }
            }
        }
    }
}

impl Total for Counts {
    fn empty(&self) -> Self {
        Self::default()
    }

    fn push(&mut self, record: &RawDocument, _: Origin<'_>) -> Result<(), TooManyRows> {
        self.add_record(record);
        Ok(())
    }

    fn add_block(&mut self, asked: &Asked<'_>, notes: &mut Notes) -> Result<(), Stop> {
        let Some((block, filter)) = asked.prepare(notes)? else { return Ok(()) };
        match block.shape_places() {
            Ok(places) => self.add_groups(asked, (&block, &filter), &places, notes),
            Err(error) => asked.fault(error, asked.entry.records, notes),
        }
    }

    fn merge(&mut self, later: Self) -> Result<(), TooManyRows> {
        self.records += later.records;
        self.has_more |= later.has_more;
        later.fields.into_iter().for_each(|(path, times)| self.add(path, times));
        Ok(())
    }
}

impl Counts {
    fn add_groups(
        &mut self,
        asked: &Asked<'_>,
        (block, filter): (&Arc<StoredBlock>, &BlockFilter<'_>),
        places: &Places,
        notes: &mut Notes,
    ) -> Result<(), Stop> {
        let mut by_combination = Vec::new();
        asked.each_group((block, filter), notes, &mut |(rows, _), matching, notes| {
            self.add_whole(rows, places, matching, notes)?;
            rows.tally(places.unit, matching, &mut by_combination)?;
            Ok(Ok(()))
        })?;
        self.add_shapes(block, &places.sum(&by_combination));
        Ok(())
    }

    /// Counts the records that are kept whole.
    fn add_whole(
        &mut self,
        rows: &StoredRows,
        places: &Places,
        matching: &Selection,
        notes: &mut Notes,
    ) -> Result<(), BlockError> {
        let is_whole = places.keep(|shape| shape == Some(0));
        if is_whole.is_none() {
            return Ok(());
        }
        let mut whole = matching.clone();
        rows.narrow(&is_whole, &mut whole)?;
        notes.tally.unpacked += whole.count() as u64;
        rows.unpack(&whole)?.iter().for_each(|record| self.add_record(record));
        Ok(())
    }
}
