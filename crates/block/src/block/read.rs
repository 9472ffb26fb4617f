use super::coding::Coding;
use super::head::{Head, Part};
use super::{PREFIX_BYTES, value};
use crate::BlockError;
use crate::correlate::Correlation;
use crate::shred::{Cursors, Data, Kind, RAW, rebuild as rebuild_record};
use crate::template::{ABSENT, FieldColumn, Fields, SlotReader, Templates, decode_words, rebuild};
use crate::texts::Texts;
use crate::varint::Cursor;
use crate::{doubles, ints, object_ids};
use std::ops::Range;
use std::sync::OnceLock;
use woodpile_record::{Batch, RawDocument};

/// Where a block's bytes come from.
pub trait Bytes {
    /// The bytes of a range, all of them.
    ///
    /// # Errors
    /// [`BlockError::Source`] says why they cannot be had.
    fn read(&self, range: Range<u64>) -> Result<Vec<u8>, BlockError>;
}

impl Bytes for [u8] {
    fn read(&self, range: Range<u64>) -> Result<Vec<u8>, BlockError> {
        let range = usize::try_from(range.start).ok().zip(usize::try_from(range.end).ok());
        let bytes = range.and_then(|(start, end)| self.get(start..end));
        bytes.map(<[u8]>::to_vec).ok_or_else(|| BlockError::damaged("the block's end"))
    }
}

impl<B: Bytes + ?Sized> Bytes for &B {
    fn read(&self, range: Range<u64>) -> Result<Vec<u8>, BlockError> {
        (**self).read(range)
    }
}

/// A group of rows, which are read together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Group {
    /// How many records.
    pub records: usize,
    /// The first event, in milliseconds since 1970.
    pub first: i64,
    /// The last event.
    pub last: i64,
}

/// A packed block, of which only what is needed is read.
#[derive(Debug)]
pub struct Block<B> {
    source: B,
    head: Head,
    units: OnceLock<Units>,
    columns: Vec<OnceLock<Shared>>,
}

/// How rows name shapes and values.
#[derive(Debug)]
struct Units {
    /// The shape of each number: [`RAW`], or one more than its place.
    shapes: Vec<u32>,
    correlation: Correlation,
}

/// What all groups need of a column.
#[derive(Debug)]
enum Shared {
    Nothing,
    /// The distinct values.
    Values(Data),
    Templates {
        templates: Templates,
        order: Vec<u32>,
        slots: SlotReader,
    },
}

/// What was read of a group of rows.
struct Read {
    /// For each unit what its rows name.
    units: Vec<Option<Vec<u32>>>,
    /// For each row its shape.
    shapes: Vec<u32>,
    /// For each column, for each row where its value is.
    places: Vec<Vec<u32>>,
    counts: Vec<usize>,
    columns: Vec<Option<Data>>,
}

impl<B: Bytes> Block<B> {
    /// Reads the head of a block.
    ///
    /// # Errors
    /// Says whether it is no block, a newer one, or a damaged one.
    pub fn open(source: B) -> Result<Self, BlockError> {
        let prefix = source.read(0..PREFIX_BYTES as u64)?;
        let length = Head::length(&prefix)?;
        let head = Head::read(&source.read(0..length as u64)?)?;
        let columns = head.columns.iter().map(|_| OnceLock::new()).collect();
        Ok(Self { source, head, units: OnceLock::new(), columns })
    }

    /// How many records there are.
    pub fn records(&self) -> usize {
        self.head.records()
    }

    /// The groups of rows, in order.
    pub fn groups(&self) -> impl ExactSizeIterator<Item = Group> {
        self.head.groups.iter().map(|group| Group {
            records: group.rows,
            first: group.first,
            last: group.last,
        })
    }

    #[doc(hidden)]
    pub fn describe(&self) -> String {
        let n = self.records().max(1) as f64;
        let shared = self.head.shared_parts();
        let mut out = format!(
            "head {:.3} shapes {}\n",
            self.head.parts.first().map_or(0, |p| p.start) as f64 / n,
            self.head.shapes.shapes.len()
        );
        out += &format!("  units shared {:.3}\n", self.head.parts[0].length as f64 / n);
        let mut at = 1;
        let per = |number: usize| -> f64 {
            (0..self.head.groups.len())
                .map(|g| self.head.parts[shared + g * self.head.chunks() + number].length as f64)
                .sum::<f64>()
                / n
        };
        for u in 0..self.head.units {
            out += &format!(
                "  unit {u}: {:.3} key {:?} distinct {}\n",
                per(u),
                self.units().unwrap().correlation.key_of(u),
                self.units().unwrap().correlation.distinct(u)
            );
        }
        for (c, h) in self.head.columns.iter().enumerate() {
            let s: Vec<f64> = (0..h.coding.shared_parts())
                .map(|k| (self.head.parts[at + k].length as f64 / n * 1000.0).round() / 1000.0)
                .collect();
            at += h.coding.shared_parts();
            let chunk = if h.coding.has_chunks() { per(self.chunk_number(c)) } else { 0.0 };
            let unit = if h.coding.is_named() {
                self.units().unwrap().correlation.unit_of(self.named(c))
            } else {
                None
            };
            out += &format!(
                "  {} {:?} distinct {} shared {s:?} chunks {chunk:.3} unit {unit:?}\n",
                self.column_name(c),
                h.coding,
                h.distinct
            );
        }
        out
    }

    /// The records of one group, byte for byte as they were packed.
    ///
    /// # Errors
    /// Names the part that is damaged.
    pub fn unpack(&self, group: usize) -> Result<Batch, BlockError> {
        let damaged = || BlockError::damaged(format!("group {group} of the block"));
        let head = self.head.groups.get(group).ok_or_else(damaged)?;
        let read = self.read_group(group)?;
        let whole = self.chunk(group, self.head.chunks().saturating_sub(1))?;
        let raw_rows = read.shapes.iter().filter(|shape| **shape == RAW).count();
        let whole = decode_words(&whole, raw_rows).ok_or_else(damaged)?;
        let batch = self.rebuild(&read, &whole).ok_or_else(damaged)?;
        if crc32c::crc32c(batch.as_bytes()) != head.checksum {
            return Err(damaged());
        }
        Ok(batch)
    }

    fn rebuild(&self, read: &Read, whole: &Texts) -> Option<Batch> {
        let nothing = Data::Nothing(0);
        let data = read.columns.iter().map(|data| data.as_ref().unwrap_or(&nothing));
        let mut cursors = Cursors::new(self.head.shapes.keys.iter().zip(data));
        let mut whole = whole.iter();
        let mut batch = Batch::new();
        let (mut record, mut open) = (Vec::new(), Vec::new());
        for &shape in &read.shapes {
            record.clear();
            match shape.checked_sub(1) {
                None => record.extend_from_slice(whole.next()?),
                Some(number) => {
                    let shape = self.head.shapes.shapes.get(number as usize)?;
                    rebuild_record(shape, &mut cursors, &mut open, &mut record)?;
                }
            }
            batch.push(RawDocument::from_bytes(&record).ok()?);
        }
        Some(batch)
    }

    /// Reads all columns of a group.
    fn read_group(&self, group: usize) -> Result<Read, BlockError> {
        let damaged = || BlockError::damaged(format!("the shapes of group {group}"));
        let rows = self.head.groups.get(group).map_or(0, |group| group.rows);
        let units = self.read_units(group, rows)?;
        let shapes = self.shapes_of(&units).ok_or_else(damaged)?;
        let columns = self.head.columns.len();
        let mut read = Read {
            units,
            places: vec![vec![ABSENT; rows]; columns],
            counts: vec![0; columns],
            columns: vec![None; columns],
            shapes,
        };
        self.find_places(&mut read).ok_or_else(damaged)?;
        for &column in &self.head.order {
            let data = self.read_column(group, column as usize, &read)?;
            if let Some(slot) = read.columns.get_mut(column as usize) {
                *slot = Some(data);
            }
        }
        Ok(read)
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

    fn units(&self) -> Result<&Units, BlockError> {
        if let Some(units) = self.units.get() {
            return Ok(units);
        }
        let bytes = self.part(0)?;
        let read = || {
            let mut cursor = Cursor::new(&bytes);
            let length = cursor.length()?;
            let most = self.head.shapes.shapes.len() + 1;
            let shapes = cursor.take(length)?;
            let named =
                1 + self.head.columns.iter().filter(|column| column.coding.is_named()).count();
            let correlation = Correlation::read(cursor.rest(), named)?;
            let count = correlation.column_distinct(0)?;
            let shapes = ints::decode(shapes, count.min(most))?;
            let shapes =
                shapes.into_iter().map(|shape| u32::try_from(shape).ok()).collect::<Option<_>>()?;
            Some(Units { shapes, correlation })
        };
        let units = read().ok_or_else(|| BlockError::damaged("the block's units"))?;
        Ok(self.units.get_or_init(|| units))
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

    /// Counts the values of each column, and notes where each row's is.
    fn find_places(&self, read: &mut Read) -> Option<()> {
        for (row, &shape) in read.shapes.iter().enumerate() {
            let Some(number) = shape.checked_sub(1) else { continue };
            for column in self.head.shapes.shapes.get(number as usize)?.columns() {
                let count = read.counts.get_mut(column as usize)?;
                *read.places.get_mut(column as usize)?.get_mut(row)? = *count as u32;
                *count += 1;
            }
        }
        Some(())
    }

    fn read_column(&self, group: usize, column: usize, read: &Read) -> Result<Data, BlockError> {
        let damaged =
            || BlockError::damaged(format!("{} of group {group}", self.column_name(column)));
        let coding = self.head.columns.get(column).map_or(Coding::Nothing, |column| column.coding);
        let count = read.counts.get(column).copied().unwrap_or(0);
        let chunk = match coding.has_chunks() {
            true => self.chunk(group, self.chunk_number(column))?,
            false => Vec::new(),
        };
        match coding {
            Coding::Ints => ints::decode(&chunk, count).map(Data::Ints),
            Coding::Doubles => doubles::decode(&chunk, count).map(Data::Doubles),
            Coding::Ids => object_ids::decode(&chunk, count).map(Data::Ids),
            Coding::Nothing => Some(Data::Nothing(count)),
            Coding::Words => decode_words(&chunk, count).map(|texts| self.texts(column, texts)),
            Coding::Dictionary => self.read_dictionary(column, read, self.shared(column)?),
            Coding::Templates => self.read_templates(column, &chunk, read, self.shared(column)?),
        }
        .ok_or_else(damaged)
    }

    fn texts(&self, column: usize, texts: Texts) -> Data {
        match self.kind(column) {
            Kind::Blobs => Data::Blobs(texts),
            _ => Data::Texts(texts),
        }
    }

    fn kind(&self, column: usize) -> Kind {
        self.head.shapes.keys.get(column).map_or(Kind::Nothing, |key| key.kind())
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

    fn read_dictionary(&self, column: usize, read: &Read, shared: &Shared) -> Option<Data> {
        let Shared::Values(values) = shared else { return None };
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
        shared: &Shared,
    ) -> Option<Data> {
        let Shared::Templates { templates, order, slots } = shared else { return None };
        let names = self.present(column, read)?.into_iter();
        let ids: Vec<u32> =
            names.map(|name| order.get(name as usize).copied()).collect::<Option<_>>()?;
        let mut slots = slots.group(chunk, &ids)?;
        let places = read.places.get(column)?.iter().enumerate();
        let rows = places.filter(|(_, place)| **place != ABSENT).map(|(row, _)| row);
        rebuild(templates, &ids, rows, &self.fields(read), &mut slots).map(Data::Texts)
    }

    /// The columns that were read already, for texts that refer to them.
    fn fields<'r>(&self, read: &'r Read) -> Fields<'r> {
        let field = |(number, data): (usize, &'r Option<Data>)| {
            let places = read.places.get(number)?;
            match data.as_ref()? {
                Data::Texts(texts) => Some((number as u32, FieldColumn::Texts(texts, places))),
                Data::Ints(values) => Some((number as u32, FieldColumn::Ints(values, places))),
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

    /// What all groups need of a column; read once.
    fn shared(&self, column: usize) -> Result<&Shared, BlockError> {
        let slot =
            self.columns.get(column).ok_or_else(|| BlockError::damaged("the block's columns"))?;
        if let Some(shared) = slot.get() {
            return Ok(shared);
        }
        let parts = self.shared_parts(column)?;
        let damaged = || BlockError::damaged(self.column_name(column));
        let shared = self.read_shared(column, &parts).ok_or_else(damaged)?;
        Ok(slot.get_or_init(|| shared))
    }

    fn shared_parts(&self, column: usize) -> Result<Vec<Vec<u8>>, BlockError> {
        let own = self.head.columns.get(column).map_or(0, |column| column.coding.shared_parts());
        let before: usize =
            self.head.columns.iter().take(column).map(|column| column.coding.shared_parts()).sum();
        (0..own).map(|part| self.part(1 + before + part)).collect()
    }

    fn read_shared(&self, column: usize, parts: &[Vec<u8>]) -> Option<Shared> {
        let head = self.head.columns.get(column)?;
        Some(match parts {
            [] => Shared::Nothing,
            [values] => {
                let count =
                    (head.distinct as usize).checked_sub(usize::from(head.absent.is_some()))?;
                Shared::Values(value::decode(self.kind(column), values, count)?)
            }
            [templates, order, slots] => {
                let templates = Templates::read(templates)?;
                let slots = SlotReader::read(slots, &templates)?;
                let order = ints::decode(order, head.distinct as usize)?;
                let order =
                    order.into_iter().map(|old| u32::try_from(old).ok()).collect::<Option<_>>()?;
                Shared::Templates { templates, order, slots }
            }
            _ => return None,
        })
    }

    fn column_name(&self, column: usize) -> String {
        let path =
            self.head.shapes.keys.get(column).map(|key| key.path.as_slice()).unwrap_or_default();
        let path = path.strip_suffix(&[0]).unwrap_or(path);
        format!("column {}", String::from_utf8_lossy(path).replace('\0', "."))
    }

    /// The place of a column's chunk in its group.
    fn chunk_number(&self, column: usize) -> usize {
        self.head.units
            + self
                .head
                .columns
                .iter()
                .take(column)
                .filter(|column| column.coding.has_chunks())
                .count()
    }

    fn chunk(&self, group: usize, number: usize) -> Result<Vec<u8>, BlockError> {
        self.part(self.head.shared_parts() + group * self.head.chunks() + number)
    }

    /// The bytes of a part, checked.
    fn part(&self, number: usize) -> Result<Vec<u8>, BlockError> {
        let damaged = || BlockError::damaged(format!("part {number} of the block"));
        let &Part { start, length, checksum } = self.head.parts.get(number).ok_or_else(damaged)?;
        let end = start.checked_add(length as u64).ok_or_else(damaged)?;
        let bytes = self.source.read(start..end)?;
        if crc32c::crc32c(&bytes) != checksum {
            return Err(damaged());
        }
        Ok(bytes)
    }
}
