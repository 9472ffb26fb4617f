//! Texts that match, wherever they are written.

use super::automaton::{Automaton, Steps, TextMatch, accepts};
use super::places::Keep;
use super::reach::{Reach, Unusual, Verdict};
use super::rows::Rows;
use super::texts::{ChunkRow, TextChunk};
use super::{Selection, Value};
use crate::BlockError;
use crate::block::bytes::Bytes;
use crate::block::coding::Coding;
use crate::block::read::Block;
use crate::block::shared::TextColumn;
use crate::convert::length;
use crate::shred::Kind;
use crate::template::{Decimal, GroupSlots, Part};

/// What a block's own parts say about texts that are looked for in one of its columns: made once a block, for
/// [`Rows::narrow_text`].
#[derive(Debug, Clone)]
pub struct TextScan {
    column: usize,
    how: How,
}

#[derive(Debug, Clone)]
enum How {
    /// No row matches.
    None,
    /// Rows of these combinations do.
    Keep(Keep),
    /// Each text has to be looked at.
    Each,
    Templates(ByTemplate),
}

/// Texts that are put together from templates.
#[derive(Debug, Clone)]
struct ByTemplate {
    /// Whose rows all match.
    always: Keep,
    /// Whose rows may match.
    open: Keep,
    /// Of these only those that are in one of these.
    only: Vec<Keep>,
}

impl TextScan {
    /// Whether no row of the block matches: its groups need not be read.
    pub fn is_none(&self) -> bool {
        match &self.how {
            How::None => true,
            How::Keep(keep) => keep.is_none(),
            How::Each => false,
            How::Templates(by) => {
                let is_closed = by.open.is_none() || by.only.iter().all(Keep::is_none);
                by.always.is_none() && is_closed
            }
        }
    }

    /// The column that is looked through.
    pub fn column(&self) -> usize {
        self.column
    }
}

impl<B: Bytes> Block<B> {
    /// Looks for texts in what all groups share of a column: distinct values, templates. What is no text does not
    /// match; nor do records that are kept whole, which have to be looked at by themselves.
    ///
    /// # Errors
    /// Names the part that is damaged.
    pub fn text_scan(
        &self,
        column: usize,
        matcher: &dyn TextMatch,
    ) -> Result<TextScan, BlockError> {
        let coding = self.head.columns.get(column).map(|head| head.coding);
        let how = match coding.filter(|_| self.kind(column) == Kind::Texts) {
            Some(Coding::Dictionary) => self.scan_dictionary(column, matcher)?,
            Some(Coding::Templates) => self.scan_templates(column, matcher)?,
            Some(_) => How::Each,
            None => How::None,
        };
        Ok(TextScan { column, how })
    }

    fn scan_dictionary(&self, column: usize, matcher: &dyn TextMatch) -> Result<How, BlockError> {
        let (Some(values), Some(places)) = (self.values(column)?, self.places(column)?) else {
            return Ok(How::None);
        };
        let is_match =
            |value: Value<'_>| matches!(value, Value::Text(text) if matcher.is_match(text));
        let found: Vec<bool> = values.iter().map(is_match).collect();
        if !found.contains(&true) {
            return Ok(How::None);
        }
        let keep = places.keep(|place| place.is_some_and(|at| found.get(at) == Some(&true)));
        Ok(How::Keep(keep))
    }

    fn scan_templates(&self, column: usize, matcher: &dyn TextMatch) -> Result<How, BlockError> {
        let (Some(texts), Some(places)) = (self.text_column(column)?, self.places(column)?) else {
            return Ok(How::None);
        };
        let Some(automaton) = matcher.automaton() else {
            let none = places.keep(|_| false);
            let open = places.keep(|template| template.is_some());
            let only = vec![open.clone()];
            return Ok(How::Templates(ByTemplate { always: none, open, only }));
        };
        // What looking for states may need is read here, where it can still be said that it is damaged.
        for field in texts.references() {
            self.shared(field as usize)?;
        }
        let mut reach = Reach::new(self, texts, automaton);
        let verdicts: Vec<Verdict> =
            (0..texts.templates.0.len()).map(|template| reach.verdict(template)).collect();
        let has = |verdict| {
            let verdicts = &verdicts;
            move |template: Option<usize>| {
                template.is_some_and(|template| verdicts.get(template) == Some(&verdict))
            }
        };
        let (always, open) = (places.keep(has(Verdict::Always)), places.keep(has(Verdict::Open)));
        if always.is_none() && open.is_none() {
            return Ok(How::None);
        }
        let (mut unusual, mut unknown) = (Vec::new(), vec![false; verdicts.len()]);
        for (template, unknown) in unknown.iter_mut().enumerate() {
            if verdicts.get(template) == Some(&Verdict::Open) {
                match reach.unusual(template) {
                    Some(found) => unusual.extend(found),
                    None => *unknown = true,
                }
            }
        }
        let is_unknown = |template: Option<usize>| {
            template.is_some_and(|template| unknown.get(template) == Some(&true))
        };
        let mut only = vec![places.keep(is_unknown)];
        self.keep_unusual(unusual, &mut only)?;
        Ok(How::Templates(ByTemplate { always, open, only }))
    }

    /// Adds the combinations that have one of these values, unit by unit.
    fn keep_unusual(&self, unusual: Vec<Unusual>, kept: &mut Vec<Keep>) -> Result<(), BlockError> {
        for Unusual { column, of } in unusual {
            let Some(places) = self.places(column as usize)? else { continue };
            let keep = places.keep(|place| place.is_some_and(|at| of.get(at) == Some(&true)));
            if !kept.iter_mut().any(|own| own.or(&keep)) {
                kept.push(keep);
            }
        }
        Ok(())
    }
}

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
                self.narrow(&by.open, selected)?;
                self.narrow_any(&by.only, selected)?;
                self.match_templates(scan.column, matcher, selected)?;
                selected.or(&always);
            }
        }
        Ok(())
    }

    /// Leaves what any of these keeps.
    fn narrow_any(&self, any: &[Keep], selected: &mut Selection) -> Result<(), BlockError> {
        let mut found = Selection::none(self.len());
        for keep in any {
            let mut kept = selected.clone();
            self.narrow(keep, &mut kept)?;
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
        if let Some(plain) = self.plain(column)? {
            for (row, value) in plain.rows().zip(plain.values().iter()) {
                if let Value::Text(text) = value
                    && selected.has(row)
                    && matcher.is_match(text)
                {
                    found.add(row);
                }
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
        *selected = found;
        Ok(())
    }

    /// The state behind the text of a row; every slot is read.
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
