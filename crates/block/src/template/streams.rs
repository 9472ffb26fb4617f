//! Which slots are one stream: those that mean the same, if that is shorter.

use super::clock::Clock;
use super::column::Column;
use super::shape::{Part, Template, Templates};
use super::slots::{OWN_CHUNK, Slots};
use crate::hash::HashMap;

/// For each slot of each template the number of its stream.
pub(super) type StreamOf = Vec<Vec<u32>>;

/// So many bytes before a slot tell what it means.
const MEANING_BYTES: usize = 10;
/// From this level of compression on it is measured what is shorter.
pub(super) const MEASURED_LEVEL: i32 = 10;
/// It is measured by this level, which takes less time and tells the same.
pub(super) const MEASURING_LEVEL: i32 = 3;

/// What slots have in common that mean the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Meaning<'a> {
    sort: Sort,
    before: &'a [u8],
    after: Option<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Sort {
    Digits,
    Words,
    Rest,
    Addresses,
    Uuids,
    /// Times of one layout, and which of the text's.
    Times(Clock, usize),
}

/// For each slot of each template a number of what it means.
pub(super) fn same_meanings(templates: &Templates) -> StreamOf {
    let mut numbers = HashMap::default();
    let mut number = |meaning| {
        let next = index(numbers.len());
        *numbers.entry(meaning).or_insert(next)
    };
    templates
        .0
        .iter()
        .map(|template| meanings(template).into_iter().map(&mut number).collect())
        .collect()
}

/// Chooses the streams.
pub(super) fn choose(slots: &Slots, ids: &[u32], level: i32) -> StreamOf {
    let together = &slots.meanings;
    let pays = pays(together, slots, ids, level);
    let mut next = 0;
    let mut streams = HashMap::default();
    let mut of = Vec::with_capacity(together.len());
    for (columns, meanings) in slots.templates.iter().zip(together) {
        let mut own = Vec::with_capacity(meanings.len());
        for (column, meaning) in columns.iter().zip(meanings) {
            let stays = pays.get(*meaning as usize) == Some(&true) || column.len() < OWN_CHUNK;
            let number = if stays { *streams.entry(*meaning).or_insert(next) } else { next };
            next = next.max(number + 1);
            own.push(number);
        }
        of.push(own);
    }
    of
}

/// What the slots of a template mean.
fn meanings(template: &Template) -> Vec<Meaning<'_>> {
    let mut times = 0;
    let mut before: &[u8] = &[];
    let mut meanings = Vec::new();
    for (place, part) in template.0.iter().enumerate() {
        let sort = match part {
            Part::Literal(text) => {
                before = text;
                continue;
            }
            Part::Field(_) => {
                before = &[];
                continue;
            }
            Part::Digits => Sort::Digits,
            Part::Word => Sort::Words,
            Part::Rest => Sort::Rest,
            Part::Address => Sort::Addresses,
            Part::Uuid => Sort::Uuids,
            Part::Time(clock) => Sort::Times(*clock, times),
        };
        let mut meaning = Meaning { sort, before: b"", after: None };
        if let Sort::Times(..) = sort {
            times += 1;
        } else {
            meaning.before =
                before.get(before.len().saturating_sub(MEANING_BYTES)..).unwrap_or(before);
            meaning.after = match template.0.get(place + 1) {
                Some(Part::Literal(text)) => text.first().copied(),
                _ => None,
            };
        }
        meanings.push(meaning);
        before = &[];
    }
    meanings
}

/// For each meaning whether its slots are shorter as one stream.
fn pays(together: &StreamOf, slots: &Slots, ids: &[u32], level: i32) -> Vec<bool> {
    let columns = gather(together, slots, ids);
    let mut apart = vec![0_usize; columns.len()];
    let mut members = vec![0_u32; columns.len()];
    let is_measured = level >= MEASURED_LEVEL;
    for (slots, meanings) in slots.templates.iter().zip(together) {
        for (column, meaning) in slots.iter().zip(meanings) {
            let meaning = *meaning as usize;
            let shared = columns.get(meaning).is_some_and(|all| all.len() > column.len());
            if let Some(bytes) = apart.get_mut(meaning).filter(|_| shared && is_measured) {
                *bytes += column.cost(MEASURING_LEVEL);
            }
            if let Some(count) = members.get_mut(meaning) {
                *count += 1;
            }
        }
    }
    let is_shorter = |((column, apart), members): ((&Column, usize), u32)| match column {
        _ if members == 1 => true,
        _ if is_measured => column.cost(MEASURING_LEVEL) <= apart,
        Column::Times { .. } => true,
        _ => false,
    };
    columns.iter().zip(apart).zip(members).map(is_shorter).collect()
}

/// The values of each stream, in the order of the texts.
pub(super) fn gather(of: &StreamOf, slots: &Slots, ids: &[u32]) -> Vec<Column> {
    let count = of.iter().flatten().max().map_or(0, |most| *most as usize + 1);
    let mut streams: Vec<Option<Column>> = (0..count).map(|_| None).collect();
    let mut next = vec![0; of.len()];
    for &id in ids {
        let id = id as usize;
        let (Some(numbers), Some(columns), Some(at)) =
            (of.get(id), slots.templates.get(id), next.get_mut(id))
        else {
            continue;
        };
        for (&number, column) in numbers.iter().zip(columns) {
            if let Some(stream) = streams.get_mut(number as usize) {
                stream.get_or_insert_with(|| column.empty()).push_of(column, *at);
            }
        }
        *at += 1;
    }
    streams.into_iter().map(|stream| stream.unwrap_or(Column::Digits(Vec::new()))).collect()
}

/// The row of each value of each stream, for rows of the texts.
pub(super) fn rows(of: &StreamOf, ids: &[u32], rows: &[u32]) -> Vec<Vec<u32>> {
    let count = of.iter().flatten().max().map_or(0, |most| *most as usize + 1);
    let mut streams = vec![Vec::new(); count];
    for (&id, &row) in ids.iter().zip(rows) {
        for &stream in of.get(id as usize).into_iter().flatten() {
            if let Some(rows) = streams.get_mut(stream as usize) {
                rows.push(row);
            }
        }
    }
    streams
}

fn index(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
