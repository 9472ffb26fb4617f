//! A query's pipes over a store: from columns where these tell all that the pipes need, else record by record.

use crate::block_rows::{Asked, Notes};
use crate::count::count_block;
use crate::error::SearchError;
use crate::question::Question;
use crate::search::Search;
use crate::stop::Stop;
use crate::tally::Tally;
use crate::total::Total;
use woodpile_query::{Origin, Pipeline, Rows, TooManyRows};
use woodpile_record::RawDocument;
use woodpile_store::Finding;

/// What came out of a query's pipes.
#[derive(Debug, Clone, PartialEq)]
pub struct Worked {
    /// The rows.
    pub rows: Rows,
    /// What could not be read, and was passed over.
    pub damage: Vec<Finding>,
    /// What was looked at.
    pub tally: Tally,
}

impl Search {
    /// What the pipes make of all that matches in these collections.
    ///
    /// # Errors
    /// The store fails, or the rows take too much memory.
    pub fn work(
        &self,
        question: &Question,
        collections: &[String],
        mut pipeline: Pipeline,
    ) -> Result<Worked, SearchError> {
        if !pipeline.counts() {
            return self.push(question, collections, pipeline);
        }
        let Notes { damage, tally } = self.total(question, collections, &mut pipeline)?;
        Ok(Worked { rows: pipeline.finish()?, damage, tally })
    }

    /// Record by record, in order.
    fn push(
        &self,
        question: &Question,
        collections: &[String],
        mut pipeline: Pipeline,
    ) -> Result<Worked, SearchError> {
        let mut found = self.find(question, collections);
        while !pipeline.is_full()
            && let Some(row) = found.advance()?
        {
            let collection = collections.get(row.collection).map_or("", String::as_str);
            pipeline.push(row.document, Origin { collection })?;
        }
        let (damage, tally) = (found.damage().cloned().collect(), found.tally());
        Ok(Worked { rows: pipeline.finish()?, damage, tally })
    }
}

impl Total for Pipeline {
    fn empty(&self) -> Self {
        Self::empty(self)
    }

    fn push(&mut self, record: &RawDocument, origin: Origin<'_>) -> Result<(), TooManyRows> {
        Self::push(self, record, origin)
    }

    fn add_block(&mut self, asked: &Asked<'_>, notes: &mut Notes) -> Result<(), Stop> {
        count_block(asked, self, notes)
    }

    fn merge(&mut self, later: Self) -> Result<(), TooManyRows> {
        Self::merge(self, later)
    }
}
