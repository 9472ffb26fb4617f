//! Which states an automaton can be in behind the parts of a template, whatever its slots and fields say: what is
//! certain of them all is certain of every row.

use super::automaton::{Automaton, Steps, accepts};
use super::texts::text_of;
use crate::block::bytes::Bytes;
use crate::block::read::Block;
use crate::block::shared::TextColumn;
use crate::hash::HashMap;
use crate::shred::{Data, Kind};
use crate::template::{DECIMAL, Decimal, Looks, Part, Step};

/// Of more states at once nothing is told.
const MAX_STATES: usize = 48;
/// So many bytes are read before nothing more is told.
const MAX_WORK: usize = 1 << 24;

/// What is certain of the texts of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Never,
    Always,
    /// It depends on the row.
    Open,
}

/// The values of a field that lead elsewhere than most do.
#[derive(Debug, Clone)]
pub(super) struct Unusual {
    pub(super) column: u32,
    /// By the place of the value.
    pub(super) of: Vec<bool>,
}

/// Follows an automaton through templates.
pub(super) struct Reach<'a, B> {
    block: &'a Block<B>,
    automaton: &'a dyn Automaton,
    column: &'a TextColumn,
    /// For a field and the state before it, the state behind each of its values.
    behind: HashMap<(u32, u32), Option<Vec<u32>>>,
    work: usize,
}

impl<'a, B: Bytes> Reach<'a, B> {
    pub(super) fn new(
        block: &'a Block<B>,
        column: &'a TextColumn,
        automaton: &'a dyn Automaton,
    ) -> Self {
        Self { block, automaton, column, behind: HashMap::default(), work: 0 }
    }

    /// What is certain of all texts of a template.
    pub(super) fn verdict(&mut self, template: usize) -> Verdict {
        let start = vec![self.automaton.start()];
        let states = self.fold(template, start, Self::through);
        let accepts = |state: &u32| accepts(self.automaton, *state);
        match states {
            Some(states) if states.iter().all(accepts) => Verdict::Always,
            Some(states) if !states.iter().any(accepts) => Verdict::Never,
            _ => Verdict::Open,
        }
    }

    /// The values that a text of the template has to have one of to match; `None` where that cannot be said.
    pub(super) fn unusual(&mut self, template: usize) -> Option<Vec<Unusual>> {
        let (automaton, parts) = (self.automaton, &self.column.templates.0.get(template)?.0);
        let (mut states, mut found) = (vec![automaton.start()], Vec::new());
        let mut slot = 0;
        let mut rest = parts.iter().peekable();
        while let Some(part) = rest.next() {
            let place = Place { template, slot, part };
            slot += usize::from(part.is_slot());
            let Some(column) = place.field().filter(|column| self.has_values(*column)) else {
                states = self.through(states, place)?;
                continue;
            };
            // What a value begins mostly ends with the punctuation behind it.
            let behind = match rest.next_if(|part| matches!(part, Part::Literal(_))) {
                Some(Part::Literal(literal)) => literal.as_slice(),
                _ => &[],
            };
            let (usual, unusual) = self.usual(column, &states, behind)?;
            found.extend(unusual);
            states = usual;
        }
        let none_accepts = !states.iter().any(|state| accepts(automaton, *state));
        none_accepts.then_some(found)
    }

    /// Where most values of a dictionary, with a literal behind them, lead from these states, and the values that lead
    /// elsewhere.
    fn usual(
        &mut self,
        column: u32,
        states: &[u32],
        literal: &[u8],
    ) -> Option<(Vec<u32>, Option<Unusual>)> {
        let mut steps = Steps::new(self.automaton);
        let mut behind = Vec::with_capacity(states.len());
        for state in states {
            let mut own = self.behind_values(column, *state)?;
            for state in &mut own {
                *state = steps.behind(0, *state, || Some(literal))?;
            }
            behind.push(own);
        }
        let usual: Vec<u32> = behind.iter().map(|of| most_frequent(of)).collect::<Option<_>>()?;
        let usual = distinct(usual.into_iter());
        let mut of = vec![false; behind.first().map_or(0, Vec::len)];
        for (place, state) in behind.iter().flat_map(|behind| (0..).zip(behind)) {
            let is_usual = usual.binary_search(state).is_ok();
            if let Some(flag) = of.get_mut::<usize>(place).filter(|_| !is_usual) {
                *flag = true;
            }
        }
        let unusual = of.contains(&true).then_some(Unusual { column, of });
        Some((usual, unusual))
    }

    /// Whether the values of a column are the block's.
    fn has_values(&self, column: u32) -> bool {
        self.block.dictionary(column as usize).is_some()
    }

    /// Goes through the parts of a template.
    fn fold<T>(
        &mut self,
        template: usize,
        start: T,
        mut step: impl FnMut(&mut Self, T, Place<'a>) -> Option<T>,
    ) -> Option<T> {
        let mut slot = 0;
        let mut at = start;
        for part in &self.column.templates.0.get(template)?.0 {
            at = step(self, at, Place { template, slot, part })?;
            slot += usize::from(part.is_slot());
        }
        Some(at)
    }

    /// The states behind a part; `None` where these cannot be told.
    fn through(&mut self, states: Vec<u32>, place: Place<'a>) -> Option<Vec<u32>> {
        let (automaton, column) = (self.automaton, self.column);
        match place.part {
            Part::Literal(literal) => {
                self.spend(states.len() * literal.len())?;
                Some(distinct(states.iter().map(|state| automaton.next(*state, literal))))
            }
            Part::Field(field) => self.through_field(states, *field),
            _ => match column.slots.looks(place.template, place.slot, place.part) {
                Looks::Listed(list) => {
                    self.spend(states.len() * list.as_bytes().len())?;
                    let behind = |state: &u32| {
                        let state = *state;
                        list.iter().map(move |word| automaton.next(state, word))
                    };
                    bounded(distinct(states.iter().flat_map(behind)))
                }
                Looks::Steps(steps) => self.through_steps(states, &steps),
                Looks::Any => None,
            },
        }
    }

    fn through_field(&mut self, states: Vec<u32>, field: u32) -> Option<Vec<u32>> {
        let column = field as usize;
        if !self.has_values(field) {
            let is_number = self.block.kind(column) == Kind::Ints;
            return is_number.then(|| self.through_steps(states, &DECIMAL))?;
        }
        let mut all = Vec::new();
        for state in states {
            all.extend(distinct(self.behind_values(field, state)?.into_iter()));
        }
        bounded(distinct(all.into_iter()))
    }

    /// The state behind each value of a dictionary.
    fn behind_values(&mut self, field: u32, state: u32) -> Option<Vec<u32>> {
        if let Some(known) = self.behind.get(&(field, state)) {
            return known.clone();
        }
        let found = self.block.dictionary(field as usize).and_then(|data| {
            self.spend(match data {
                Data::Texts(texts) => texts.as_bytes().len(),
                Data::Ints(values) => size_of_val(values.as_slice()),
                _ => return None,
            })?;
            let room = &mut Decimal::default();
            let values = 0..super::Values(data).len();
            let mut behind = |at| Some(self.automaton.next(state, text_of(data, at, room)?));
            values.map(&mut behind).collect()
        });
        self.behind.insert((field, state), found.clone());
        found
    }

    fn through_steps(&mut self, states: Vec<u32>, steps: &[Step]) -> Option<Vec<u32>> {
        let automaton = self.automaton;
        let mut at = states;
        for step in steps {
            let mut reached = if step.least == 0 { at.clone() } else { Vec::new() };
            for count in 1..=step.most {
                self.spend(at.len() * step.bytes.len())?;
                let next = |state: &u32| {
                    let state = *state;
                    step.bytes.iter().map(move |byte| automaton.next(state, &[*byte]))
                };
                at = bounded(distinct(at.iter().flat_map(next)))?;
                if count >= step.least {
                    // Where no more states are reached, none will be.
                    if at.iter().all(|state| reached.contains(state)) {
                        break;
                    }
                    reached.extend(&at);
                }
            }
            at = bounded(distinct(reached.into_iter()))?;
        }
        Some(at)
    }

    fn spend(&mut self, bytes: usize) -> Option<()> {
        self.work += bytes;
        (self.work <= MAX_WORK).then_some(())
    }
}

/// A part of a template.
#[derive(Debug, Clone, Copy)]
struct Place<'a> {
    template: usize,
    /// How many slots are before it.
    slot: usize,
    part: &'a Part,
}

impl Place<'_> {
    fn field(self) -> Option<u32> {
        match self.part {
            Part::Field(column) => Some(*column),
            _ => None,
        }
    }
}

fn distinct(states: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut seen = crate::hash::HashSet::default();
    let mut found: Vec<u32> = states.filter(|state| seen.insert(*state)).collect();
    found.sort_unstable();
    found
}

fn bounded(states: Vec<u32>) -> Option<Vec<u32>> {
    (states.len() <= MAX_STATES).then_some(states)
}

fn most_frequent(states: &[u32]) -> Option<u32> {
    let mut counts: HashMap<u32, u32> = HashMap::default();
    for state in states {
        *counts.entry(*state).or_default() += 1;
    }
    // Of two as frequent the smaller, so that the same is always found.
    counts
        .into_iter()
        .max_by_key(|(state, count)| (*count, u32::MAX - state))
        .map(|(state, _)| state)
}
