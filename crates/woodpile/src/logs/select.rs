//! Picks the rows that match, and their neighbours.

use super::Plan;
use crate::merge::{Merged, Row};
use std::collections::VecDeque;
use woodpile_record::RawDocument;
use woodpile_store::Order;

/// A row that is printed, and where it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Picked<'a> {
    pub(super) document: &'a RawDocument,
    pub(super) place: Place,
}

/// The collection, and the number of the row in it as it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) collection: usize,
    number: u64,
}

impl Place {
    /// Whether nothing lies between the two.
    pub(super) fn is_beside(self, other: Self) -> bool {
        self.collection == other.collection && self.number.abs_diff(other.number) == 1
    }
}

/// Takes what is picked.
type Emit<'e> = &'e mut dyn FnMut(Picked<'_>) -> anyhow::Result<()>;

/// Reads until the limit is reached, or the end, and emits what is printed. Returns the number of matches.
pub(super) fn pick(
    plan: &Plan,
    rows: &mut Merged<'_>,
    collections: usize,
    emit: Emit<'_>,
) -> anyhow::Result<u64> {
    let (behind, ahead) = match plan.order() {
        Order::OldestFirst => (plan.before, plan.after),
        Order::NewestFirst => (plan.after, plan.before),
    };
    let passed = (0..collections).map(|_| Passed::default()).collect();
    let mut picker = Picker { behind, ahead, passed, emit };
    let mut left = plan.limit.unwrap_or(usize::MAX);
    let mut matches = 0;
    picker.close_finished(left, rows);
    while let Some(row) = rows.next()? {
        if left > 0 && plan.filter.matches(row.document) {
            picker.take_match(row)?;
            matches += 1;
            left -= 1;
        } else {
            picker.pass(row)?;
        }
        picker.close_finished(left, rows);
    }
    Ok(matches)
}

struct Picker<'p> {
    /// How many rows before a match are printed, in the order of reading.
    behind: usize,
    /// How many after it.
    ahead: usize,
    passed: Vec<Passed>,
    emit: Emit<'p>,
}

/// What one collection's rows leave to remember.
#[derive(Default)]
struct Passed {
    rows: u64,
    /// The last rows that were not printed, at most `behind` of them.
    recent: VecDeque<<RawDocument as ToOwned>::Owned>,
    /// How many more rows are printed because they follow a match.
    ahead: usize,
}

impl Picker<'_> {
    /// Emits the rows before the match that are its neighbours, and the match.
    fn take_match(&mut self, row: Row<'_>) -> anyhow::Result<()> {
        let collection = row.collection;
        let Some(passed) = self.passed.get_mut(collection) else { return Ok(()) };
        let first = passed.rows - passed.recent.len() as u64;
        for (number, document) in (first..).zip(passed.recent.drain(..)) {
            (self.emit)(Picked { document: &document, place: Place { collection, number } })?;
        }
        let place = Place { collection, number: passed.rows };
        passed.rows += 1;
        passed.ahead = self.ahead;
        (self.emit)(Picked { document: row.document, place })
    }

    /// Emits a row if it follows a match closely, else remembers it for the next match.
    fn pass(&mut self, row: Row<'_>) -> anyhow::Result<()> {
        let collection = row.collection;
        let Some(passed) = self.passed.get_mut(collection) else { return Ok(()) };
        let place = Place { collection, number: passed.rows };
        passed.rows += 1;
        if passed.ahead > 0 {
            passed.ahead -= 1;
            return (self.emit)(Picked { document: row.document, place });
        }
        if self.behind > 0 {
            if passed.recent.len() == self.behind {
                passed.recent.pop_front();
            }
            passed.recent.push_back(row.document.to_owned());
        }
        Ok(())
    }

    /// Once all matches are found, only collections whose last match still wants neighbours are read on.
    fn close_finished(&self, left: usize, rows: &mut Merged<'_>) {
        if left == 0 {
            let finished = self.passed.iter().enumerate().filter(|(_, passed)| passed.ahead == 0);
            finished.for_each(|(collection, _)| rows.close(collection));
        }
    }
}
