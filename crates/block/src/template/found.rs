//! What a text repeats of its record's other fields.

use super::fields::Fields;
use super::token;

/// Fields of fewer bytes are found in texts by chance.
const MIN_FIELD_BYTES: usize = 2;

/// Where a text says what a field says.
pub(super) struct FoundField {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) column: u32,
}

/// The fields that the text repeats, from left to right; of two that overlap, the longer.
pub(super) fn found_fields(text: &[u8], fields: &Fields<'_>, row: usize) -> Vec<FoundField> {
    let mut found: Vec<FoundField> = Vec::new();
    fields.of_row(row, |column, value| {
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
