//! A query's pipes over a store: from columns where these tell all that the pipes need, else record by record.

use crate::block_rows::{Asked, Notes};
use crate::columns_count::ColumnsCount;
use crate::error::SearchError;
use crate::question::Question;
use crate::search::Search;
use crate::stop::Stop;
use crate::tally::Tally;
use crate::window::{Wanted, Window, Windows};
use woodpile_block::BlockError;
use woodpile_query::{Origin, Pipeline, Rows, TooManyRows};
use woodpile_record::{Batch, RawDocument};
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
        for collection in collections.iter().filter(|name| question.matcher.may_match_in(name)) {
            self.count_in(question, collection, &mut pipeline, &mut notes)?;
        }
        self.stored().trim();
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
        let wanted = Wanted { matches: &matches, most: usize::MAX };
        let mut windows = Windows::new(self.stored(), collection, question.prune, question.order);
        while let Some(window) = windows.next(wanted)? {
            notes.tally.hot += window.looked_at;
            let counted = self.count_window(question, collection, &window, pipeline, notes)?;
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
        question: &Question,
        collection: &str,
        window: &Window,
        pipeline: &mut Pipeline,
        notes: &mut Notes,
    ) -> Result<bool, SearchError> {
        let mut part = pipeline.empty();
        for record in window.hot.iter() {
            part.push(record, Origin { collection })?;
        }
        let mut blocks = window.blocks.clone();
        if question.order == Order::NewestFirst {
            blocks.reverse();
        }
        for entry in blocks {
            let asked =
                Asked { stored: self.stored(), question, collection, prune: window.prune, entry };
            match count_block(&asked, &mut part, notes) {
                Ok(()) => {}
                Err(Stop::Gone) => return Ok(false),
                Err(Stop::Failed(error)) => return Err(error),
            }
        }
        pipeline.merge(part)?;
        Ok(true)
    }
}

fn count_block(asked: &Asked<'_>, part: &mut Pipeline, notes: &mut Notes) -> Result<(), Stop> {
    let Some((block, filter)) = asked.prepare(notes)? else { return Ok(()) };
    let mut columns = match ColumnsCount::new(&block, part.inputs(), asked.collection) {
        Ok(columns) => columns,
        Err(error) => return asked.fault(error, asked.entry.records, notes),
    };
    let mut groups: Vec<_> = block.groups().enumerate().collect();
    if asked.question.order == Order::NewestFirst {
        groups.reverse();
    }
    groups.retain(|(_, group)| asked.prune.overlaps(group.first, group.last));
    for (number, group) in groups {
        notes.tally.groups += 1;
        let selected = asked.select(&block, &filter, number, group);
        let counted = selected.and_then(|(rows, matching)| match &mut columns {
            Some(columns) => columns.add(&rows, &matching, part),
            None => {
                notes.tally.unpacked += matching.count() as u64;
                push_all(&rows.unpack(&matching)?, asked, part)
            }
        });
        match counted {
            Ok(counted) => counted.map_err(SearchError::from)?,
            Err(error) => asked.fault(error, group.records as u64, notes)?,
        }
    }
    match columns.map_or(Ok(Ok(())), |mut columns| columns.finish(part)) {
        Ok(counted) => Ok(counted.map_err(SearchError::from)?),
        Err(error) => asked.fault(error, asked.entry.records, notes),
    }
}

fn push_all(
    records: &Batch,
    asked: &Asked<'_>,
    part: &mut Pipeline,
) -> Result<Result<(), TooManyRows>, BlockError> {
    let origin = Origin { collection: asked.collection };
    let mut in_order: Vec<&RawDocument> = records.iter().collect();
    if asked.question.order == Order::NewestFirst {
        in_order.reverse();
    }
    Ok(in_order.into_iter().try_for_each(|record| part.push(record, origin)))
}
