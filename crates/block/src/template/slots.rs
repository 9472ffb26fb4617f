//! What fills the slots, and how it is written: slots that mean the same are one stream of values.

use super::column::Column;
use super::elsewhere::{Elsewhere, Partly, Setting, count_here};
use super::fields::FieldsOfRow;
use super::kind::Kind;
use super::shape::{Filling, Templates};
use super::streams::{self, StreamOf};
use super::values::{Values, write_compressed};
use crate::varint;
use std::ops::Range;

/// Streams of fewer values in a group are written together with others.
pub(super) const OWN_CHUNK: usize = 192;

/// What fills each slot of each template, text by text.
#[derive(Debug)]
pub(crate) struct Slots {
    pub(super) templates: Vec<Vec<Column>>,
    /// The slots that mean the same.
    pub(super) meanings: StreamOf,
}

impl Slots {
    pub(super) fn new(templates: &Templates) -> Self {
        let columns =
            templates.0.iter().map(|template| template.slots().map(Column::new).collect());
        Self { templates: columns.collect(), meanings: streams::same_meanings(templates) }
    }

    /// Adds what fills a text of this template.
    pub(super) fn add(&mut self, template: u32, fillings: &[Filling<'_>], time: FieldsOfRow<'_>) {
        let columns = self.templates.get_mut(template as usize).into_iter().flatten();
        for (column, filling) in columns.zip(fillings) {
            column.push(filling, time);
        }
    }

    /// What all groups need, and each group's chunk. `ids` are the templates of the texts.
    pub(crate) fn encode(
        &self,
        ids: &[u32],
        setting: &Setting<'_>,
        level: i32,
    ) -> (Vec<u8>, Vec<Vec<u8>>) {
        let of = streams::choose(self, ids, level);
        let rows = streams::rows(&of, ids, setting.rows);
        let columns = streams::gather(&of, self, ids).into_iter().zip(rows);
        let streams: Vec<Stream> =
            columns.map(|(column, rows)| Stream::new(column, &rows, setting, level)).collect();
        let mut raw = Vec::new();
        varint::write(streams.len() as u64, &mut raw);
        for stream in &streams {
            stream.kind.write(&mut raw);
        }
        for stream in of.iter().flatten() {
            varint::write(u64::from(*stream), &mut raw);
        }
        let mut shared = Vec::new();
        write_compressed(&raw, level, &mut shared);
        let mut done = vec![0; streams.len()];
        let chunk = |group: Range<usize>| {
            let counts = counts(&of, ids.get(group).unwrap_or_default(), streams.len());
            let mut ranges = done.iter_mut().zip(counts).map(|(done, count)| {
                let start = *done;
                *done += count;
                start..*done
            });
            encode_group(&streams, &mut ranges, level)
        };
        let chunks = setting.texts().into_iter().map(chunk).collect();
        (shared, chunks)
    }
}

/// A stream on its way out.
struct Stream {
    /// The values that are not elsewhere.
    own: Column,
    kind: Kind,
    elsewhere: Option<Elsewhere>,
}

impl Stream {
    /// Of values that stand in these rows.
    fn new(column: Column, rows: &[u32], setting: &Setting<'_>, level: i32) -> Self {
        let Some(elsewhere) = Elsewhere::find(&column, rows, setting, level) else {
            return Self { kind: column.kind(level), own: column, elsewhere: None };
        };
        let own = elsewhere.own(&column);
        let kind = Kind::Elsewhere(elsewhere.column, Box::new(own.kind(level)));
        Self { own, kind, elsewhere: Some(elsewhere) }
    }

    /// What a range of its values is written as.
    fn values(&self, range: Range<usize>) -> Values {
        let (Some(elsewhere), Kind::Elsewhere(_, kind)) = (&self.elsewhere, &self.kind) else {
            return self.kind.values(&self.own, range);
        };
        let start = count_here(elsewhere.places.get(..range.start).unwrap_or_default());
        let places = elsewhere.places.get(range).unwrap_or_default().to_vec();
        let own = kind.values(&self.own, start..start + count_here(&places));
        Values::Elsewhere(Box::new(Partly::new(places, own)))
    }
}

/// Writes of each stream a range.
fn encode_group(
    streams: &[Stream],
    ranges: &mut dyn Iterator<Item = Range<usize>>,
    level: i32,
) -> Vec<u8> {
    let mut out = Vec::new();
    let mut pool = Vec::new();
    for (stream, range) in streams.iter().zip(ranges) {
        if range.is_empty() {
            continue;
        }
        let is_own = range.len() >= OWN_CHUNK;
        let values = stream.values(range);
        if is_own {
            let chunk = values.encode(level);
            varint::write(chunk.len() as u64, &mut out);
            out.extend_from_slice(&chunk);
        } else {
            values.pool(&mut pool);
        }
    }
    write_compressed(&pool, level, &mut out);
    out
}

/// How many values each stream has in texts of these templates.
pub(super) fn counts(of: &StreamOf, ids: &[u32], streams: usize) -> Vec<usize> {
    let mut texts = vec![0; of.len()];
    for &id in ids {
        if let Some(count) = texts.get_mut(id as usize) {
            *count += 1;
        }
    }
    let mut counts = vec![0; streams];
    for (slots, texts) in of.iter().zip(texts) {
        for &stream in slots {
            if let Some(count) = counts.get_mut(stream as usize) {
                *count += texts;
            }
        }
    }
    counts
}
