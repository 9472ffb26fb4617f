//! Texts that are put together from templates.

use super::plain::Plain;
use super::rows::Rows;
use super::{Names, Places, Selection};
use crate::BlockError;
use crate::block::MAX_RELATED_COLUMNS;
use crate::block::bytes::Bytes;
use crate::block::read::Block;
use crate::block::shared::{Shared, TextColumn};
use crate::convert::id;
use crate::shred::{Data, ValueRows};
use crate::template::{Decimal, GroupSlots, Part, RowTime, Streams, decimal, double, row_on};
use crate::texts::Texts;
use std::borrow::Cow;
use std::sync::Arc;

/// The texts of some rows of a group, in the order of the rows.
#[derive(Debug, Clone, PartialEq)]
pub struct RowTexts {
    pub(super) texts: Texts,
    pub(super) rows: Vec<u32>,
}

impl RowTexts {
    /// Each row with its text: bytes that need not be UTF-8.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &[u8])> {
        self.rows.iter().map(|row| *row as usize).zip(self.texts.iter())
    }

    /// The bytes of memory they take.
    pub fn bytes(&self) -> usize {
        self.texts.held() + size_of_val(self.rows.as_slice())
    }
}

/// What the texts of a column are put together from in one group.
#[derive(Debug)]
pub(super) struct TextChunk {
    streams: Arc<Streams>,
    /// The template of each row, none for those without a text.
    templates: NamedColumn,
    fields: Vec<(u32, Field)>,
    times: Option<Arc<Vec<i64>>>,
}

/// Where in a dictionary, or among templates, each row's value is.
#[derive(Debug)]
pub(super) struct NamedColumn {
    names: Arc<Names>,
    places: Arc<Places>,
}

impl NamedColumn {
    pub(super) fn place(&self, row: usize) -> Option<usize> {
        self.places.get(self.names.get(row)?)
    }
}

/// A column that texts refer to.
#[derive(Debug)]
pub(super) enum Field {
    /// Its values are the block's.
    Dictionary { column: usize, of: NamedColumn },
    /// Its values are the group's.
    Plain(Arc<Plain>),
}

impl TextChunk {
    /// The template of a row.
    pub(super) fn template(&self, row: usize) -> Option<u32> {
        self.templates.place(row).map(id)
    }

    /// The group's own words of texts: what fills slots, and fields that have no dictionary.
    pub(super) fn words(&self) -> impl Iterator<Item = &Texts> {
        let fields = self.fields.iter().filter_map(|(_, field)| match field {
            Field::Plain(plain) => match &plain.data {
                Data::Texts(texts) => Some(texts),
                _ => None,
            },
            Field::Dictionary { .. } => None,
        });
        self.streams.words().chain(fields)
    }

    /// The column that texts refer to by this number.
    pub(super) fn field(&self, column: u32) -> Option<&Field> {
        self.fields.iter().find(|(own, _)| *own == column).map(|(_, field)| field)
    }
}

/// A row of texts, and when it happened.
pub(super) struct ChunkRow<'c, B> {
    pub(super) block: &'c Block<B>,
    pub(super) chunk: &'c TextChunk,
    pub(super) row: usize,
}

impl<B: Bytes> RowTime for ChunkRow<'_, B> {
    fn millis(&self) -> i64 {
        self.chunk.times.as_ref().and_then(|times| times.get(self.row)).copied().unwrap_or(0)
    }

    fn nanos(&self, column: u32) -> i64 {
        let whole = || match self.chunk.field(column)?.value(self.block, self.row)? {
            (Data::Ints(values), place) => values.get(place).copied(),
            _ => None,
        };
        whole().unwrap_or(0)
    }

    fn text_on(&self, column: u32, rows: i64, out: &mut Vec<u8>) -> Option<()> {
        let (row, room) = (row_on(self.row, rows)?, &mut Decimal::default());
        out.extend_from_slice(self.chunk.field(column)?.text(self.block, row, room)?);
        Some(())
    }
}

impl Field {
    /// The value's place in the block's dictionary, where there is one.
    pub(super) fn place(&self, row: usize) -> Option<usize> {
        match self {
            Self::Dictionary { of, .. } => of.place(row),
            Self::Plain(_) => None,
        }
    }

    /// The text that stands for the value in a row.
    pub(super) fn text<'t, B: Bytes>(
        &'t self,
        block: &'t Block<B>,
        row: usize,
        room: &'t mut Decimal,
    ) -> Option<&'t [u8]> {
        let (data, place) = self.value(block, row)?;
        text_of(data, place, room)
    }

    /// Values, and the place of a row's among them.
    fn value<'t, B: Bytes>(&'t self, block: &'t Block<B>, row: usize) -> Option<(&'t Data, usize)> {
        Some(match self {
            Self::Dictionary { column, .. } => (block.dictionary(*column)?, self.place(row)?),
            Self::Plain(plain) => (&plain.data, plain.rows.place(row)?),
        })
    }
}

/// A value as texts repeat it.
pub(super) fn text_of<'t>(data: &'t Data, place: usize, room: &'t mut Decimal) -> Option<&'t [u8]> {
    match data {
        Data::Texts(texts) => texts.get(place),
        Data::Ints(values) => Some(decimal(*values.get(place)?, room)),
        Data::Doubles(values) => double(*values.get(place)?, room),
        _ => None,
    }
}

impl<B: Bytes> Block<B> {
    /// The distinct values of a column whose dictionary was read before.
    pub(super) fn dictionary(&self, column: usize) -> Option<&Data> {
        match self.shared(column).ok()? {
            Shared::Values(values) => Some(values),
            _ => None,
        }
    }

    /// How the texts of a column are put together, where they are.
    pub(super) fn text_column(&self, column: usize) -> Result<Option<&TextColumn>, BlockError> {
        Ok(match self.shared(column)? {
            Shared::Texts(texts) => Some(texts),
            _ => None,
        })
    }
}

impl<B: Bytes> Rows<B> {
    /// The texts of a column of [`Layout::Templates`](super::Layout::Templates) in the selected rows, as far as these
    /// have one; `None` where the column has another layout.
    ///
    /// # Errors
    /// Names the part that is damaged.
    pub fn texts(
        &self,
        column: usize,
        selected: &Selection,
    ) -> Result<Option<RowTexts>, BlockError> {
        let Some(texts) = self.block().text_column(column)? else { return Ok(None) };
        let chunk = self.text_chunk(column, texts)?;
        let most = self.block().group(self.group())?.bytes;
        let mut found = RowTexts { texts: Texts::default(), rows: Vec::new() };
        let mut text = Vec::new();
        self.each_text(texts, &chunk, selected, |row, template, slots| {
            text.clear();
            self.write_text((texts, &chunk), row, template, (slots, &mut text))?;
            found.rows.push(id(row));
            found.texts.push(&text);
            (found.texts.as_bytes().len() <= most).then_some(())
        })
        .ok_or_else(|| self.damaged_column(column))?;
        Ok(Some(found))
    }

    /// Visits the texts of selected rows, in order, each with its template and with the slots at its beginning: the
    /// visitor reads all of the text's slots, or none.
    pub(super) fn each_text<'c>(
        &self,
        column: &'c TextColumn,
        chunk: &'c TextChunk,
        selected: &Selection,
        mut visit: impl FnMut(usize, u32, &mut GroupSlots<'c>) -> Option<()>,
    ) -> Option<()> {
        let mut slots = column.slots.slots(Cow::Borrowed(&chunk.streams));
        for row in 0..self.len() {
            let Some(template) = chunk.template(row) else { continue };
            if selected.has(row) {
                visit(row, template, &mut slots)?;
            } else {
                slots.skip(template);
            }
        }
        Some(())
    }

    /// Appends the text of a row to the output.
    pub(super) fn write_text(
        &self,
        (column, chunk): (&TextColumn, &TextChunk),
        row: usize,
        template: u32,
        (slots, out): (&mut GroupSlots<'_>, &mut Vec<u8>),
    ) -> Option<()> {
        let mut slot = 0;
        for part in &column.templates.0.get(template as usize)?.0 {
            match part {
                Part::Literal(literal) => out.extend_from_slice(literal),
                Part::Field(field) => {
                    let room = &mut Decimal::default();
                    out.extend_from_slice(chunk.field(*field)?.text(self.block(), row, room)?);
                }
                _ => {
                    let time = ChunkRow { block: self.block(), chunk, row };
                    slots.write(template, slot, &time, out)?;
                    slot += 1;
                }
            }
        }
        Some(())
    }

    /// What the texts of a column need that is not the block's; of this only what fills slots is kept.
    pub(super) fn text_chunk(
        &self,
        column: usize,
        texts: &TextColumn,
    ) -> Result<TextChunk, BlockError> {
        let damaged = || self.damaged_column(column);
        let templates = self.named_column(column)?.ok_or_else(damaged)?;
        let streams = self.streams.get_or(column, || {
            let ids: Vec<u32> =
                (0..self.len()).filter_map(|row| templates.place(row).map(id)).collect();
            let block = self.block();
            let chunk = block.chunk(self.group(), block.head.chunk_number(column))?;
            texts.slots.streams(&chunk, &ids).ok_or_else(damaged)
        })?;
        let mut references: Vec<u32> = texts.references().collect();
        references.sort_unstable();
        references.dedup();
        if references.len() > MAX_RELATED_COLUMNS {
            return Err(damaged());
        }
        let field = |reference: &u32| Ok((*reference, self.field(column, *reference as usize)?));
        let fields = references.iter().map(field).collect::<Result<_, BlockError>>()?;
        // Where the block has no column of event times, times in texts are relative to 0.
        let has_times = texts.has_time() && self.block().head.time.is_some();
        let times = has_times.then(|| self.times()).transpose()?;
        Ok(TextChunk { streams, templates, fields, times })
    }

    /// Where each row's value, or template, of a named column is.
    pub(super) fn named_column(&self, column: usize) -> Result<Option<NamedColumn>, BlockError> {
        let Some(places) = self.block().places(column)? else { return Ok(None) };
        Ok(Some(NamedColumn { names: self.names(places.unit)?, places }))
    }

    /// A column that the texts of another refer to. Only those before it in the order of reading can be referred to: so
    /// this ends.
    fn field(&self, of: usize, column: usize) -> Result<Field, BlockError> {
        let damaged = || self.damaged_column(of);
        let block = self.block();
        if let Some(plain) = self.plain(column)? {
            return Ok(Field::Plain(plain));
        }
        let place = |column| block.head.order.iter().position(|own| *own as usize == column);
        if place(column) >= place(of) {
            return Err(damaged());
        }
        if let Some(texts) = self.texts(column, &Selection::all(self.len()))? {
            let plain = Plain { data: Data::Texts(texts.texts), rows: ValueRows::Some(texts.rows) };
            return Ok(Field::Plain(Arc::new(plain)));
        }
        // So that looking up values in it cannot fail later.
        block.shared(column)?;
        let of = self.named_column(column)?.ok_or_else(damaged)?;
        Ok(Field::Dictionary { column, of })
    }
}
