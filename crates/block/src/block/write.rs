use super::coding::Coding;
use super::filter::{TokenFilter, Vocabulary};
use super::head::{ColumnHead, GroupHead, Head, Part, Section};
use super::packer::Effort;
use super::summary::Summary;
use super::{FILTER, IDS, MAX_RELATED_COLUMNS, SUMMARY, describe, value};
use crate::compress;
use crate::convert::id;
use crate::correlate::{self, Correlated, IdColumn};
use crate::hash::HashMap;
use crate::shred::{Column, Data, Shredded, Source};
use crate::template::{ABSENT, FieldColumn, Fields, Learned, Setting, encode_words, learn};
use crate::texts::Texts;
use crate::{doubles, ints, object_ids};
use std::borrow::Cow;
use std::hash::Hash;
use std::ops::Range;

/// What helps to find or to prune, each a section of its own.
pub(super) struct Sections {
    /// The ids, encoded.
    pub(super) ids: Vec<u8>,
}

/// Columns of more distinct values than one in so many values are no dictionaries.
pub(super) const DICTIONARY_PART: usize = 3;
/// Numbers of more distinct values than one in so many are written as numbers.
const NUMBER_DICTIONARY_PART: usize = 16;
/// Texts shorter than this on average are not worth templates.
const MIN_TEMPLATE_TEXTS: usize = 8;

/// Writes a block of these records in these groups.
pub(super) fn block(
    shredded: &Shredded,
    groups: &[GroupHead],
    sections: &Sections,
    effort: Effort,
) -> Vec<u8> {
    let bytes = Writer::new(shredded, groups, effort.level()).write(sections);
    compress::forget();
    bytes
}

struct Writer<'a> {
    shredded: &'a Shredded,
    groups: &'a [GroupHead],
    /// The rows of each group.
    ranges: Vec<Range<usize>>,
    level: i32,
}

/// What a column became.
struct Coded {
    coding: Coding,
    /// What rows name, for the columns that go together.
    named: Option<IdColumn>,
    /// The number in `named` of rows without a value.
    absent: Option<u32>,
    /// The places of the distinct values, by the numbers in `named`.
    firsts: Vec<usize>,
    templates: Option<TemplateParts>,
    /// How many rows have each of the numbers in `named`, where there are not too many of these.
    counts: Option<Vec<u64>>,
    vocabulary: Vocabulary,
}

/// The parts and chunks of a column of texts.
struct TemplateParts {
    templates: Vec<u8>,
    slots: Vec<u8>,
    chunks: Vec<Vec<u8>>,
}

impl<'a> Writer<'a> {
    fn new(shredded: &'a Shredded, groups: &'a [GroupHead], level: i32) -> Self {
        let mut start = 0;
        let range = |group: &GroupHead| {
            let range = start..start + group.rows;
            start = range.end;
            range
        };
        let ranges = groups.iter().map(range).collect();
        Self { shredded, groups, ranges, level }
    }

    fn write(&self, sections: &Sections) -> Vec<u8> {
        let order = self.order();
        let mut coded = self.code_columns(&order);
        let (named, columns) = self.named_columns(&mut coded);
        let correlated = correlate::encode(&named, &self.ranges, self.level);
        drop(named);
        let shared = self.shared_parts(&coded, &correlated, &columns);
        let chunks = self.group_chunks(&coded, &correlated);
        let heads = column_heads(&coded, &correlated, &columns);
        let parts: Vec<Vec<u8>> = shared.into_iter().chain(chunks.into_iter().flatten()).collect();
        let sections = self.sections(sections, &coded, (&correlated, &columns), &parts);
        self.assemble(heads, order, &sections, (correlated.chunks.len(), &parts))
    }

    /// What helps to find or to prune, each by its kind.
    fn sections(
        &self,
        known: &Sections,
        coded: &[Coded],
        (correlated, columns): (&Correlated, &[usize]),
        parts: &[Vec<u8>],
    ) -> Vec<(u64, Vec<u8>)> {
        let mut orders: Vec<Option<&[u32]>> = vec![None; coded.len()];
        for (&number, order) in columns.iter().zip(correlated.orders.iter().skip(1)) {
            if let Some(slot) = orders.get_mut(number) {
                *slot = Some(order);
            }
        }
        let of_columns = self.shredded.columns.iter().zip(coded).zip(orders);
        let summaries = of_columns.map(|((column, coded), order)| {
            describe::summary(column, order.and_then(|order| coded.tallies(order)))
        });
        let summary = Summary::new(summaries.collect()).encode(self.level);
        let vocabularies: Vec<&Vocabulary> = coded.iter().map(|coded| &coded.vocabulary).collect();
        let filter = TokenFilter::of(&vocabularies, parts.iter().map(Vec::len).sum());
        let filter = filter.encode(self.level);
        vec![(IDS, known.ids.clone()), (SUMMARY, summary), (FILTER, filter)]
    }

    /// Texts that may refer to others come after these: the longest, on average, last.
    fn order(&self) -> Vec<u32> {
        let weight = |number: &u32| {
            let column = self.shredded.columns.get(*number as usize);
            column.map_or(0, |column| match &column.data {
                Data::Texts(_) => 1 + column.source().text_bytes() / column.len().max(1),
                _ => 0,
            })
        };
        let mut order: Vec<u32> = (0..id(self.shredded.columns.len())).collect();
        order.sort_by_key(weight);
        order
    }

    fn code_columns(&self, order: &[u32]) -> Vec<Coded> {
        let mut coded: Vec<Option<Coded>> = self.shredded.columns.iter().map(|_| None).collect();
        let related = self.related();
        let places: Vec<Option<Cow<'_, [u32]>>> = (self.shredded.columns.iter().zip(&related))
            .map(|(column, related)| {
                (*related && may_be_field(column)).then(|| self.places(column))
            })
            .collect();
        for (at, &number) in order.iter().enumerate() {
            let before = order.get(..at).unwrap_or_default();
            let related = related.get(number as usize) == Some(&true);
            if let (Some(column), Some(slot)) =
                (self.shredded.columns.get(number as usize), coded.get_mut(number as usize))
            {
                *slot = Some(if related {
                    self.code(column, &self.fields(before, &places))
                } else {
                    Coded::alone(column)
                });
            }
        }
        coded.into_iter().flatten().collect()
    }

    /// Which columns may go together with others, and be referred to: [`MAX_RELATED_COLUMNS`] at most.
    fn related(&self) -> Vec<bool> {
        let mut order: Vec<(usize, usize)> =
            self.shredded.columns.iter().map(Column::len).enumerate().collect();
        order.sort_by_key(|&(_, values)| std::cmp::Reverse(values));
        let mut related = vec![false; order.len()];
        for (column, _) in order.into_iter().take(MAX_RELATED_COLUMNS) {
            if let Some(related) = related.get_mut(column) {
                *related = true;
            }
        }
        related
    }

    /// For each row where its value is in the column's data.
    fn places<'c>(&self, column: &'c Column) -> Cow<'c, [u32]> {
        let picks = column.picks();
        match picks.filter(|picks| picks.len() == self.shredded.rows.len()) {
            Some(picks) => Cow::Borrowed(picks),
            None => Cow::Owned(self.places_of(column, picks)),
        }
    }

    fn places_of(&self, column: &Column, picks: Option<&[u32]>) -> Vec<u32> {
        let mut places = vec![ABSENT; self.shredded.rows.len()];
        for (place, row) in column.rows.iter().enumerate() {
            if let Some(slot) = places.get_mut(row) {
                *slot =
                    picks.map_or(id(place), |picks| picks.get(place).copied().unwrap_or(ABSENT));
            }
        }
        places
    }

    /// The columns that a text may refer to.
    fn fields<'f>(&'f self, before: &[u32], places: &'f [Option<Cow<'f, [u32]>>]) -> Fields<'f> {
        let field = |&number: &u32| {
            let column =
                self.shredded.columns.get(number as usize).filter(|column| column.is_single)?;
            let places = places.get(number as usize)?.as_deref()?;
            match &column.data {
                Data::Texts(texts) => Some((number, FieldColumn::Texts(texts, places))),
                Data::Ints(values) if is_number(column) => {
                    Some((number, FieldColumn::Ints(values, places)))
                }
                Data::Doubles(values) => Some((number, FieldColumn::Doubles(values, places))),
                _ => None,
            }
        };
        let times =
            self.time_column().and_then(|number| self.shredded.columns.get(number as usize));
        let times = times.and_then(|column| match &column.data {
            Data::Ints(times) => Some(times.as_slice()),
            _ => None,
        });
        Fields::new(before.iter().filter_map(field).collect(), times)
            .with_nanos(self.nanos_column())
    }

    /// The nanoseconds that belong to the event times, which may be referred to.
    fn nanos_column(&self) -> Option<u32> {
        let is_nanos = |column: &Column| {
            column.key.path == b"nanos\0" && is_number(column) && column.is_single
        };
        self.shredded.columns.iter().position(is_nanos).map(id)
    }

    /// The dates that every row has one of.
    fn time_column(&self) -> Option<u32> {
        let is_time = |column: &Column| {
            column.key.path == b"timestamp\0"
                && column.key.bson_type == 0x09
                && column.is_single
                && column.len() == self.shredded.rows.len()
        };
        self.shredded.columns.iter().position(is_time).map(id)
    }

    fn code(&self, column: &Column, fields: &Fields<'_>) -> Coded {
        if let Some((ids, firsts)) = dictionary(column) {
            let vocabulary = describe::dictionary_vocabulary(column, &firsts);
            let coded = self.coded(column, Coding::Dictionary, &ids, firsts);
            return Coded { vocabulary, ..coded };
        }
        match &column.data {
            Data::Texts(texts) if column.is_single && texts.len() >= MIN_TEMPLATE_TEXTS => {
                let learned = learn(texts, &column.rows.numbers(), fields);
                let templates = (0..learned.templates.0.len()).collect();
                let mut coded = self.coded(column, Coding::Templates, &learned.ids, templates);
                coded.templates = Some(self.template_parts(column, &learned, fields));
                coded.vocabulary = describe::template_vocabulary(column, &learned);
                coded
            }
            _ => Coded::alone(column),
        }
    }

    fn template_parts(
        &self,
        column: &Column,
        learned: &Learned,
        fields: &Fields<'_>,
    ) -> TemplateParts {
        let rows = column.rows.numbers();
        let setting = Setting { rows: &rows, groups: &self.ranges, fields };
        let (slots, chunks) = learned.slots.encode(&learned.ids, &setting, self.level);
        TemplateParts { templates: learned.templates.write(self.level), slots, chunks }
    }

    /// The ids of a column's values, as those of all rows.
    fn coded(&self, column: &Column, coding: Coding, ids: &[u32], firsts: Vec<usize>) -> Coded {
        let rows = self.shredded.rows.len();
        let distinct = id(firsts.len());
        let all_have_one = column.len() == rows;
        let mut of_rows = vec![distinct; rows];
        for (row, &id) in column.rows.iter().zip(ids) {
            if let Some(slot) = of_rows.get_mut(row) {
                *slot = id;
            }
        }
        let named = IdColumn { ids: of_rows, distinct: distinct + u32::from(!all_have_one) };
        let absent = (!all_have_one).then_some(distinct);
        let counts = describe::counts(ids, firsts.len());
        let vocabulary = Vocabulary::default();
        Coded { coding, named: Some(named), absent, firsts, templates: None, counts, vocabulary }
    }

    /// The shapes and all columns that rows name the values of, and which column each of them is.
    fn named_columns(&self, coded: &mut [Coded]) -> (Vec<IdColumn>, Vec<usize>) {
        let shapes = IdColumn {
            ids: self.shredded.rows.clone(),
            distinct: id(self.shredded.shapes.shapes.len()) + 1,
        };
        let (mut named, mut columns) = (vec![shapes], Vec::new());
        for (number, column) in coded.iter_mut().enumerate() {
            if let Some(ids) = column.named.take() {
                named.push(ids);
                columns.push(number);
            }
        }
        (named, columns)
    }

    /// What all groups need.
    fn shared_parts(
        &self,
        coded: &[Coded],
        correlated: &Correlated,
        columns: &[usize],
    ) -> Vec<Vec<u8>> {
        let shapes = correlated.orders.first().map(|order| numbers(order)).unwrap_or_default();
        let shapes = ints::encode(&shapes, self.level);
        let mut units = Vec::new();
        crate::varint::write(shapes.len() as u64, &mut units);
        units.extend_from_slice(&shapes);
        units.extend_from_slice(&correlated.shared);
        let mut parts = vec![units];
        for (&number, order) in columns.iter().zip(correlated.orders.iter().skip(1)) {
            let (Some(column), Some(coded)) =
                (self.shredded.columns.get(number), coded.get(number))
            else {
                continue;
            };
            if let Some(texts) = &coded.templates {
                parts.push(texts.templates.clone());
                parts.push(ints::encode(&numbers(order), self.level));
                parts.push(texts.slots.clone());
            } else {
                let places = order.iter().filter_map(|id| coded.firsts.get(*id as usize).copied());
                parts.push(value::encode(&select(&column.data, places), self.level));
            }
        }
        parts
    }

    /// Where the values of each group of rows are in a column.
    fn value_ranges(&self, column: &Column) -> Vec<Range<usize>> {
        let place = |row: usize| column.rows.places_before(row);
        self.ranges.iter().map(|range| place(range.start)..place(range.end)).collect()
    }

    /// The shapes of a group's rows, where each of them has one of a column's values.
    fn keys(&self, values: &Range<usize>, rows: &Range<usize>) -> Option<&[u32]> {
        self.shredded.rows.get(rows.clone()).filter(|rows| rows.len() == values.len())
    }

    /// For each group its chunks: the units', the columns', the records that are kept whole.
    fn group_chunks(&self, coded: &[Coded], correlated: &Correlated) -> Vec<Vec<Vec<u8>>> {
        let mut groups: Vec<Vec<Vec<u8>>> = vec![Vec::new(); self.ranges.len()];
        let mut add = |chunks: &mut dyn Iterator<Item = Vec<u8>>| {
            for (group, chunk) in groups.iter_mut().zip(chunks) {
                group.push(chunk);
            }
        };
        for unit in &correlated.chunks {
            add(&mut unit.iter().cloned());
        }
        for (column, coded) in self.shredded.columns.iter().zip(coded) {
            let ranges = self.value_ranges(column);
            if let Some(texts) = &coded.templates {
                add(&mut texts.chunks.iter().cloned());
            } else if coded.coding.has_chunks() {
                let chunk = |(range, rows): (&Range<usize>, &Range<usize>)| {
                    encode_range(column.source(), range, self.keys(range, rows), self.level)
                };
                add(&mut ranges.iter().zip(&self.ranges).map(chunk));
            }
        }
        let mut whole = self.shredded.raw.iter();
        add(&mut self.ranges.iter().map(|range| {
            let rows = self.shredded.rows.get(range.clone()).unwrap_or_default();
            let count = rows.iter().filter(|row| **row == crate::shred::RAW).count();
            let texts: Texts = whole.by_ref().take(count).collect();
            encode_words(&texts, self.level)
        }));
        groups
    }

    fn assemble(
        &self,
        columns: Vec<ColumnHead>,
        order: Vec<u32>,
        sections: &[(u64, Vec<u8>)],
        (units, parts): (usize, &[Vec<u8>]),
    ) -> Vec<u8> {
        let section =
            |(kind, bytes): &(u64, Vec<u8>)| Section { kind: *kind, part: Part::of(bytes) };
        let mut out = Head {
            groups: self.groups.to_vec(),
            shapes: self.shredded.shapes.clone(),
            columns,
            time: self.time_column(),
            order,
            units,
            sections: sections.iter().map(section).collect(),
            parts: parts.iter().map(|bytes| Part::of(bytes)).collect(),
        }
        .write(self.level);
        for bytes in sections.iter().map(|(_, bytes)| bytes).chain(parts) {
            out.extend_from_slice(bytes);
        }
        out
    }
}

impl Coded {
    /// How many rows have each value, in the order in which these are written, or each template, in their own order.
    fn tallies(&self, order: &[u32]) -> Option<Vec<u64>> {
        let counts = self.counts.as_ref()?;
        if self.coding == Coding::Templates {
            return Some(counts.clone());
        }
        let written = order.iter().filter(|own| Some(**own) != self.absent);
        written.map(|own| counts.get(*own as usize).copied()).collect()
    }

    fn alone(column: &Column) -> Self {
        Self {
            coding: coding_alone(&column.data),
            named: None,
            absent: None,
            firsts: Vec::new(),
            templates: None,
            counts: None,
            vocabulary: describe::plain_vocabulary(column),
        }
    }
}

/// How values are written that do not go together with others.
fn coding_alone(data: &Data) -> Coding {
    match data {
        Data::Ints(_) => Coding::Ints,
        Data::Doubles(_) => Coding::Doubles,
        Data::Ids(_) => Coding::Ids,
        Data::Nothing(_) => Coding::Nothing,
        Data::Texts(_) | Data::Blobs(_) => Coding::Words,
    }
}

/// What the head says of the columns.
fn column_heads(coded: &[Coded], correlated: &Correlated, columns: &[usize]) -> Vec<ColumnHead> {
    let mut heads: Vec<ColumnHead> = coded
        .iter()
        .map(|coded| ColumnHead { coding: coded.coding, distinct: 0, absent: None })
        .collect();
    for (&number, order) in columns.iter().zip(correlated.orders.iter().skip(1)) {
        if let (Some(head), Some(coded)) = (heads.get_mut(number), coded.get(number)) {
            head.distinct = id(order.len());
            head.absent = order.iter().position(|old| Some(*old) == coded.absent).map(id);
        }
    }
    heads
}

/// Which of its distinct values each value of a column is, and where these are in its data; `None` for too many.
fn dictionary(column: &Column) -> Option<(Cow<'_, [u32]>, Vec<usize>)> {
    if let (Some(picks), Data::Texts(distinct)) = (column.picks(), &column.data) {
        return Some((Cow::Borrowed(picks), (0..distinct.len()).collect()));
    }
    let (ids, firsts) = match &column.data {
        _ if !column.is_single => None,
        Data::Ints(values) => distinct(values.iter(), values.len() / NUMBER_DICTIONARY_PART),
        Data::Doubles(values) => distinct(values.iter(), values.len() / NUMBER_DICTIONARY_PART),
        Data::Texts(texts) | Data::Blobs(texts) => {
            distinct(texts.iter(), texts.len() / DICTIONARY_PART)
        }
        Data::Ids(_) | Data::Nothing(_) => None,
    }?;
    Some((Cow::Owned(ids), firsts))
}

/// The number of each value in the order of their first places, and these; `None` for more than `max`.
fn distinct<T: Hash + Eq>(
    values: impl Iterator<Item = T>,
    max: usize,
) -> Option<(Vec<u32>, Vec<usize>)> {
    let mut numbers: HashMap<T, u32> = HashMap::default();
    let (mut ids, mut firsts) = (Vec::new(), Vec::new());
    for (place, value) in values.enumerate() {
        let next = id(numbers.len());
        let id = *numbers.entry(value).or_insert(next);
        if id == next {
            firsts.push(place);
            if firsts.len() > max.max(1) {
                return None;
            }
        }
        ids.push(id);
    }
    Some((ids, firsts))
}

/// Whether a text may refer to the column.
fn may_be_field(column: &Column) -> bool {
    column.is_single && (matches!(column.data, Data::Texts(_)) || is_number(column))
}

/// Whether the column holds numbers as people write them.
fn is_number(column: &Column) -> bool {
    matches!(column.key.bson_type, 0x10 | 0x12)
}

fn numbers(ids: &[u32]) -> Vec<i64> {
    ids.iter().map(|id| i64::from(*id)).collect()
}

/// The values at these places.
fn select(data: &Data, places: impl Iterator<Item = usize>) -> Data {
    match data {
        Data::Ints(values) => Data::Ints(places.filter_map(|at| values.get(at).copied()).collect()),
        Data::Doubles(values) => {
            Data::Doubles(places.filter_map(|at| values.get(at).copied()).collect())
        }
        Data::Ids(values) => Data::Ids(places.filter_map(|at| values.get(at).copied()).collect()),
        Data::Texts(texts) => Data::Texts(places.filter_map(|at| texts.get(at)).collect()),
        Data::Blobs(blobs) => Data::Blobs(places.filter_map(|at| blobs.get(at)).collect()),
        Data::Nothing(_) => Data::Nothing(places.count()),
    }
}

/// Writes some values of a column, which may continue those of rows of the same key.
fn encode_range(
    source: Source<'_>,
    range: &Range<usize>,
    keys: Option<&[u32]>,
    level: i32,
) -> Vec<u8> {
    match source.data {
        Data::Ints(values) => {
            ints::encode_keyed(values.get(range.clone()).unwrap_or_default(), keys, level)
        }
        Data::Doubles(values) => {
            doubles::encode(values.get(range.clone()).unwrap_or_default(), level)
        }
        Data::Ids(values) => {
            object_ids::encode(values.get(range.clone()).unwrap_or_default(), keys, level)
        }
        Data::Texts(_) | Data::Blobs(_) => {
            let part: Texts = range.clone().filter_map(|at| source.text(at)).collect();
            encode_words(&part, level)
        }
        Data::Nothing(_) => Vec::new(),
    }
}
