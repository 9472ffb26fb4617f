//! A query's pipes over a store: from columns where these tell all that the pipes need, else record by record.

use crate::block_rows::{Asked, Notes};
use crate::count::count_block;
use crate::error::SearchError;
use crate::limits::PORTION_BLOCKS;
use crate::question::Question;
use crate::search::Search;
use crate::stop::Stop;
use crate::tally::Tally;
use crate::threads;
use crate::window::{Wanted, Window, Windows};
use woodpile_query::{Origin, Pipeline, Rows};
use woodpile_record::RawDocument;
use woodpile_store::{Finding, Order};

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
        pipeline: Pipeline,
    ) -> Result<Worked, SearchError> {
        if pipeline.counts() {
            self.count(question, collections, pipeline)
        } else {
            self.push(question, collections, pipeline)
        }
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

    /// Collection by collection, block by block: in which order equal rows are counted does not matter.
    fn count(
        &self,
        question: &Question,
        collections: &[String],
        mut pipeline: Pipeline,
    ) -> Result<Worked, SearchError> {
        let mut notes = Notes::default();
        let before = self.stored().read_bytes();
        for collection in collections.iter().filter(|name| question.matcher.may_match_in(name)) {
            self.count_in(question, collection, &mut pipeline, &mut notes)?;
        }
        notes.tally.read_bytes = self.stored().read_bytes() - before;
        Ok(Worked { rows: pipeline.finish()?, damage: notes.damage, tally: notes.tally })
    }

    fn count_in(
        &self,
        question: &Question,
        collection: &str,
        pipeline: &mut Pipeline,
        notes: &mut Notes,
    ) -> Result<(), SearchError> {
        let origin = Origin { collection };
        let matches = |record: &RawDocument| question.matcher.matches(record, origin);
        let wanted = Wanted { matches: &matches, most: usize::MAX, question };
        let mut windows = Windows::new(self.stored(), collection, question.prune, question.order);
        while let Some(window) = windows.next(wanted)? {
            notes.tally.hot += window.looked_at;
            let counted = self.count_window((question, collection), &window, pipeline, notes)?;
            // What a block that is gone would have told is told by those that are there instead.
            if !counted {
                windows.again(&window);
            }
        }
        notes.damage.append(&mut windows.damage);
        Ok(())
    }

    /// Counts a stretch of time as a whole, or nothing of it: `false` where a block is gone.
    fn count_window(
        &self,
        (question, collection): (&Question, &str),
        window: &Window,
        pipeline: &mut Pipeline,
        notes: &mut Notes,
    ) -> Result<bool, SearchError> {
        let empty = pipeline.empty();
        let mut part = empty.clone();
        for record in window.hot.iter() {
            part.push(record, Origin { collection })?;
        }
        let mut blocks = window.blocks.clone();
        if question.order == Order::NewestFirst {
            blocks.reverse();
        }
        for portion in blocks.chunks(PORTION_BLOCKS) {
            let counted = threads::map(portion, |entry| {
                let (stored, prune) = (self.stored(), window.prune);
                let asked = Asked { stored, question, collection, prune, entry: entry.clone() };
                let (mut part, mut notes) = (empty.clone(), Notes::default());
                let done = count_block(&asked, &mut part, &mut notes);
                (done, part, notes)
            });
            for (done, of_block, noted) in counted {
                notes.add(noted);
                match done {
                    Ok(()) => part.merge(of_block)?,
                    Err(Stop::Gone) => return Ok(false),
                    Err(Stop::Failed(error)) => return Err(error),
                }
            }
            self.stored().trim();
        }
        pipeline.merge(part)?;
        Ok(true)
    }
}
