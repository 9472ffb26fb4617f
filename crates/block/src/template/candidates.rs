use super::fields::Fields;
use super::found::found_fields;
use super::shape::{MAX_PARTS, MAX_TEMPLATES, Part, Template, Templates};
use super::token::{self, Token};
use super::words::free_words;
use crate::hash::HashMap;
use std::cmp::Reverse;

/// So many templates are told apart before words that change are known to.
const MAX_CANDIDATES: usize = 32_768;
/// Templates that become one can show more words that change: so many times.
const ROUNDS: usize = 4;
/// Templates of fewer texts are not worth one.
const MIN_TEXTS: u32 = 2;
/// The templates that fitted last are tried first.
const TRIED_FIRST: usize = 12;

/// Every part of every candidate once, by a number.
#[derive(Debug, Default)]
pub(super) struct Parts {
    all: Vec<Part>,
    literals: HashMap<Vec<u8>, u32>,
    others: HashMap<Part, u32>,
}

impl Parts {
    fn literal(&mut self, text: &[u8]) -> u32 {
        if let Some(number) = self.literals.get(text) {
            return *number;
        }
        let number = number(self.all.len());
        self.literals.insert(text.to_vec(), number);
        self.all.push(Part::Literal(text.to_vec()));
        number
    }

    pub(super) fn other(&mut self, part: Part) -> u32 {
        if let Some(number) = self.others.get(&part) {
            return *number;
        }
        let number = number(self.all.len());
        self.others.insert(part.clone(), number);
        self.all.push(part);
        number
    }

    fn get(&self, number: u32) -> Option<&Part> {
        self.all.get(number as usize)
    }

    /// Whether it is a word that stays.
    pub(super) fn is_word(&self, number: u32) -> bool {
        let length = |text: &[u8]| token::word_length(text) == text.len();
        matches!(self.get(number), Some(Part::Literal(text)) if length(text))
    }
}

fn number(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Templates before it is known which words change, as numbers of [`Parts`].
#[derive(Debug, Default)]
pub(super) struct Candidates {
    parts: Parts,
    templates: Vec<Vec<u32>>,
    counts: Vec<u32>,
    numbers: HashMap<Vec<u32>, u32>,
    /// The candidates that fitted last, as templates.
    last: Vec<(u32, Template)>,
    /// The candidate that a text is cut to.
    cut: Vec<u32>,
}

impl Candidates {
    /// The candidate of a text; `None` where there are too many, or it has too many parts.
    pub(super) fn of(&mut self, text: &[u8], fields: &Fields<'_>, row: usize) -> Option<u32> {
        let number =
            self.tried_first(text, fields, row).or_else(|| self.found(text, fields, row))?;
        *self.counts.get_mut(number as usize)? += 1;
        Some(number)
    }

    fn tried_first(&mut self, text: &[u8], fields: &Fields<'_>, row: usize) -> Option<u32> {
        let at = self.last.iter().position(|(_, template)| template.is_of(text, fields, row))?;
        self.last.get_mut(..=at)?.rotate_right(1);
        self.last.first().map(|(number, _)| *number)
    }

    fn found(&mut self, text: &[u8], fields: &Fields<'_>, row: usize) -> Option<u32> {
        self.cut(text, fields, row)?;
        let number = match self.numbers.get(&self.cut) {
            Some(number) => *number,
            None if self.templates.len() >= MAX_CANDIDATES => return None,
            None => {
                let number = number(self.templates.len());
                self.numbers.insert(self.cut.clone(), number);
                self.templates.push(self.cut.clone());
                self.counts.push(0);
                number
            }
        };
        self.last.truncate(TRIED_FIRST - 1);
        self.last.insert(0, (number, self.merged(&self.cut)));
        Some(number)
    }

    /// Cuts a text to the candidate that it suggests.
    fn cut(&mut self, text: &[u8], fields: &Fields<'_>, row: usize) -> Option<()> {
        let fields = found_fields(text, fields, row);
        let mut fields = fields.iter().peekable();
        self.cut.clear();
        let mut at = 0;
        while at < text.len() {
            if self.cut.len() >= MAX_PARTS {
                return None;
            }
            if let Some(found) = fields.next_if(|found| found.start == at) {
                self.cut.push(self.parts.other(Part::Field(found.column)));
                at = found.end;
                continue;
            }
            let until = fields.peek().map_or(text.len(), |found| found.start);
            let (token, rest) = token::next(text.get(at..until)?)?;
            self.cut.push(match token {
                Token::Word(literal) | Token::Between(literal) => self.parts.literal(literal),
                Token::Digits(_) => self.parts.other(Part::Digits),
                Token::Mixed(_) => self.parts.other(Part::Word),
                Token::Time(_, clock) => self.parts.other(Part::Time(clock)),
                Token::Address(_) => self.parts.other(Part::Address),
                Token::Uuid(_) => self.parts.other(Part::Uuid),
            });
            at = until - rest.len();
        }
        Some(())
    }

    /// The templates that are kept, and for each candidate which it became.
    pub(super) fn settle(mut self) -> (Templates, Vec<u32>) {
        let word = self.parts.other(Part::Word);
        for _ in 0..ROUNDS {
            if !free_words(&mut self.templates, &self.parts, word) {
                break;
            }
        }
        let mut totals: HashMap<&[u32], u32> = HashMap::default();
        for (template, count) in self.templates.iter().zip(&self.counts) {
            *totals.entry(template).or_default() += count;
        }
        let mut kept: Vec<(&[u32], u32)> =
            totals.into_iter().filter(|(_, count)| *count >= MIN_TEXTS).collect();
        kept.sort_unstable_by_key(|(template, count)| (Reverse(*count), *template));
        kept.truncate(MAX_TEMPLATES - 1);
        let numbers: HashMap<&[u32], u32> = kept.iter().map(|kept| kept.0).zip(1..).collect();
        let became = |template: &Vec<u32>| numbers.get(template.as_slice()).copied().unwrap_or(0);
        let became = self.templates.iter().map(became).collect();
        let rest = Template(vec![Part::Rest]);
        let kept = kept.iter().map(|(template, _)| self.merged(template));
        (Templates(std::iter::once(rest).chain(kept).collect()), became)
    }

    /// The template of a candidate: literals side by side become one.
    fn merged(&self, template: &[u32]) -> Template {
        let mut parts: Vec<Part> = Vec::with_capacity(template.len());
        for part in template.iter().filter_map(|part| self.parts.get(*part)) {
            match (parts.last_mut(), part) {
                (Some(Part::Literal(before)), Part::Literal(text)) => {
                    before.extend_from_slice(text);
                }
                (_, part) => parts.push(part.clone()),
            }
        }
        Template(parts)
    }
}
