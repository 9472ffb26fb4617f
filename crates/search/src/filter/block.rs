use super::answer::Answer;
use super::columns::Columns;
use super::{field, source, text};
use crate::machine::Machines;
use crate::question::Question;
use crate::stored::{StoredBlock, StoredRows};
use std::cell::Cell;
use woodpile_block::{BlockError, Selection};
use woodpile_query::{FieldLeaf, Leaf, Matcher, Node, Origin, Scalar, Times};
use woodpile_store::BlockEntry;

/// A filter made ready for one block: what can be asked once a block was asked.
pub(crate) struct BlockFilter<'m> {
    root: Part<'m>,
    matcher: &'m Matcher,
    collection: &'m str,
    lacks_word: bool,
}

enum Part<'m> {
    All,
    None,
    And(Vec<Part<'m>>),
    Or(Vec<Part<'m>>),
    Not(Box<Part<'m>>),
    Columns(Columns<'m>),
    Time(Times),
    /// Asks the event time as if it were a field.
    EventTime(&'m FieldLeaf),
}

impl<'m> BlockFilter<'m> {
    /// Asks what the block as a whole tells.
    pub(crate) fn new(
        question: &'m Question,
        collection: &'m str,
        entry: &BlockEntry,
        block: &StoredBlock,
    ) -> Result<Self, BlockError> {
        let machines = &question.machines;
        let maker = Maker { machines, collection, entry, block, lacks_word: Cell::new(false) };
        let matcher = &question.matcher;
        let root = maker.part(matcher.root())?;
        Ok(Self { root, matcher, collection, lacks_word: maker.lacks_word.get() })
    }

    /// Whether every record of the block matches.
    pub(crate) fn is_all(&self) -> bool {
        matches!(self.root, Part::All)
    }

    /// Whether the block's words alone told of some of its columns that they do not match.
    pub(crate) fn lacks_word(&self) -> bool {
        self.lacks_word
    }

    /// Whether no record of the block matches.
    pub(crate) fn is_none(&self) -> bool {
        matches!(self.root, Part::None)
    }

    /// The rows of a group that match.
    pub(crate) fn select(
        &self,
        rows: &StoredRows,
        within: &Selection,
    ) -> Result<Selection, BlockError> {
        let answer = self.root.ask(rows, within)?;
        let open = answer.open();
        let mut matching = answer.sure;
        if open.is_none() {
            return Ok(matching);
        }
        let origin = Origin { collection: self.collection };
        let records = rows.unpack(&open)?;
        for (row, record) in open.iter().zip(records.iter()) {
            if self.matcher.matches(record, origin) {
                matching.add(row);
            }
        }
        Ok(matching)
    }
}

/// Makes the parts of a filter ready.
struct Maker<'m, 'b> {
    machines: &'m Machines,
    collection: &'b str,
    entry: &'b BlockEntry,
    block: &'b StoredBlock,
    lacks_word: Cell<bool>,
}

impl<'m> Maker<'m, '_> {
    fn part(&self, node: &'m Node) -> Result<Part<'m>, BlockError> {
        Ok(match node {
            Node::All => Part::All,
            Node::And(parts) => self.and(parts)?,
            Node::Or(parts) => self.or(parts)?,
            Node::Not(part) => match self.part(part)? {
                Part::All => Part::None,
                Part::None => Part::All,
                part => Part::Not(Box::new(part)),
            },
            Node::Leaf(leaf) => self.leaf(leaf)?,
        })
    }

    /// Stops at the first part that no record passes.
    fn and(&self, nodes: &'m [Node]) -> Result<Part<'m>, BlockError> {
        let mut parts = Vec::with_capacity(nodes.len());
        for node in nodes {
            match self.part(node)? {
                Part::None => return Ok(Part::None),
                Part::All => {}
                part => parts.push(part),
            }
        }
        // What leaves the fewest rows is asked first, the others only of these.
        parts.sort_by_cached_key(Part::share);
        Ok(if parts.is_empty() { Part::All } else { Part::And(parts) })
    }

    /// Stops at the first part that every record passes.
    fn or(&self, nodes: &'m [Node]) -> Result<Part<'m>, BlockError> {
        let mut parts = Vec::with_capacity(nodes.len());
        for node in nodes {
            match self.part(node)? {
                Part::All => return Ok(Part::All),
                Part::None => {}
                part => parts.push(part),
            }
        }
        Ok(if parts.is_empty() { Part::None } else { Part::Or(parts) })
    }

    fn leaf(&self, leaf: &'m Leaf) -> Result<Part<'m>, BlockError> {
        Ok(match leaf {
            Leaf::Collection(leaf) if leaf.matches(self.collection) => Part::All,
            Leaf::Collection(_) => Part::None,
            Leaf::Time(times) => self.time(*times),
            Leaf::Text(leaf) => self.part_of(text::prepare(leaf, self.machines, self.block)?),
            Leaf::Source(leaf) => self.part_of(source::prepare(leaf, self.machines, self.block)?),
            Leaf::Field(leaf) if leaf.is_time() => Part::EventTime(leaf),
            Leaf::Field(leaf) => self.part_of(field::prepare(leaf, self.machines, self.block)?),
        })
    }

    fn part_of(&self, columns: Columns<'m>) -> Part<'m> {
        if columns.lacks_word() {
            self.lacks_word.set(true);
        }
        if columns.is_none() { Part::None } else { Part::Columns(columns) }
    }

    fn time(&self, times: Times) -> Part<'static> {
        let BlockEntry { first, last, .. } = *self.entry;
        if holds(times, first) && holds(times, last) {
            Part::All
        } else if times.since.is_some_and(|since| last < since)
            || times.until.is_some_and(|until| first >= until)
        {
            Part::None
        } else {
            Part::Time(times)
        }
    }
}

fn holds(times: Times, at: i64) -> bool {
    times.since.is_none_or(|since| at >= since) && times.until.is_none_or(|until| at < until)
}

impl Part<'_> {
    /// About how many of 1,000 rows have to be looked at, or pass.
    fn share(&self) -> usize {
        match self {
            Self::None => 0,
            Self::And(parts) => parts.iter().map(Self::share).min().unwrap_or(1_000),
            Self::Or(parts) => parts.iter().map(Self::share).sum::<usize>().min(1_000),
            Self::Columns(columns) => columns.share(),
            Self::All | Self::Not(_) | Self::Time(_) | Self::EventTime(_) => 1_000,
        }
    }

    fn ask(&self, rows: &StoredRows, within: &Selection) -> Result<Answer, BlockError> {
        if within.is_none() {
            return Ok(Answer::none(rows.len()));
        }
        Ok(match self {
            Self::All => Answer::exact(within.clone()),
            Self::None => Answer::none(rows.len()),
            Self::And(parts) => and(parts, rows, within)?,
            Self::Or(parts) => or(parts, rows, within)?,
            Self::Not(part) => part.ask(rows, within)?.invert(within),
            Self::Columns(columns) => columns.ask(rows, within)?,
            Self::Time(times) => at_times(rows, within, |time| holds(*times, time))?,
            Self::EventTime(leaf) => at_times(rows, within, |time| {
                leaf.paths().first().is_some_and(|path| leaf.matches(Scalar::Date(time), path))
            })?,
        })
    }
}

/// Each part is asked only of what those before leave.
fn and(parts: &[Part<'_>], rows: &StoredRows, within: &Selection) -> Result<Answer, BlockError> {
    let mut all = Answer::exact(within.clone());
    for part in parts {
        let answer = part.ask(rows, &all.possible)?;
        all.sure.and(&answer.sure);
        all.possible = answer.possible;
    }
    Ok(all)
}

/// Each part is asked only of what no part before is sure of.
fn or(parts: &[Part<'_>], rows: &StoredRows, within: &Selection) -> Result<Answer, BlockError> {
    let mut any = Answer::none(rows.len());
    let mut rest = within.clone();
    for part in parts {
        let answer = part.ask(rows, &rest)?;
        rest.and_not(&answer.sure);
        any.or(&answer);
    }
    Ok(any)
}

fn at_times(
    rows: &StoredRows,
    within: &Selection,
    is_meant: impl Fn(i64) -> bool,
) -> Result<Answer, BlockError> {
    let times = rows.times()?;
    let found = Selection::of(rows.len(), |row| {
        within.has(row) && times.get(row).is_some_and(|time| is_meant(*time))
    });
    Ok(Answer::exact(found))
}
