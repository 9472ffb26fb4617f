use super::fields::RowTime;
use super::kind::Kind;
use super::shape::Templates;
use super::slots::{OWN_CHUNK, counts};
use super::streams::StreamOf;
use super::values::{MAX_GROUP_BYTES, Values, decompress};
use crate::texts::Texts;
use crate::varint::Cursor;
use std::borrow::Cow;

/// Reads the slots of a text column.
#[derive(Debug)]
pub(crate) struct SlotReader {
    of: StreamOf,
    kinds: Vec<Kind>,
}

/// The streams of one group.
#[derive(Debug, Clone)]
pub(crate) struct Streams(Vec<Option<Values>>);

/// The streams of one group, each with the place that is read next.
#[derive(Debug)]
pub(crate) struct GroupSlots<'r> {
    reader: &'r SlotReader,
    streams: Cow<'r, Streams>,
    next: Vec<usize>,
}

impl SlotReader {
    /// Reads what all groups need.
    pub(crate) fn read(shared: &[u8], templates: &Templates) -> Option<Self> {
        let raw = decompress(Cursor::new(shared), MAX_GROUP_BYTES)?;
        let mut cursor = Cursor::new(&raw);
        let count = cursor.length().filter(|count| *count <= raw.len())?;
        let kinds = (0..count).map(|_| Kind::read(&mut cursor)).collect::<Option<_>>()?;
        let mut stream = |_| {
            let number = u32::try_from(cursor.varint()?).ok()?;
            ((number as usize) < count).then_some(number)
        };
        let of = templates
            .0
            .iter()
            .map(|template| template.slots().map(&mut stream).collect())
            .collect::<Option<_>>()?;
        cursor.rest().is_empty().then_some(Self { of, kinds })
    }

    /// How the values in a slot of a template are written.
    pub(super) fn kind(&self, template: usize, slot: usize) -> Option<&Kind> {
        self.kinds.get(*self.of.get(template)?.get(slot)? as usize)
    }

    /// The words that slots are filled from.
    pub(crate) fn lists(&self) -> impl Iterator<Item = &Texts> {
        self.kinds.iter().filter_map(Kind::list)
    }

    /// The columns that values refer to.
    pub(crate) fn references(&self) -> impl Iterator<Item = u32> {
        self.kinds.iter().filter_map(|kind| match kind {
            Kind::Finely(_, column) | Kind::Elsewhere(column, _) => Some(*column),
            _ => None,
        })
    }

    /// Reads one group, whose texts are of these templates.
    pub(crate) fn group(&self, chunk: &[u8], ids: &[u32]) -> Option<GroupSlots<'_>> {
        Some(self.slots(Cow::Owned(self.streams(chunk, ids)?)))
    }

    /// What was read of a group, from its beginning on.
    pub(crate) fn slots<'r>(&'r self, streams: Cow<'r, Streams>) -> GroupSlots<'r> {
        let next = vec![0; streams.0.len()];
        GroupSlots { reader: self, streams, next }
    }

    /// Reads the streams of one group, whose texts are of these templates.
    pub(crate) fn streams(&self, chunk: &[u8], ids: &[u32]) -> Option<Streams> {
        let counts = counts(&self.of, ids, self.kinds.len());
        let mut cursor = Cursor::new(chunk);
        let mut streams: Vec<Option<Values>> = Vec::with_capacity(counts.len());
        for (kind, &count) in self.kinds.iter().zip(&counts) {
            streams.push(if count >= OWN_CHUNK {
                let length = cursor.length()?;
                Some(Values::decode(kind, cursor.take(length)?, count)?)
            } else {
                None
            });
        }
        let raw = decompress(cursor, MAX_GROUP_BYTES)?;
        let mut pool = Cursor::new(&raw);
        for ((stream, kind), count) in streams.iter_mut().zip(&self.kinds).zip(counts) {
            if (1..OWN_CHUNK).contains(&count) {
                *stream = Some(Values::from_pool(kind, &mut pool, count)?);
            }
        }
        pool.rest().is_empty().then_some(Streams(streams))
    }
}

impl GroupSlots<'_> {
    /// Appends what fills this slot of the next text of this template.
    pub(crate) fn write(
        &mut self,
        template: u32,
        slot: usize,
        time: &impl RowTime,
        out: &mut Vec<u8>,
    ) -> Option<()> {
        let stream = *self.reader.of.get(template as usize)?.get(slot)? as usize;
        let next = self.next.get_mut(stream)?;
        let at = *next;
        *next = at.checked_add(1)?;
        let values = self.streams.0.get(stream)?.as_ref()?;
        self.reader.kinds.get(stream)?.write_value(values, at, time, out)
    }

    /// Leaves out the next text of this template.
    pub(crate) fn skip(&mut self, template: u32) {
        for &stream in self.reader.of.get(template as usize).into_iter().flatten() {
            if let Some(next) = self.next.get_mut(stream as usize) {
                *next += 1;
            }
        }
    }
}

impl Streams {
    /// The words that are written as they are.
    pub(crate) fn words(&self) -> impl Iterator<Item = &Texts> {
        self.0.iter().flatten().filter_map(Values::words)
    }

    /// The bytes of memory they take.
    pub(crate) fn bytes(&self) -> usize {
        self.0.iter().flatten().map(Values::bytes).sum()
    }
}
