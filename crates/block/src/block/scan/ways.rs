//! In which ways a literal can lie in the texts of a template: within a part, or from one into the next. What a way asks of
//! the fields tells which rows may have it there; mostly there is none.

use super::Values;
use super::literal::{Literal, begins_with, ends_with};
use super::texts::text_of;
use crate::block::bytes::Bytes;
use crate::block::read::Block;
use crate::block::shared::TextColumn;
use crate::hash::HashMap;
use crate::shred::{Data, Kind};
use crate::template::{Decimal, Looks, Part, Step};
use crate::texts::Texts;
use std::ops::Range;
use std::sync::Arc;

/// More ways than these are not told apart.
const MAX_WAYS: usize = 32;
/// So often a part is looked at before nothing more is told.
const MAX_WORK: usize = 1 << 22;
/// Bytes of numbers in decimal.
const NUMBER: &[u8] = b"-+.0123456789einfa";

/// How a literal lies in a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Lies {
    /// As a whole.
    Within,
    /// The value ends with so many of its first bytes.
    BeginsIn(usize),
    /// The value begins with its bytes from here on.
    EndsIn(usize),
    /// The value is these of its bytes.
    GoesThrough(usize, usize),
}

/// What a way asks of the value of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Asked {
    pub(super) column: u32,
    lies: Lies,
}

/// All of these have to hold; nothing in it: whatever the fields are, the literal may be there.
pub(super) type Way = Vec<Asked>;

/// Finds the ways.
pub(super) struct Ways<'a, B> {
    block: &'a Block<B>,
    column: &'a TextColumn,
    literal: Literal<'a>,
    /// Which values are as it is asked; `None` where none is.
    passing: HashMap<Asked, Option<Arc<Vec<bool>>>>,
    work: usize,
}

/// A part of a template.
enum Piece<'a> {
    Literal(&'a [u8]),
    /// One of the values of a column.
    Values(u32),
    Listed(&'a Texts),
    /// At each place one of these bytes.
    Places(Vec<&'static [u8]>),
    /// Any of these bytes.
    Bytes(Vec<&'static [u8]>),
    Anything,
}

/// The ways in which what was begun goes on from a part, with so many bytes behind it.
type Known = HashMap<(usize, usize), Vec<Way>>;

impl<'a, B: Bytes> Ways<'a, B> {
    pub(super) fn new(block: &'a Block<B>, column: &'a TextColumn, literal: Literal<'a>) -> Self {
        Self { block, column, literal, passing: HashMap::default(), work: 0 }
    }

    /// The ways in the texts of a template.
    pub(super) fn of(&mut self, template: usize) -> Vec<Way> {
        let Some(parts) = self.column.templates.0.get(template) else { return Vec::new() };
        let mut slots = 0..;
        let pieces: Vec<Piece<'_>> =
            parts.0.iter().map(|part| self.piece(template, part, &mut slots)).collect();
        let mut known = Known::default();
        let mut ways = Vec::new();
        for at in 0..pieces.len() {
            ways.extend(self.ways_from(pieces.get(at..).unwrap_or_default(), &mut known));
            if is_any(&ways) {
                return vec![Way::new()];
            }
        }
        settled(ways)
    }

    /// The values that are as it is asked.
    pub(super) fn passing(&self, asked: Asked) -> Option<Arc<Vec<bool>>> {
        self.passing.get(&asked).cloned().flatten()
    }

    fn piece(
        &self,
        template: usize,
        part: &'a Part,
        slots: &mut impl Iterator<Item = usize>,
    ) -> Piece<'a> {
        match part {
            Part::Literal(text) => Piece::Literal(text),
            Part::Field(column) if self.block.dictionary(*column as usize).is_some() => {
                Piece::Values(*column)
            }
            Part::Field(column) => match self.block.kind(*column as usize) {
                Kind::Ints | Kind::Doubles => Piece::Bytes(vec![NUMBER]),
                _ => Piece::Anything,
            },
            slot => match self.column.slots.looks(template, slots.next().unwrap_or(0), slot) {
                Looks::Listed(list) => Piece::Listed(list),
                Looks::Steps(steps) => of_steps(&steps),
                Looks::Any => Piece::Anything,
            },
        }
    }

    /// The ways in which it begins in the first of these parts.
    fn ways_from(&mut self, pieces: &[Piece<'a>], known: &mut Known) -> Vec<Way> {
        let Some((piece, behind)) = pieces.split_first() else { return Vec::new() };
        let mut ways: Vec<Way> = self.way(piece, Lies::Within).into_iter().collect();
        for from in 1..self.literal.len() {
            let lies = Lies::BeginsIn(from);
            if matches!(piece, Piece::Literal(_)) && self.way(piece, lies).is_none() {
                continue;
            }
            let rests = self.ways_on(behind, from, known);
            self.join(piece, lies, &rests, &mut ways);
        }
        ways
    }

    /// The ways in which its bytes from `from` on lie at the beginning of these parts.
    fn ways_on(&mut self, pieces: &[Piece<'a>], from: usize, known: &mut Known) -> Vec<Way> {
        let Some((piece, behind)) = pieces.split_first() else { return Vec::new() };
        if let Piece::Literal(text) = piece {
            // Mostly it goes on otherwise.
            let is_same =
                |byte: &u8| self.literal.bytes(from..from + 1) == [byte.to_ascii_lowercase()];
            if !text.first().is_some_and(is_same) {
                return Vec::new();
            }
        }
        let key = (behind.len(), from);
        if let Some(known) = known.get(&key) {
            return known.clone();
        }
        let mut ways: Vec<Way> = self.way(piece, Lies::EndsIn(from)).into_iter().collect();
        for to in ends(piece, from).start..ends(piece, from).end.min(self.literal.len()) {
            let lies = Lies::GoesThrough(from, to);
            if matches!(piece, Piece::Literal(_)) && self.way(piece, lies).is_none() {
                break;
            }
            let rests = self.ways_on(behind, to, known);
            self.join(piece, lies, &rests, &mut ways);
        }
        let ways = settled(ways);
        known.insert(key, ways.clone());
        ways
    }

    /// Adds the ways that lie so in a part, and then as the rest does.
    fn join(&mut self, piece: &Piece<'a>, lies: Lies, rests: &[Way], ways: &mut Vec<Way>) {
        if !rests.is_empty()
            && let Some(own) = self.way(piece, lies)
        {
            ways.extend(rests.iter().map(|rest| [own.as_slice(), rest].concat()));
        }
    }

    /// What it asks that it lies so in a part; `None` where it cannot.
    fn way(&mut self, piece: &Piece<'a>, lies: Lies) -> Option<Way> {
        self.work += 1;
        if self.work > MAX_WORK {
            return Some(Way::new());
        }
        if let Piece::Values(column) = piece {
            let asked = Asked { column: *column, lies };
            return self.has_value(asked).then(|| vec![asked]);
        }
        self.may_lie(piece, lies).then(Way::new)
    }

    /// Whether it may lie so in a part whose texts the block does not list.
    fn may_lie(&self, piece: &Piece<'a>, lies: Lies) -> bool {
        match piece {
            Piece::Literal(text) => self.lies_in(text, lies),
            Piece::Listed(list) => list.iter().any(|word| self.lies_in(word, lies)),
            Piece::Places(places) => self.lies_at(places, lies),
            Piece::Bytes(sets) => {
                let is_there = |byte: &u8| sets.iter().any(|set| has(set, *byte));
                self.literal.bytes(self.range(lies)).iter().all(is_there)
            }
            Piece::Values(_) | Piece::Anything => true,
        }
    }

    /// Which of its bytes lie there.
    fn range(&self, lies: Lies) -> Range<usize> {
        match lies {
            Lies::Within => 0..self.literal.len(),
            Lies::BeginsIn(count) => 0..count,
            Lies::EndsIn(from) => from..self.literal.len(),
            Lies::GoesThrough(from, to) => from..to,
        }
    }

    fn lies_in(&self, text: &[u8], lies: Lies) -> bool {
        let own = self.literal.bytes(self.range(lies));
        match lies {
            Lies::Within => self.literal.is_in(text),
            Lies::BeginsIn(_) => ends_with(text, own),
            Lies::EndsIn(_) => begins_with(text, own),
            Lies::GoesThrough(..) => text.eq_ignore_ascii_case(own),
        }
    }

    fn lies_at(&self, places: &[&[u8]], lies: Lies) -> bool {
        let own = self.literal.bytes(self.range(lies));
        let Some(spare) = places.len().checked_sub(own.len()) else { return false };
        let starts = match lies {
            Lies::Within => 0..=spare,
            Lies::BeginsIn(_) => spare..=spare,
            Lies::GoesThrough(..) if spare > 0 => return false,
            Lies::EndsIn(_) | Lies::GoesThrough(..) => 0..=0,
        };
        let fits = |start: usize| {
            let places = places.get(start..).unwrap_or_default();
            own.iter().zip(places).all(|(byte, set)| has(set, *byte))
        };
        starts.into_iter().any(fits)
    }

    /// Whether some value of a column is as it is asked.
    fn has_value(&mut self, asked: Asked) -> bool {
        if let Some(known) = self.passing.get(&asked) {
            return known.is_some();
        }
        let data = self.block.dictionary(asked.column as usize);
        let passing = data.map(|data| self.ask_values(data, asked.lies)).unwrap_or_default();
        let passing = passing.contains(&true).then(|| Arc::new(passing));
        let is_some = passing.is_some();
        self.passing.insert(asked, passing);
        is_some
    }

    fn ask_values(&self, data: &Data, lies: Lies) -> Vec<bool> {
        if let (Data::Texts(texts), Lies::Within) = (data, lies) {
            return self.literal.find_in(texts);
        }
        let is_number = !matches!(data, Data::Texts(_));
        if is_number && !self.may_lie(&Piece::Bytes(vec![NUMBER]), lies) {
            return Vec::new();
        }
        let room = &mut Decimal::default();
        let mut asks = |place| match text_of(data, place, room) {
            Some(text) => self.lies_in(text, lies),
            None => true,
        };
        (0..Values(data).len()).map(&mut asks).collect()
    }
}

/// Whether a set has a byte, in either case.
fn has(set: &[u8], lower: u8) -> bool {
    set.contains(&lower) || set.contains(&lower.to_ascii_uppercase())
}

fn of_steps(steps: &[Step]) -> Piece<'static> {
    if steps.iter().all(|step| step.least == step.most) {
        let places = steps.iter().flat_map(|step| std::iter::repeat_n(step.bytes, step.most));
        return Piece::Places(places.collect());
    }
    Piece::Bytes(steps.iter().map(|step| step.bytes).collect())
}

/// Up to where a literal can reach through a part.
fn ends(piece: &Piece<'_>, from: usize) -> Range<usize> {
    match piece {
        Piece::Literal(text) => from + text.len()..from + text.len() + 1,
        Piece::Places(places) => from + places.len()..from + places.len() + 1,
        _ => from..usize::MAX,
    }
}

/// Whether one of the ways asks nothing.
fn is_any(ways: &[Way]) -> bool {
    ways.iter().any(Vec::is_empty)
}

/// Each way once; one that asks nothing instead of too many.
fn settled(mut ways: Vec<Way>) -> Vec<Way> {
    if is_any(&ways) {
        return vec![Way::new()];
    }
    for way in &mut ways {
        way.sort_unstable();
    }
    ways.sort_unstable();
    ways.dedup();
    if ways.len() > MAX_WAYS { vec![Way::new()] } else { ways }
}
