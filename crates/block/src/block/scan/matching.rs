//! Texts that match, row by row.

use super::Selection;
use super::automaton::{Automaton, Fate, Letters, Steps, TextMatch, accepts};
use super::rows::Rows;
use super::text_scan::{Among, How, TextScan, matching};
use super::texts::{ChunkRow, TextChunk};
use crate::BlockError;
use crate::block::bytes::Bytes;
use crate::block::shared::TextColumn;
use crate::convert::length;
use crate::shred::Data;
use crate::template::{Decimal, GroupSlots, Part};

impl<B: Bytes> Rows<B> {
    /// Leaves of the selected rows those whose text matches; `scan` was made of this block for this matcher. Reads no
    /// column where the block's own parts tell already.
    ///
    /// # Errors
    /// Names the part that is damaged.
    pub fn narrow_text(
        &self,
        scan: &TextScan,
        matcher: &dyn TextMatch,
        selected: &mut Selection,
    ) -> Result<(), BlockError> {
        match &scan.how {
            How::None => *selected = Selection::none(self.len()),
            How::Keep(keep) => self.narrow(keep, selected)?,
            How::Each => self.match_each(scan.column, matcher, selected)?,
            How::Templates(by) => {
                let mut always = selected.clone();
                self.narrow(&by.always, &mut always)?;
                self.narrow_any(&by.open, selected)?;
                self.match_templates(scan.column, matcher, selected)?;
                selected.or(&always);
            }
        }
        Ok(())
    }

    /// Leaves what is among any of these.
    fn narrow_any(&self, any: &[Among], selected: &mut Selection) -> Result<(), BlockError> {
        let mut found = Selection::none(self.len());
        for Among(keeps) in any {
            let mut kept = selected.clone();
            for keep in keeps {
                self.narrow(keep, &mut kept)?;
            }
            found.or(&kept);
        }
        *selected = found;
        Ok(())
    }

    /// Leaves the rows whose plain texts match.
    fn match_each(
        &self,
        column: usize,
        matcher: &dyn TextMatch,
        selected: &mut Selection,
    ) -> Result<(), BlockError> {
        if selected.is_none() {
            return Ok(());
        }
        let mut found = Selection::none(self.len());
        if let Some(plain) = self.plain(column)?
            && let Data::Texts(texts) = &plain.data
        {
            let is_few = selected.count() < self.len() / 16;
            let rows = plain.rows().zip(texts.iter());
            if is_few {
                let rows = rows.filter(|(row, text)| selected.has(*row) && matcher.is_match(text));
                rows.for_each(|(row, _)| found.add(row));
            } else {
                let rows = plain.rows().zip(matching(texts, matcher));
                rows.filter(|(_, is_match)| *is_match).for_each(|(row, _)| found.add(row));
                found.and(selected);
            }
        }
        *selected = found;
        Ok(())
    }

    /// Leaves the rows whose texts by templates match.
    fn match_templates(
        &self,
        column: usize,
        matcher: &dyn TextMatch,
        selected: &mut Selection,
    ) -> Result<(), BlockError> {
        if selected.is_none() {
            return Ok(());
        }
        let Some(texts) = self.block().text_column(column)? else { return Ok(()) };
        let chunk = self.text_chunk(column, texts)?;
        let mut steps = matcher.automaton().map(Steps::new);
        let mut found = Selection::none(self.len());
        let mut text = Vec::new();
        self.each_text(texts, &chunk, selected, |row, template, slots| {
            text.clear();
            let is_match = if let Some(steps) = &mut steps {
                let walk = Walk { texts, chunk: &chunk, row, template };
                accepts(steps.automaton, self.walk(walk, steps, (slots, &mut text))?)
            } else {
                self.write_text((texts, &chunk), row, template, (slots, &mut text))?;
                matcher.is_match(&text)
            };
            if is_match {
                found.add(row);
            }
            Some(())
        })
        .ok_or_else(|| self.damaged_column(column))?;
        let is_doubtful = steps.is_some() && !found.is_none();
        if is_doubtful && self.letters(texts, &chunk)? > matcher.exact_in() {
            self.ask_texts(column, matcher, &mut found)?;
        }
        *selected = found;
        Ok(())
    }

    /// What the texts of the group consist of, at most.
    fn letters(&self, texts: &TextColumn, chunk: &TextChunk) -> Result<Letters, BlockError> {
        let words = chunk.words().map(crate::texts::Texts::letters);
        Ok(words.fold(self.block().letters(texts)?, Letters::max))
    }

    /// Asks the texts that an automaton accepted themselves.
    fn ask_texts(
        &self,
        column: usize,
        matcher: &dyn TextMatch,
        selected: &mut Selection,
    ) -> Result<(), BlockError> {
        let mut found = Selection::none(self.len());
        if let Some(texts) = self.texts(column, selected)? {
            let matching = texts.iter().filter(|(_, text)| matcher.is_match(text));
            matching.for_each(|(row, _)| found.add(row));
        }
        *selected = found;
        Ok(())
    }

    /// The state behind the text of a row, or behind as much of it as decides; every slot is read, or none.
    fn walk(
        &self,
        Walk { texts, chunk, row, template }: Walk<'_>,
        steps: &mut Steps<'_>,
        (slots, room): (&mut GroupSlots<'_>, &mut Vec<u8>),
    ) -> Option<u32> {
        let automaton: &dyn Automaton = steps.automaton;
        let mut state = automaton.start();
        let mut slot = 0;
        for (part, place) in texts.templates.0.get(template as usize)?.0.iter().zip(0_u64..) {
            state = match part {
                Part::Literal(literal) => {
                    let piece = LITERAL | u64::from(template) << 32 | place;
                    steps.behind(piece, state, || Some(literal))?
                }
                Part::Field(column) => {
                    let field = chunk.field(*column)?;
                    let text = &mut Decimal::default();
                    match field.place(row) {
                        Some(place) => {
                            let piece = u64::from(*column) << 32 | length(place);
                            steps.behind(piece, state, || field.text(self.block(), row, text))?
                        }
                        None => automaton.next(state, field.text(self.block(), row, text)?),
                    }
                }
                _ if slot == 0 && automaton.fate(state) != Fate::Open => {
                    slots.skip(template);
                    return Some(state);
                }
                _ => {
                    room.clear();
                    let time = ChunkRow { block: self.block(), chunk, row };
                    slots.write(template, slot, &time, room)?;
                    slot += 1;
                    automaton.next(state, room)
                }
            };
        }
        Some(state)
    }
}

/// Marks the numbers of literals, apart from those of values.
const LITERAL: u64 = 1 << 63;

/// A text that is read part by part.
#[derive(Clone, Copy)]
struct Walk<'c> {
    texts: &'c TextColumn,
    chunk: &'c TextChunk,
    row: usize,
    template: u32,
}
