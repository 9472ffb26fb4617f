use super::candidates::Candidates;
use super::fields::Fields;
use super::shape::{Filling, Templates};
use super::slots::Slots;
use crate::texts::Texts;

/// The templates of a column, which one each text is of, and what fills their slots.
#[derive(Debug)]
pub(crate) struct Learned {
    pub(crate) templates: Templates,
    /// For each text, its template.
    pub(crate) ids: Vec<u32>,
    pub(crate) slots: Slots,
}

/// Finds the templates of texts; `rows[i]` is the row that the i-th text stands in.
pub(crate) fn learn(texts: &Texts, rows: &[u32], fields: &Fields<'_>) -> Learned {
    let mut candidates = Candidates::default();
    let of = |(text, row): (&[u8], &u32)| candidates.of(text, fields, *row as usize);
    let found: Vec<Option<u32>> = texts.iter().zip(rows).map(of).collect();
    let (templates, became) = candidates.settle();
    let mut slots = Slots::new(&templates);
    let mut ids = Vec::with_capacity(found.len());
    let mut fillings = Vec::new();
    for ((text, row), candidate) in texts.iter().zip(rows).zip(found) {
        let row = *row as usize;
        let template = candidate.and_then(|candidate| became.get(candidate as usize)).copied();
        let fits = |id: &u32| {
            let template = templates.0.get(*id as usize);
            template.is_some_and(|template| template.fits(text, fields, row, &mut fillings))
        };
        let id = template.filter(fits).unwrap_or_else(|| {
            fillings.clear();
            fillings.push(Filling::Word(text));
            0
        });
        slots.add(id, &fillings, fields.of(row));
        ids.push(id);
    }
    Learned { templates, ids, slots }
}
