//! Reading a group of rows.

use super::MAX_RELATED_COLUMNS;
use super::bytes::Bytes;
use super::coding::Coding;
use super::read::Block;
use super::shared::{Shared, TextColumn};
use crate::BlockError;
use crate::convert::id;
use crate::shred::{ColumnKey, Data, Kind};
use crate::template::{ABSENT, FieldColumn, Fields, decode_words, rebuild};
use crate::texts::Texts;
use crate::{doubles, ints, object_ids};

/// What was read of a group of rows.
pub(super) struct Read {
    /// For each unit what its rows name.
    units: Vec<Option<Vec<u32>>>,
    /// For each row its shape.
    pub(super) shapes: Vec<u32>,
    /// For each column how many values it has.
    counts: Vec<usize>,
    /// For each column that needs it, for each row where its value is.
    places: Vec<Option<Vec<u32>>>,
    pub(super) columns: Vec<Option<Data>>,
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
    ) -> Result<Read, BlockError> {
        let damaged = || BlockError::damaged(format!("the shapes of group {group}"));
        let head = self.group(group)?;
        let needs = self.needs(is_wanted)?;
        let units = self.read_units(group, head.rows)?;
        let shapes = self.shapes_of(&units).ok_or_else(damaged)?;
        let none = || vec![None; self.head.columns.len()];
        let counts = vec![0; self.head.columns.len()];
        let mut read = Read { units, shapes, counts, places: none(), columns: vec![] };
        read.columns.resize(self.head.columns.len(), None);
        self.find_places(&mut read, &needs, head.bytes).ok_or_else(damaged)?;
        let mut room = head.bytes;
        for column in self.head.order.iter().map(|column| *column as usize) {
            if needs.columns.get(column) != Some(&true) {
                continue;
            }
            let data = self.read_column(group, column, &read)?;
            room = room.checked_sub(text_bytes(&data)).ok_or_else(damaged)?;
            if let Some(slot) = read.columns.get_mut(column) {
                *slot = Some(data);
            }
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
    fn find_places(&self, read: &mut Read, needs: &Needs, bytes: usize) -> Option<()> {
        let rows = read.shapes.len();
        for (places, needed) in read.places.iter_mut().zip(&needs.places) {
            *places = needed.then(|| vec![ABSENT; rows]);
        }
        let mut room = bytes;
        for (row, &shape) in read.shapes.iter().enumerate() {
            let Some(number) = shape.checked_sub(1) else { continue };
            for column in self.head.shapes.shapes.get(number as usize)?.columns() {
                let key = self.head.shapes.keys.get(column as usize)?;
                room = room.checked_sub(least_bytes(key))?;
                let count = read.counts.get_mut(column as usize)?;
                if let Some(places) = read.places.get_mut(column as usize)? {
                    *places.get_mut(row)? = id(*count);
                }
                *count += 1;
            }
        }
        Some(())
    }

    fn read_column(&self, group: usize, column: usize, read: &Read) -> Result<Data, BlockError> {
        let damaged =
            || BlockError::damaged(format!("column {} of group {group}", self.column_name(column)));
        let coding = self.head.columns.get(column).map_or(Coding::Nothing, |column| column.coding);
        let count = read.counts.get(column).copied().unwrap_or(0);
        let chunk = if coding.has_chunks() {
            self.chunk(group, self.head.chunk_number(column))?
        } else {
            Vec::new()
        };
        match (coding, self.shared(column)?) {
            (Coding::Ints, _) => ints::decode(&chunk, count).map(Data::Ints),
            (Coding::Doubles, _) => doubles::decode(&chunk, count).map(Data::Doubles),
            (Coding::Ids, _) => object_ids::decode(&chunk, count).map(Data::Ids),
            (Coding::Nothing, _) => Some(Data::Nothing(count)),
            (Coding::Words, _) => {
                decode_words(&chunk, count).map(|texts| self.texts(column, texts))
            }
            (_, Shared::Values(values)) => self.read_dictionary(column, read, values),
            (_, Shared::Texts(texts)) => self.read_templates(column, &chunk, read, texts),
            (_, Shared::Nothing) => None,
        }
        .ok_or_else(damaged)
    }

    fn texts(&self, column: usize, texts: Texts) -> Data {
        match self.kind(column) {
            Kind::Blobs => Data::Blobs(texts),
            _ => Data::Texts(texts),
        }
    }

    /// The column's place among those that rows name the values of.
    fn named(&self, column: usize) -> usize {
        1 + self.head.columns.iter().take(column).filter(|column| column.coding.is_named()).count()
    }

    /// The names of the rows that have a value.
    fn present(&self, column: usize, read: &Read) -> Option<Vec<u32>> {
        let absent = self.head.columns.get(column)?.absent;
        let names = self.names(self.named(column), &read.units)?;
        let present: Vec<u32> = names.into_iter().filter(|name| Some(*name) != absent).collect();
        (Some(&present.len()) == read.counts.get(column)).then_some(present)
    }

    fn read_dictionary(&self, column: usize, read: &Read, values: &Data) -> Option<Data> {
        let absent = self.head.columns.get(column)?.absent.unwrap_or(u32::MAX);
        // The absent number has no value: those behind it stand one place before.
        let place = |name: u32| (name - u32::from(name > absent)) as usize;
        let places = self.present(column, read)?.into_iter().map(place);
        Some(match values {
            Data::Ints(values) => {
                Data::Ints(places.map(|at| values.get(at).copied()).collect::<Option<_>>()?)
            }
            Data::Doubles(values) => {
                Data::Doubles(places.map(|at| values.get(at).copied()).collect::<Option<_>>()?)
            }
            Data::Texts(texts) => {
                Data::Texts(places.map(|at| texts.get(at)).collect::<Option<_>>()?)
            }
            Data::Blobs(blobs) => {
                Data::Blobs(places.map(|at| blobs.get(at)).collect::<Option<_>>()?)
            }
            Data::Ids(_) | Data::Nothing(_) => return None,
        })
    }

    fn read_templates(
        &self,
        column: usize,
        chunk: &[u8],
        read: &Read,
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
    fn fields<'r>(&self, read: &'r Read) -> Fields<'r> {
        let field = |(number, data): (usize, &'r Option<Data>)| {
            let places = read.places.get(number)?.as_deref()?;
            match data.as_ref()? {
                Data::Texts(texts) => Some((id(number), FieldColumn::Texts(texts, places))),
                Data::Ints(values) => Some((id(number), FieldColumn::Ints(values, places))),
                _ => None,
            }
        };
        let times = self.head.time.and_then(|time| read.columns.get(time as usize)?.as_ref());
        let times = times.and_then(|data| match data {
            Data::Ints(times) => Some(times.as_slice()),
            _ => None,
        });
        Fields::new(read.columns.iter().enumerate().filter_map(field).collect(), times)
    }
}

impl Needs {
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
fn least_bytes(key: &ColumnKey) -> usize {
    const TYPE_AND_NUL: usize = 2;
    const EMPTY_TEXT: usize = 5;
    TYPE_AND_NUL
        + match key.kind() {
            Kind::Texts => EMPTY_TEXT,
            _ => key.width(),
        }
}

fn text_bytes(data: &Data) -> usize {
    match data {
        Data::Texts(texts) | Data::Blobs(texts) => texts.as_bytes().len(),
        _ => 0,
    }
}
