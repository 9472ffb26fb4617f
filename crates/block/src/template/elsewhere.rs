//! Values that another column has in a row nearby, as a request's id stands in all that is said of the request: how
//! many rows on, instead of the value again.

use super::column::Column;
use super::fields::{FieldColumn, Fields};
use super::kind::Kind;
use super::slots::OWN_CHUNK;
use super::values::Values;
use crate::entropy::{SequenceReader, SequenceWriter};
use crate::hash::{HashMap, HashSet};
use crate::varint::{Cursor, unzigzag, zigzag};
use std::ops::Range;

/// Shorter texts are in other columns by chance, and cost little to write.
const MIN_BYTES: usize = 16;
/// Where fewer values than one in so many are in a column, this is not looked at further.
const MIN_PART: usize = 8;

/// So many texts of a column, from all over a group, tell whether it is worth looking at.
const PROBES: usize = 512;

/// Where the texts of a column stand.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setting<'a> {
    /// The row of each text.
    pub(crate) rows: &'a [u32],
    /// The rows of each group.
    pub(crate) groups: &'a [Range<usize>],
    pub(crate) fields: &'a Fields<'a>,
}

impl Setting<'_> {
    /// The texts of each group.
    pub(super) fn texts(&self) -> Vec<Range<usize>> {
        self.groups.iter().map(|group| among(self.rows, group)).collect()
    }
}

/// Where the rows of a group are among some, which rise.
fn among(rows: &[u32], group: &Range<usize>) -> Range<usize> {
    let place = |row: usize| rows.partition_point(|own| (*own as usize) < row);
    place(group.start)..place(group.end)
}

/// Where a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// The next of the stream's own.
    Here,
    /// In the other column, so many rows on.
    Rows(i64),
}

/// What a stream has of another column.
#[derive(Debug)]
pub(super) struct Elsewhere {
    pub(super) column: u32,
    pub(super) places: Vec<Place>,
}

impl Elsewhere {
    /// The column that makes the stream, whose values stand in these rows, shortest; `None` where none does.
    pub(super) fn find(
        values: &Column,
        rows: &[u32],
        setting: &Setting<'_>,
        level: i32,
    ) -> Option<Self> {
        let of_group = |group: &Range<usize>| among(rows, group).len();
        let sample = setting.groups.iter().max_by_key(|group| of_group(group))?;
        let range = among(rows, sample);
        let texts: Vec<Vec<u8>> = range.clone().filter_map(|at| values.text(at)).collect();
        let bytes: usize = texts.iter().map(Vec::len).sum();
        if texts.len() < OWN_CHUNK || bytes / texts.len() < MIN_BYTES {
            return None;
        }
        let known: HashSet<&[u8]> = texts.iter().map(Vec::as_slice).collect();
        let may_help = |field: &FieldColumn<'_>| has_any(field, sample, &known);
        let found = |(column, field): &(u32, FieldColumn<'_>)| {
            let index = Index::of(field, sample)?;
            let places = texts.iter().zip(rows.get(range.clone())?);
            let places = places.map(|(text, row)| index.place(text, *row)).collect();
            Some(Self { column: *column, places })
        };
        let fields = setting.fields.columns().iter();
        let fields = fields.filter(|(_, field)| may_help(field)).filter_map(found);
        let best = fields.min_by_key(Self::count_here)?;
        let is_worth = (texts.len() - best.count_here()) * MIN_PART >= texts.len()
            && best.is_shorter(values, range, level);
        is_worth.then(|| best.of_all(values, rows, setting))
    }

    /// Whether the sample, which stands in this range, is shorter by it.
    fn is_shorter(&self, values: &Column, range: Range<usize>, level: i32) -> bool {
        let mut sample = values.empty();
        range.for_each(|at| sample.push_of(values, at));
        let size =
            |kind: &Kind, values: &Column| kind.values(values, 0..values.len()).encode(level).len();
        let own = self.own(&sample);
        write(&self.places).len() + size(&own.kind(level), &own)
            < size(&sample.kind(level), &sample)
    }

    /// The same for all groups.
    fn of_all(self, values: &Column, rows: &[u32], setting: &Setting<'_>) -> Self {
        let mut places = vec![Place::Here; rows.len()];
        let field = setting.fields.columns().iter().find(|(column, _)| *column == self.column);
        for group in setting.groups {
            let Some(index) = field.and_then(|(_, field)| Index::of(field, group)) else {
                continue;
            };
            for at in among(rows, group) {
                if let (Some(place), Some(text), Some(row)) =
                    (places.get_mut(at), values.text(at), rows.get(at))
                {
                    *place = index.place(&text, *row);
                }
            }
        }
        Self { places, ..self }
    }

    fn count_here(&self) -> usize {
        count_here(&self.places)
    }

    /// The values that are not in the other column.
    pub(super) fn own(&self, values: &Column) -> Column {
        let mut own = values.empty();
        for (at, place) in self.places.iter().enumerate() {
            if *place == Place::Here {
                own.push_of(values, at);
            }
        }
        own
    }
}

/// Whether any of some texts of a column is among these.
fn has_any(field: &FieldColumn<'_>, group: &Range<usize>, texts: &HashSet<&[u8]>) -> bool {
    let FieldColumn::Texts(own, places) = field else { return false };
    let text = |row: usize| own.get(*places.get(row)? as usize);
    let mut rows = group.clone().step_by((group.len() / PROBES).max(1));
    rows.any(|row| text(row).is_some_and(|text| texts.contains(text)))
}

pub(super) fn count_here(places: &[Place]) -> usize {
    places.iter().filter(|place| **place == Place::Here).count()
}

/// The rows of a group that have each text of a column.
struct Index<'f>(HashMap<&'f [u8], Vec<u32>>);

impl<'f> Index<'f> {
    /// `None` where the texts are too short.
    fn of(field: &FieldColumn<'f>, group: &Range<usize>) -> Option<Self> {
        let FieldColumn::Texts(texts, places) = field else { return None };
        let mut rows: HashMap<&[u8], Vec<u32>> = HashMap::default();
        for (row, place) in (0_u32..).zip(*places).take(group.end).skip(group.start) {
            let text = texts.get(*place as usize).filter(|text| text.len() >= MIN_BYTES);
            if let Some(text) = text {
                rows.entry(text).or_default().push(row);
            }
        }
        (!rows.is_empty()).then_some(Self(rows))
    }

    /// The row with this text that is the nearest to a row.
    fn place(&self, text: &[u8], row: u32) -> Place {
        let rows = self.0.get(text).map(Vec::as_slice).unwrap_or_default();
        let (before, behind) = rows.split_at(rows.partition_point(|own| *own <= row));
        let distance = |other: &u32| i64::from(*other) - i64::from(row);
        let nearest = before.last().into_iter().chain(behind.first()).map(distance);
        nearest.min_by_key(|rows| rows.abs()).map_or(Place::Here, Place::Rows)
    }
}

impl Place {
    /// As it is written.
    pub(super) fn number(self) -> u64 {
        match self {
            Self::Here => 0,
            Self::Rows(rows) => 1 + zigzag(rows),
        }
    }

    /// The inverse of [`Place::number`].
    pub(super) fn of(number: u64) -> Self {
        number.checked_sub(1).map_or(Self::Here, |rows| Self::Rows(unzigzag(rows)))
    }

    /// After values of the stream's own others follow more often.
    fn context(self) -> u8 {
        u8::from(self != Self::Here)
    }
}

/// Writes the places of one group.
pub(super) fn write(places: &[Place]) -> Vec<u8> {
    let mut writer = SequenceWriter::default();
    let mut last = Place::Here;
    for place in places {
        crate::entropy::Sink::number(&mut writer, last.context(), place.number());
        last = *place;
    }
    writer.finish()
}

/// The inverse of [`write()`].
pub(super) fn read(bytes: &[u8], count: usize) -> Option<Vec<Place>> {
    let mut reader = SequenceReader::new(bytes)?;
    let mut last = Place::Here;
    let mut places = Vec::with_capacity(count);
    for _ in 0..count {
        last = Place::of(reader.number(last.context()));
        places.push(last);
    }
    reader.finish().then_some(places)
}

/// The values of one group, some of which are elsewhere.
#[derive(Debug, Clone)]
pub(super) struct Partly {
    pub(super) places: Vec<Place>,
    /// For each value how many of the stream's own are before it.
    before: Vec<u32>,
    pub(super) own: Values,
}

impl Partly {
    pub(super) fn new(places: Vec<Place>, own: Values) -> Self {
        let mut here = 0;
        let before = places.iter().map(|place| {
            let before = here;
            here += u32::from(*place == Place::Here);
            before
        });
        Self { before: before.collect(), places, own }
    }

    /// Reads them from what is compressed together.
    pub(super) fn from_pool(kind: &Kind, pool: &mut Cursor<'_>, count: usize) -> Option<Self> {
        let places: Vec<Place> =
            (0..count).map(|_| pool.varint().map(Place::of)).collect::<Option<_>>()?;
        let own = Values::from_pool(kind, pool, count_here(&places))?;
        Some(Self::new(places, own))
    }

    /// Reads them from a chunk of their own.
    pub(super) fn decode(kind: &Kind, bytes: &[u8], count: usize) -> Option<Self> {
        let mut cursor = Cursor::new(bytes);
        let length = cursor.length()?;
        let places = read(cursor.take(length)?, count)?;
        let own = Values::decode(kind, cursor.rest(), count_here(&places))?;
        Some(Self::new(places, own))
    }

    /// The bytes of memory they take.
    pub(super) fn held(&self) -> usize {
        size_of_val(self.places.as_slice()) + size_of_val(self.before.as_slice()) + self.own.bytes()
    }

    /// Where a value is, and if it is here, which of the stream's own it is.
    pub(super) fn get(&self, at: usize) -> Option<(Place, usize)> {
        Some((*self.places.get(at)?, *self.before.get(at)? as usize))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::ABSENT;
    use crate::texts::Texts;
    use proptest::prelude::*;

    #[test]
    fn the_nearest_row_is_found_on_both_sides_and_not_beyond_the_group() {
        let ids = ["request-0000-000a", "request-0000-000b", "request-0000-000a", "too-short"];
        let texts: Texts = ids.map(str::as_bytes).into_iter().collect();
        let places = [0, ABSENT, 1, 2, 3, ABSENT];
        let index = Index::of(&FieldColumn::Texts(&texts, &places), &(0..6)).expect("texts");
        assert_eq!(index.place(ids[0].as_bytes(), 1), Place::Rows(-1));
        assert_eq!(index.place(ids[0].as_bytes(), 5), Place::Rows(-2));
        assert_eq!(index.place(ids[1].as_bytes(), 0), Place::Rows(2));
        assert_eq!(index.place(ids[3].as_bytes(), 0), Place::Here);
        let index = Index::of(&FieldColumn::Texts(&texts, &places), &(1..3)).expect("texts");
        assert_eq!(index.place(ids[0].as_bytes(), 1), Place::Here);
    }

    proptest! {
        #[test]
        fn places_come_back(numbers in proptest::collection::vec(0..40_000_u64, 0..200)) {
            let places: Vec<Place> = numbers.into_iter().map(Place::of).collect();
            prop_assert_eq!(read(&write(&places), places.len()), Some(places));
        }

        #[test]
        fn any_bytes_are_places_or_not(bytes in proptest::collection::vec(any::<u8>(), 0..100), count in 0..200_usize) {
            read(&bytes, count);
        }
    }
}
