//! What is made of all that matches, collection by collection and block by block: in which order equal rows come does not
//! matter.

use crate::block_rows::{Asked, Notes};
use crate::error::SearchError;
use crate::limits::PORTION_BLOCKS;
use crate::question::Question;
use crate::search::Search;
use crate::stop::Stop;
use crate::threads;
use crate::window::{Wanted, Window, Windows};
use woodpile_query::{Origin, TooManyRows};
use woodpile_record::RawDocument;
use woodpile_store::Order;

/// Something that is made of records.
pub(crate) trait Total: Clone + Send + Sync {
    /// The same that took nothing yet.
    fn empty(&self) -> Self;

    /// Takes a record.
    fn push(&mut self, record: &RawDocument, origin: Origin<'_>) -> Result<(), TooManyRows>;

    /// Takes the rows of a block that match.
    fn add_block(&mut self, asked: &Asked<'_>, notes: &mut Notes) -> Result<(), Stop>;

    /// Takes all that another one took.
    fn merge(&mut self, later: Self) -> Result<(), TooManyRows>;
}

impl Search {
    /// Gives all that matches in these collections to the total.
    pub(crate) fn total(
        &self,
        question: &Question,
        collections: &[String],
        total: &mut impl Total,
    ) -> Result<Notes, SearchError> {
        let mut notes = Notes::default();
        let before = self.stored().read_bytes();
        for collection in collections.iter().filter(|name| question.matcher.may_match_in(name)) {
            self.total_of((question, collection), total, &mut notes)?;
        }
        notes.tally.read_bytes = self.stored().read_bytes() - before;
        Ok(notes)
    }

    fn total_of(
        &self,
        (question, collection): (&Question, &str),
        total: &mut impl Total,
        notes: &mut Notes,
    ) -> Result<(), SearchError> {
        let origin = Origin { collection };
        let matches = |record: &RawDocument| question.matcher.matches(record, origin);
        let wanted = Wanted { matches: &matches, most: usize::MAX, question };
        let mut windows = Windows::new(self.stored(), collection, question.prune, question.order);
        while let Some(window) = windows.next(wanted)? {
            notes.tally.hot += window.looked_at;
            // What a block that is gone would have told is told by those that are there instead.
            if !self.take_window((question, collection), &window, total, notes)? {
                windows.again(&window);
            }
        }
        notes.damage.append(&mut windows.damage);
        Ok(())
    }

    /// Takes a stretch of time as a whole, or nothing of it: `false` where a block is gone.
    fn take_window<T: Total>(
        &self,
        (question, collection): (&Question, &str),
        window: &Window,
        total: &mut T,
        notes: &mut Notes,
    ) -> Result<bool, SearchError> {
        let empty = total.empty();
        let mut part = empty.clone();
        for record in window.hot.iter() {
            part.push(record, Origin { collection })?;
        }
        let mut blocks = window.blocks.clone();
        if question.order == Order::NewestFirst {
            blocks.reverse();
        }
        for portion in blocks.chunks(PORTION_BLOCKS) {
            let taken = threads::map(portion, |entry| {
                let (stored, prune) = (self.stored(), window.prune);
                let asked = Asked { stored, question, collection, prune, entry: entry.clone() };
                let (mut part, mut notes) = (empty.clone(), Notes::default());
                let done = part.add_block(&asked, &mut notes);
                (done, part, notes)
            });
            for (done, of_block, noted) in taken {
                notes.add(noted);
                match done {
                    Ok(()) => part.merge(of_block)?,
                    Err(Stop::Gone) => return Ok(false),
                    Err(Stop::Failed(error)) => return Err(error),
                }
            }
            self.stored().trim();
        }
        total.merge(part)?;
        Ok(true)
    }
}
