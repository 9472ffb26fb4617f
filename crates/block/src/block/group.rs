//! Reading a group of rows.

use super::MAX_RELATED_COLUMNS;
use super::bytes::Bytes;
use super::coding::Coding;
use super::read::Block;
use super::shared::{Shared, TextColumn};
use crate::BlockError;
use crate::convert::id;
use crate::shred::{ColumnKey, Data, Kind, Shape, Source};
use crate::template::{ABSENT, FieldColumn, Fields, decode_words, rebuild};
use crate::texts::Texts;
use crate::{doubles, ints, object_ids};

/// What was read of a group of rows.
pub(super) struct Read<'b> {
    /// For each unit what its rows name.
    units: Vec<Option<Vec<u32>>>,
    /// For each row its shape.
    pub(super) shapes: Vec<u32>,
    /// For each column how many values it has.
    counts: Vec<usize>,
    /// For each column that needs it, for each row where its value is.
    places: Vec<Option<Vec<u32>>>,
    pub(super) columns: Vec<Values<'b>>,
}

/// What was read of a column.
pub(super) enum Values<'b> {
    /// Nothing: it is not wanted.
    Unread,
    /// The values of this group.
    Own(Data),
    /// Values that all groups share, and which of them each row with a value has.
    Shared { values: &'b Data, picks: Vec<u32> },
}

/// Which columns are read, and of which the rows' places have to be known.
struct Needs {
    columns: Vec<bool>,
    places: Vec<bool>,
}

impl<B: Bytes> Block<B> {
    /// Reads these columns of a group, and those that they refer to.
    pub(super) fn read_group(
        &self,
        group: usize,
        is_wanted: impl Fn(usize) -> bool,
    ) -> Result<Read<'_>, BlockError> {
        let damaged = || BlockError::damaged(format!("the shapes of group {group}"));
        let head = self.group(group)?;
        let needs = self.needs(is_wanted)?;
        let units = self.read_units(group, head.rows)?;
        let shapes = self.shapes_of(&units).ok_or_else(damaged)?;
        let count = self.head.columns.len();
        let columns = (0..count).map(|_| Values::Unread).collect();
        let mut read =
            Read { units, shapes, counts: vec![0; count], places: vec![None; count], columns };
        self.find_places(&mut read, &needs, head.bytes).ok_or_else(damaged)?;
        let mut room = head.bytes;
        for column in self.head.order.iter().map(|column| *column as usize) {
            if needs.columns.get(column) != Some(&true) {
                continue;
            }
            let values = self.read_column(group, column, &read)?;
            room = room.checked_sub(values.text_bytes()).ok_or_else(damaged)?;
            read.set(column, values).ok_or_else(damaged)?;
        }
        Ok(read)
    }

    /// What has to be read so that these columns can be: those that texts refer to come before them.
    fn needs(&self, is_wanted: impl Fn(usize) -> bool) -> Result<Needs, BlockError> {
        let columns = self.head.columns.len();
        let mut needs =
            Needs { columns: (0..columns).map(is_wanted).collect(), places: vec![false; columns] };
        for column in self.head.order.iter().rev().map(|column| *column as usize) {
            let coding = self.head.columns.get(column).map(|head| head.coding);
            if coding != Some(Coding::Templates) || needs.columns.get(column) != Some(&true) {
                continue;
            }
            if let Shared::Texts(texts) = self.shared(column)? {
                needs.add(column, texts, self.head.time);
            }
        }
        if needs.places.iter().filter(|place| **place).count() > MAX_RELATED_COLUMNS {
            return Err(BlockError::damaged("what the columns refer to"));
        }
        Ok(needs)
    }

    /// What the rows of each unit name: first those without a key, then those with one.
    fn read_units(&self, group: usize, rows: usize) -> Result<Vec<Option<Vec<u32>>>, BlockError> {
        let correlation = &self.units()?.correlation;
        let mut units: Vec<Option<Vec<u32>>> = vec![None; self.head.units];
        for with_key in [false, true] {
            for unit in 0..self.head.units {
                let key = correlation.key_of(unit);
                if key.is_some() != with_key {
                    continue;
                }
                let damaged = || BlockError::damaged(format!("unit {unit} of group {group}"));
                let keys = key
                    .and_then(|key| units.get(key))
                    .and_then(Option::as_deref)
                    .unwrap_or_default();
                let found = correlation
                    .rows(unit, &self.chunk(group, unit)?, rows, keys)
                    .ok_or_else(damaged)?;
                if let Some(slot) = units.get_mut(unit) {
                    *slot = Some(found);
                }
            }
        }
        Ok(units)
    }

    /// What a named column's rows name.
    fn names(&self, named: usize, units: &[Option<Vec<u32>>]) -> Option<Vec<u32>> {
        let correlation = &self.units().ok()?.correlation;
        let rows = units.get(correlation.unit_of(named)?)?.as_deref()?;
        correlation.ids(named, rows)
    }

    fn shapes_of(&self, units: &[Option<Vec<u32>>]) -> Option<Vec<u32>> {
        let shapes = &self.units().ok()?.shapes;
        self.names(0, units)?.into_iter().map(|id| shapes.get(id as usize).copied()).collect()
    }

    /// Counts the values of each column, and notes where each row's is; `None` where they would not fit into
    /// `bytes` of BSON.
    fn find_places(&self, read: &mut Read<'_>, needs: &Needs, bytes: usize) -> Option<()> {
        let rows = read.shapes.len();
        for (places, needed) in read.places.iter_mut().zip(&needs.places) {
            *places = needed.then(|| vec![ABSENT; rows]);
        }
        let shapes = &self.head.shapes.shapes;
        let placed: Vec<Vec<u32>> = shapes.iter().map(|shape| needs.placed(shape)).collect();
        let mut of_shapes = vec![0_usize; shapes.len()];
        let mut next = vec![0_u32; read.counts.len()];
        for (row, &shape) in read.shapes.iter().enumerate() {
            let Some(number) = shape.checked_sub(1) else { continue };
            *of_shapes.get_mut(number as usize)? += 1;
            for &column in placed.get(number as usize)? {
                let next = next.get_mut(column as usize)?;
                *read.places.get_mut(column as usize)?.as_mut()?.get_mut(row)? = *next;
                *next += 1;
            }
        }
        let mut room = bytes;
        for (shape, &rows) in shapes.iter().zip(&of_shapes).filter(|(_, rows)| **rows > 0) {
            for column in shape.columns() {
                let key = self.head.shapes.keys.get(column as usize)?;
                room = room.checked_sub(rows.checked_mul(least_bytes(key))?)?;
                *read.counts.get_mut(column as usize)? += rows;
            }
        }
        Some(())
    }

    fn read_column(
        &self,
        group: usize,
        column: usize,
        read: &Read<'_>,
    ) -> Result<Values<'_>, BlockError> {
        let damaged =
            || BlockError::damaged(format!("column {} of group {group}", self.column_name(column)));
        let coding = self.head.columns.get(column).map_or(Coding::Nothing, |column| column.coding);
        let count = read.counts.get(column).copied().unwrap_or(0);
        let chunk = if coding.has_chunks() {
            self.chunk(group, self.head.chunk_number(column))?
        } else {
            Vec::new()
        };
        // Where every row has a value, its shape may tell which number it continues.
        let keys = (count == read.shapes.len()).then_some(read.shapes.as_slice());
        let own = match (coding, self.shared(column)?) {
            (Coding::Ints, _) => ints::decode_keyed(&chunk, count, keys).map(Data::Ints),
            (Coding::Doubles, _) => doubles::decode(&chunk, count).map(Data::Doubles),
            (Coding::Ids, _) => object_ids::decode(&chunk, count, keys).map(Data::Ids),
            (Coding::Nothing, _) => Some(Data::Nothing(count)),
            (Coding::Words, _) => {
                decode_words(&chunk, count).map(|texts| self.texts(column, texts))
            }
            (_, Shared::Values(values)) => {
                let picks = self.picks(column, read).ok_or_else(damaged)?;
                return Values::picked(values, picks).ok_or_else(damaged);
            }
            (_, Shared::Texts(texts)) => self.read_templates(column, &chunk, read, texts),
            (_, Shared::Nothing) => None,
        };
        own.map(Values::Own).ok_or_else(damaged)
    }

    fn texts(&self, column: usize, texts: Texts) -> Data {
        match self.kind(column) {
            Kind::Blobs => Data::Blobs(texts),
            _ => Data::Texts(texts),
        }
    }

    /// The column's place among those that rows name the values of.
    pub(super) fn named(&self, column: usize) -> usize {
        1 + self.head.columns.iter().take(column).filter(|column| column.coding.is_named()).count()
    }

    /// The names of the rows that have a value.
    fn present(&self, column: usize, read: &Read<'_>) -> Option<Vec<u32>> {
        let absent = self.head.columns.get(column)?.absent;
        let mut names = self.names(self.named(column), &read.units)?;
        if let Some(absent) = absent {
            names.retain(|name| *name != absent);
        }
        (Some(&names.len()) == read.counts.get(column)).then_some(names)
    }

    /// Which of the distinct values each row with a value has.
    fn picks(&self, column: usize, read: &Read<'_>) -> Option<Vec<u32>> {
        let absent = self.head.columns.get(column)?.absent.unwrap_or(u32::MAX);
        let mut picks = self.present(column, read)?;
        // The absent number has no value: those behind it stand one place before.
        for pick in &mut picks {
            *pick -= u32::from(*pick > absent);
        }
        Some(picks)
    }

    fn read_templates(
        &self,
        column: usize,
        chunk: &[u8],
        read: &Read<'_>,
        texts: &TextColumn,
    ) -> Option<Data> {
        let names = self.present(column, read)?.into_iter();
        let ids: Vec<u32> =
            names.map(|name| texts.order.get(name as usize).copied()).collect::<Option<_>>()?;
        let mut slots = texts.slots.group(chunk, &ids)?;
        let places = read.places.get(column)?.as_ref()?.iter().enumerate();
        let rows = places.filter(|(_, place)| **place != ABSENT).map(|(row, _)| row);
        rebuild(&texts.templates, &ids, rows, &self.fields(read), &mut slots).map(Data::Texts)
    }

    /// The columns that were read already, for texts that refer to them.
    fn fields<'r>(&self, read: &'r Read<'_>) -> Fields<'r> {
        let field = |(number, values): (usize, &'r Values<'_>)| {
            let places = read.places.get(number)?.as_deref()?;
            match values.data()? {
                Data::Texts(texts) => Some((id(number), FieldColumn::Texts(texts, places))),
                Data::Ints(values) => Some((id(number), FieldColumn::Ints(values, places))),
                Data::Doubles(values) => Some((id(number), FieldColumn::Doubles(values, places))),
                _ => None,
            }
        };
        let times = self.head.time.and_then(|time| read.columns.get(time as usize));
        let times = times.and_then(|values| match values {
            Values::Own(Data::Ints(times)) => Some(times.as_slice()),
            _ => None,
        });
        Fields::new(read.columns.iter().enumerate().filter_map(field).collect(), times)
    }
}

impl Needs {
    /// The columns of a shape of which it has to be known where each row's value is.
    fn placed(&self, shape: &Shape) -> Vec<u32> {
        shape.columns().filter(|column| self.places.get(*column as usize) == Some(&true)).collect()
    }

    /// Adds what the texts of a column need.
    fn add(&mut self, column: usize, texts: &TextColumn, time: Option<u32>) {
        let mark = |flags: &mut Vec<bool>, column: usize| {
            if let Some(flag) = flags.get_mut(column) {
                *flag = true;
            }
        };
        mark(&mut self.places, column);
        for field in texts.references() {
            mark(&mut self.columns, field as usize);
            mark(&mut self.places, field as usize);
        }
        if let Some(time) = time.filter(|_| texts.has_time()) {
            mark(&mut self.columns, time as usize);
        }
    }
}

/// The least bytes of BSON that a value of a column takes, with its type and its key's NUL.
pub(super) fn least_bytes(key: &ColumnKey) -> usize {
    const TYPE_AND_NUL: usize = 2;
    const EMPTY_TEXT: usize = 5;
    TYPE_AND_NUL
        + match key.kind() {
            Kind::Texts => EMPTY_TEXT,
            _ => key.width(),
        }
}

impl<'b> Read<'b> {
    /// Keeps what was read of a column; `None` where its rows name values that are not there.
    fn set(&mut self, column: usize, values: Values<'b>) -> Option<()> {
        if let (Values::Shared { picks, .. }, Some(places)) =
            (&values, self.places.get_mut(column)?)
        {
            // Texts that refer to it find its values by these.
            for place in places.iter_mut().filter(|place| **place != ABSENT) {
                *place = *picks.get(*place as usize)?;
            }
        }
        *self.columns.get_mut(column)? = values;
        Some(())
    }
}

impl<'b> Values<'b> {
    /// Texts stay where they are; numbers, which are no larger than picks, are copied.
    fn picked(values: &'b Data, picks: Vec<u32>) -> Option<Self> {
        let Data::Ints(numbers) = values else { return Some(Self::Shared { values, picks }) };
        let number = |pick: &u32| numbers.get(*pick as usize).copied();
        Some(Self::Own(Data::Ints(picks.iter().map(number).collect::<Option<_>>()?)))
    }

    fn data(&self) -> Option<&Data> {
        match self {
            Self::Unread => None,
            Self::Own(data) => Some(data),
            Self::Shared { values, .. } => Some(values),
        }
    }

    /// The values in the order of the rows.
    pub(super) fn source(&self) -> Source<'_> {
        match self {
            Self::Unread => Source { data: &Data::Nothing(0), picks: None },
            Self::Own(data) => Source { data, picks: None },
            Self::Shared { values, picks } => Source { data: values, picks: Some(picks) },
        }
    }

    /// The bytes of the group's own texts.
    fn text_bytes(&self) -> usize {
        match self {
            Self::Own(Data::Texts(texts) | Data::Blobs(texts)) => texts.as_bytes().len(),
            _ => 0,
        }
    }
}
