//! Texts that match are found, and no others, however they are written.

use crate::support::{access, batch, free_text};
use bson::{Document, doc};
use proptest::prelude::*;
use std::sync::Arc;
use woodpile_block::{
    Automaton, Block, Effort, Fate, PatternPart, Rows, Selection, TextMatch, pack,
};

/// Where a needle has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Where {
    Anywhere,
    AtStart,
    AtEnd,
}

/// Looks for a needle; as an automaton whose state is how much of it was just read, one more where it cannot be any more.
#[derive(Debug)]
struct Needle {
    bytes: Vec<u8>,
    place: Where,
    is_automaton: bool,
    /// Whether it says what has to be in a text, and this is it.
    literal: Option<Vec<u8>>,
}

impl Needle {
    fn step(&self, state: usize, byte: u8) -> usize {
        if self.place == Where::AtStart {
            let goes_on = self.bytes.get(state) == Some(&byte);
            return if goes_on { state + 1 } else { self.bytes.len() + 1 };
        }
        let read = [&self.bytes[..state], &[byte]].concat();
        let most = read.len().min(self.bytes.len());
        (0..=most).rev().find(|&length| read.ends_with(&self.bytes[..length])).unwrap_or(0)
    }
}

impl Automaton for Needle {
    fn start(&self) -> u32 {
        0
    }

    fn next(&self, state: u32, bytes: &[u8]) -> u32 {
        let step = |state: u32, byte: &u8| match self.fate(state) {
            Fate::Open => self.step(state as usize, *byte) as u32,
            _ => state,
        };
        bytes.iter().fold(state, step)
    }

    fn fate(&self, state: u32) -> Fate {
        match state as usize {
            state if state > self.bytes.len() => Fate::Fails,
            state if state == self.bytes.len() && self.place != Where::AtEnd => Fate::Matches,
            _ => Fate::Open,
        }
    }

    fn ends_well(&self, state: u32) -> bool {
        state as usize == self.bytes.len()
    }
}

impl TextMatch for Needle {
    fn is_match(&self, text: &[u8]) -> bool {
        match self.place {
            Where::Anywhere => text.windows(self.bytes.len()).any(|window| window == self.bytes),
            Where::AtStart => text.starts_with(&self.bytes),
            Where::AtEnd => text.ends_with(&self.bytes),
        }
    }

    fn automaton(&self) -> Option<&dyn Automaton> {
        self.is_automaton.then_some(self)
    }

    fn literal(&self) -> Option<&[u8]> {
        self.literal.as_deref()
    }
}

fn open(records: &[Document]) -> Arc<Block<Vec<u8>>> {
    let packed = pack(&batch(records), Effort::Quick).expect("a block");
    Arc::new(Block::open(packed.bytes).expect("a block"))
}

/// The rows of the first group whose text at a path matches; and whether the block alone told that there are none.
fn found(block: &Arc<Block<Vec<u8>>>, path: &str, needle: &Needle) -> (Vec<usize>, bool) {
    let rows = Rows::new(Arc::clone(block), 0).expect("a group");
    let (mut all, mut is_none) = (Selection::none(rows.len()), true);
    for column in block.columns().filter(|column| column.path == path) {
        let scan = block.text_scan(column.number, needle).expect("no damage");
        let mut selected = Selection::all(rows.len());
        rows.narrow_text(&scan, needle, &mut selected).expect("no damage");
        assert!(!scan.is_none() || selected.is_none());
        is_none &= scan.is_none();
        all.or(&selected);
    }
    (all.iter().collect(), is_none)
}

fn check(records: &[Document], path: &str, needle: &str) {
    if records.is_empty() {
        return;
    }
    let block = open(records);
    for place in [Where::Anywhere, Where::AtStart, Where::AtEnd] {
        let lower = needle.is_ascii().then(|| needle.to_ascii_lowercase().into_bytes());
        let ways = [(true, None), (false, None), (true, lower.clone()), (false, lower)];
        for (is_automaton, literal) in ways {
            let bytes = needle.as_bytes().to_vec();
            let needle = Needle { bytes, place, is_automaton, literal };
            let matches = |record: &Document| {
                record.get_str(path).is_ok_and(|text| needle.is_match(text.as_bytes()))
            };
            let expected: Vec<usize> =
                (0..records.len()).filter(|row| matches(&records[*row])).collect();
            assert_eq!(found(&block, path, &needle).0, expected, "{needle:?}");
        }
    }
}

#[test]
fn what_goes_on_from_one_part_into_the_next_is_found() {
    let records: Vec<Document> = (0..500).map(access).collect();
    for needle in ["\"GET /p/7 HT", ".8 - - ", "0.0.3 - - \"GET /p/", " 404 31", "1\" 200 ", "/p/3"]
    {
        check(&records, "message", needle);
    }
}

#[test]
fn what_is_in_no_text_is_told_without_reading_rows() {
    let block = open(&(0..500).map(access).collect::<Vec<_>>());
    for needle in ["absent", "GET/", "HTTP-", "/p/x", "] \""] {
        let lower = needle.to_ascii_lowercase().into_bytes();
        for literal in [None, Some(lower)] {
            let bytes = needle.as_bytes().to_vec();
            let needle = Needle { bytes, place: Where::Anywhere, is_automaton: true, literal };
            assert_eq!(found(&block, "message", &needle), (Vec::new(), true), "{needle:?}");
        }
    }
}

#[test]
fn patterns_say_what_texts_have_in_common() {
    let block = open(&(0..500).map(access).collect::<Vec<_>>());
    let message = block.columns().find(|column| column.path == "message").expect("a column");
    let patterns = block.patterns(message.number).expect("no damage").expect("patterns");
    let summary = block.summary().expect("no damage").expect("a summary");
    let tallies = summary.column(message.number).and_then(|column| column.tallies.clone());
    assert_eq!(tallies.map(|tallies| tallies.iter().sum()), Some(500));
    let has_path = |part: &PatternPart| *part == PatternPart::Field("http.path".to_owned());
    assert!(patterns.iter().any(|pattern| pattern.parts.iter().any(has_path)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_needle_is_found_where_it_is(
        records in free_text(),
        (row, start, length) in (0..60_usize, 0..60_usize, 1..9_usize),
        other in "[a-c0-9_ é-]{1,4}",
    ) {
        let text = records.get(row).and_then(|record| record.get_str("message").ok());
        let there = text.and_then(|text| text.get(start..)?.get(..length));
        for needle in [there, Some(other.as_str())].into_iter().flatten() {
            check(&records, "message", needle);
            check(&records, "field", needle);
        }
    }

    #[test]
    fn texts_that_are_like_no_others_are_looked_at(lines in proptest::collection::vec("[a-c]{0,30}", 0..7), needle in "[a-c]{1,3}") {
        let records: Vec<Document> = lines.iter().map(|line| doc! { "message": line }).collect();
        check(&records, "message", &needle);
    }
}
