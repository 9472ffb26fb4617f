use super::fields::Fields;
use super::shape::{Filling, MAX_PARTS, MAX_TEMPLATES, Part, Template, Templates};
use super::slots::SlotColumns;
use super::token::{self, Token};
use crate::texts::Texts;
use std::collections::HashMap;

/// So many templates are told apart before words that change are known to.
const MAX_CANDIDATES: usize = 32_768;
/// A word changes if templates that differ only there are more than this.
const MAX_SIBLINGS: usize = 8;
/// Templates that become one can show more words that change: so many times.
const ROUNDS: usize = 4;
/// Templates of fewer texts are not worth one.
const MIN_TEXTS: u32 = 2;
/// The templates that fitted last are tried first.
const TRIED_FIRST: usize = 4;
/// Fields of fewer bytes are found in texts by chance.
const MIN_FIELD_BYTES: usize = 2;

/// The templates of a column, which one each text is of, and what fills their slots.
#[derive(Debug)]
pub(crate) struct Learned {
    pub(crate) templates: Templates,
    /// For each text, its template.
    pub(crate) ids: Vec<u32>,
    pub(crate) slots: SlotColumns,
}

/// Finds the templates of texts; `rows[i]` is the row that the i-th text stands in.
pub(crate) fn learn(texts: &Texts, rows: &[u32], fields: &Fields<'_>) -> Learned {
    let mut candidates = Candidates::default();
    let found: Vec<u32> = texts
        .iter()
        .zip(rows)
        .map(|(text, row)| candidates.of(text, fields, *row as usize))
        .collect();
    let (templates, kept) = candidates.settle();
    let mut slots = SlotColumns::new(&templates);
    let mut ids = Vec::with_capacity(found.len());
    let mut fillings = Vec::new();
    for ((text, row), candidate) in texts.iter().zip(rows).zip(found) {
        let row = *row as usize;
        let id = kept.get(candidate as usize).copied().unwrap_or(0);
        let fits = templates
            .0
            .get(id as usize)
            .is_some_and(|template| template.fits(text, fields, row, &mut fillings));
        let id = if fits { id } else { 0 };
        if !fits {
            fillings.clear();
            fillings.push(Filling::Word(text));
        }
        slots.add(id, &fillings, |per_second| fields.time(row, per_second));
        ids.push(id);
    }
    Learned { templates, ids, slots }
}

/// Templates before it is known which words change.
#[derive(Default)]
struct Candidates {
    templates: Vec<Template>,
    counts: Vec<u32>,
    numbers: HashMap<Template, u32>,
    last: Vec<u32>,
}

/// The candidate of texts that have none.
const NONE: u32 = u32::MAX;

impl Candidates {
    fn of(&mut self, text: &[u8], fields: &Fields<'_>, row: usize) -> u32 {
        let number =
            self.tried_first(text, fields, row).unwrap_or_else(|| self.cut(text, fields, row));
        if let Some(count) = self.counts.get_mut(number as usize) {
            *count += 1;
        }
        number
    }

    fn tried_first(&mut self, text: &[u8], fields: &Fields<'_>, row: usize) -> Option<u32> {
        let mut fillings = Vec::new();
        let fits = |number: &u32| {
            let template = self.templates.get(*number as usize);
            template.is_some_and(|template| template.fits(text, fields, row, &mut fillings))
        };
        let at = self.last.iter().position(fits)?;
        let number = self.last.remove(at);
        self.last.insert(0, number);
        Some(number)
    }

    fn cut(&mut self, text: &[u8], fields: &Fields<'_>, row: usize) -> u32 {
        let Some(template) = cut(text, fields, row) else { return NONE };
        if let Some(number) = self.numbers.get(&template) {
            return self.remember(*number);
        }
        if self.templates.len() >= MAX_CANDIDATES {
            return NONE;
        }
        let number = self.templates.len() as u32;
        self.numbers.insert(template.clone(), number);
        self.templates.push(template);
        self.counts.push(0);
        self.remember(number)
    }

    fn remember(&mut self, number: u32) -> u32 {
        self.last.insert(0, number);
        self.last.truncate(TRIED_FIRST);
        number
    }

    /// The templates that are kept, and for each candidate which it became.
    fn settle(mut self) -> (Templates, Vec<u32>) {
        for _ in 0..ROUNDS {
            if !free_words(&mut self.templates) {
                break;
            }
        }
        let mut totals: HashMap<&Template, u32> = HashMap::new();
        for (template, count) in self.templates.iter().zip(&self.counts) {
            *totals.entry(template).or_default() += count;
        }
        let mut kept: Vec<(&Template, u32)> =
            totals.into_iter().filter(|(_, count)| *count >= MIN_TEXTS).collect();
        kept.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| key(a.0).cmp(&key(b.0))));
        kept.truncate(MAX_TEMPLATES - 1);
        let numbers: HashMap<&Template, u32> =
            kept.iter().zip(1..).map(|(kept, number)| (kept.0, number)).collect();
        let became = self
            .templates
            .iter()
            .map(|template| numbers.get(template).copied().unwrap_or(0))
            .collect();
        let rest = Template(vec![Part::Rest]);
        let templates =
            std::iter::once(rest).chain(kept.iter().map(|(template, _)| (*template).clone()));
        (Templates(templates.map(merge_literals).collect()), became)
    }
}

/// An order for templates that does not depend on chance.
fn key(template: &Template) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in &template.0 {
        match part {
            Part::Literal(text) => bytes.extend_from_slice(text),
            other => bytes.extend_from_slice(format!("\0{other:?}").as_bytes()),
        }
    }
    bytes
}

/// Literals side by side become one.
fn merge_literals(template: Template) -> Template {
    let mut parts: Vec<Part> = Vec::with_capacity(template.0.len());
    for part in template.0 {
        match (parts.last_mut(), part) {
            (Some(Part::Literal(before)), Part::Literal(text)) => before.extend_from_slice(&text),
            (_, part) => parts.push(part),
        }
    }
    Template(parts)
}

/// Makes slots of the words that change; says whether there were any.
fn free_words(templates: &mut [Template]) -> bool {
    let mut siblings: HashMap<(usize, Template), Vec<usize>> = HashMap::new();
    let distinct: HashMap<Template, usize> =
        templates.iter().enumerate().map(|(at, template)| (template.clone(), at)).collect();
    for (template, &at) in &distinct {
        for place in words(template) {
            let mut open = template.clone();
            if let Some(part) = open.0.get_mut(place) {
                *part = Part::Word;
            }
            siblings.entry((place, open)).or_default().push(at);
        }
    }
    let mut free: HashMap<Template, Vec<usize>> = HashMap::new();
    for ((place, _), members) in
        siblings.into_iter().filter(|(_, members)| members.len() > MAX_SIBLINGS)
    {
        for member in members {
            if let Some(template) = templates.get(member) {
                free.entry(template.clone()).or_default().push(place);
            }
        }
    }
    for template in templates.iter_mut() {
        for &place in free.get(template).into_iter().flatten() {
            if let Some(part) = template.0.get_mut(place) {
                *part = Part::Word;
            }
        }
    }
    !free.is_empty()
}

/// Where literals are words.
fn words(template: &Template) -> Vec<usize> {
    let is_word =
        |part: &Part| matches!(part, Part::Literal(text) if token::word_length(text) == text.len());
    (0..template.0.len()).filter(|place| template.0.get(*place).is_some_and(is_word)).collect()
}

/// The template that one text suggests; `None` for texts of too many parts.
fn cut(text: &[u8], fields: &Fields<'_>, row: usize) -> Option<Template> {
    let fields = found_fields(text, fields, row);
    let mut fields = fields.iter().peekable();
    let mut parts = Vec::new();
    let mut at = 0;
    while at < text.len() {
        if parts.len() >= MAX_PARTS {
            return None;
        }
        if let Some(found) = fields.next_if(|found| found.start == at) {
            parts.push(Part::Field(found.column));
            at = found.end;
            continue;
        }
        let until = fields.peek().map_or(text.len(), |found| found.start);
        let (token, rest) = token::next(text.get(at..until)?)?;
        parts.push(match token {
            Token::Word(literal) | Token::Between(literal) => Part::Literal(literal.to_vec()),
            Token::Digits(_) => Part::Digits,
            Token::Mixed(_) => Part::Word,
            Token::Time(_, clock) => Part::Time(clock),
        });
        at = until - rest.len();
    }
    Some(Template(parts))
}

/// Where a text says what a field says.
struct FoundField {
    start: usize,
    end: usize,
    column: u32,
}

/// The fields that the text repeats, from left to right; of two that overlap, the longer.
fn found_fields(text: &[u8], fields: &Fields<'_>, row: usize) -> Vec<FoundField> {
    let mut found: Vec<FoundField> = Vec::new();
    fields.of_row(row, |column, _, value| {
        if value.len() < MIN_FIELD_BYTES || value.len() > text.len() {
            return;
        }
        for start in memchr::memmem::find_iter(text, value) {
            let end = start + value.len();
            if is_border(text, start) && is_border(text, end) {
                found.push(FoundField { start, end, column });
            }
        }
    });
    found.sort_by_key(|found| std::cmp::Reverse(found.end - found.start));
    let mut kept: Vec<FoundField> = Vec::new();
    for candidate in found {
        let apart =
            |other: &FoundField| candidate.end <= other.start || candidate.start >= other.end;
        if kept.iter().all(apart) {
            kept.push(candidate);
        }
    }
    kept.sort_by_key(|found| found.start);
    kept
}

/// Whether no word goes on across this place.
fn is_border(text: &[u8], at: usize) -> bool {
    let word = |index: Option<usize>| {
        index
            .and_then(|index| text.get(index))
            .is_some_and(|byte| token::word_length(&[*byte]) == 1)
    };
    !(word(at.checked_sub(1)) && word(Some(at)))
}
