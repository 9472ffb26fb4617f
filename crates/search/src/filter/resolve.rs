//! Where in a block the values are that pipes need.

use super::columns_at::{below, through_arrays, whole};
use super::derived::may_tell;
use super::field::MESSAGES;
use super::scalar::{bson_type, has_text};
use crate::stored::StoredBlock;
use bson::{DateTime, RawBson, Timestamp};
use std::sync::Arc;
use woodpile_block::{BlockError, ColumnInfo, Layout, Places, Summary, Value};
use woodpile_query::Input;
use woodpile_record::{ObjectId, RawBsonRef, name};

/// The level of some writers, that counts where there is no `level`.
const OTHER_LEVEL: &str = "Level";

/// Where the values of one input are.
pub(crate) enum Resolved {
    /// The event time.
    Time,
    /// The same for all rows.
    Constant(RawBson),
    /// In dictionaries.
    Named(Named),
    /// In columns of which not all are dictionaries: a row has a value in one of them at most.
    Each(Vec<EachColumn>),
}

/// A column of an input's path.
pub(crate) struct EachColumn {
    pub(crate) number: usize,
    pub(crate) bson_type: u8,
    pub(crate) source: EachSource,
}

/// How a row's value is found in it.
pub(crate) enum EachSource {
    Dictionary(Arc<Places>),
    Plain,
    Texts,
}

/// Columns of one path: a row has a value in one of them at most.
pub(crate) struct Named {
    columns: Vec<NamedColumn>,
}

struct NamedColumn {
    number: usize,
    bson_type: u8,
    places: Arc<Places>,
    /// The number of its first value among those of all the columns, less one.
    before: u32,
}

/// Where an input's values are; `None` where records have to be asked.
pub(crate) fn resolve(
    block: &StoredBlock,
    input: &Input,
    collection: &str,
) -> Result<Option<Resolved>, BlockError> {
    Ok(match input {
        Input::Time => Some(Resolved::Time),
        Input::Collection => Some(Resolved::Constant(RawBson::String(collection.to_owned()))),
        Input::Nowhere => Some(Resolved::Constant(RawBson::Null)),
        _ if whole(block)? => None,
        Input::Level if block.shape_holds(OTHER_LEVEL).contains(&true) => None,
        Input::Level => at_path(block, name::LEVEL, has_text)?,
        Input::Message if other_messages(block) => None,
        Input::Message => at_path(block, name::MESSAGE, has_text)?,
        Input::Paths(paths) => at_first(block, paths)?,
    })
}

/// Whether some writer called the message otherwise.
fn other_messages(block: &StoredBlock) -> bool {
    let others = MESSAGES.iter().filter(|other| **other != name::MESSAGE);
    others.into_iter().any(|other| block.shape_holds(other).contains(&true))
}

fn at_first(block: &StoredBlock, paths: &[Box<str>]) -> Result<Option<Resolved>, BlockError> {
    let has_value = || block.columns().any(|column| column.path == name::HTTP);
    let has_none = || block.shape_holds(name::HTTP).contains(&false);
    if paths.iter().any(|path| may_tell(path)) && (has_none() || has_value()) {
        return Ok(None);
    }
    if paths.iter().any(|path| through_arrays(block, path).next().is_some()) {
        return Ok(None);
    }
    let mut there = paths.iter().filter(|path| block.shape_holds(path).contains(&true));
    match (there.next(), there.next()) {
        (None, _) => Ok(Some(Resolved::Constant(RawBson::Null))),
        (Some(path), None) => at_path(block, path, |_| true),
        (Some(_), Some(_)) => Ok(None),
    }
}

fn at_path(
    block: &StoredBlock,
    path: &str,
    is_meant: fn(u8) -> bool,
) -> Result<Option<Resolved>, BlockError> {
    let mut each = Vec::new();
    for column in below(block, path) {
        if column.layout == Layout::Nothing && column.bson_type == bson_type::NULL {
            continue;
        }
        if !is_meant(column.bson_type) || !is_plain_value(&column, path) {
            return Ok(None);
        }
        let source = match column.layout {
            Layout::Dictionary => {
                let Some(places) = block.places(column.number)? else { return Ok(None) };
                EachSource::Dictionary(places)
            }
            Layout::Templates => EachSource::Texts,
            Layout::Plain | Layout::Nothing => EachSource::Plain,
        };
        let ColumnInfo { number, bson_type, .. } = column;
        each.push(EachColumn { number, bson_type, source });
    }
    Ok(Some(match Named::new(block, &each)? {
        Some(named) => match named.only(block)? {
            Some(value) => Resolved::Constant(value),
            None => Resolved::Named(named),
        },
        None => Resolved::Each(each),
    }))
}

/// Whether the column holds values that can be told as they are, right at the path.
fn is_plain_value(column: &ColumnInfo, path: &str) -> bool {
    const TOLD: [u8; 8] = [
        bson_type::STRING,
        bson_type::INT32,
        bson_type::INT64,
        bson_type::DOUBLE,
        bson_type::BOOLEAN,
        bson_type::DATE,
        bson_type::TIMESTAMP,
        bson_type::OBJECT_ID,
    ];
    column.path == path && TOLD.contains(&column.bson_type)
}

impl Resolved {
    /// The units that decide the value, each with the number of its combinations.
    pub(crate) fn units(&self) -> Vec<(usize, usize)> {
        match self {
            Self::Named(named) => {
                let places = named.columns.iter().map(|column| &column.places);
                places.map(|places| (places.unit, places.combinations())).collect()
            }
            Self::Time | Self::Constant(_) | Self::Each(_) => Vec::new(),
        }
    }
}

impl Named {
    /// `None` where not all columns are dictionaries.
    fn new(block: &StoredBlock, each: &[EachColumn]) -> Result<Option<Self>, BlockError> {
        let mut columns = Vec::with_capacity(each.len());
        let mut before = 0_u32;
        for EachColumn { number, bson_type, source } in each {
            let EachSource::Dictionary(places) = source else { return Ok(None) };
            let Some(values) = block.values(*number)? else { return Ok(None) };
            let (number, bson_type, places) = (*number, *bson_type, Arc::clone(places));
            columns.push(NamedColumn { number, bson_type, places, before });
            before = before.saturating_add(u32::try_from(values.len()).unwrap_or(u32::MAX));
        }
        Ok(Some(Self { columns }))
    }

    /// The value that all records have.
    fn only(&self, block: &StoredBlock) -> Result<Option<RawBson>, BlockError> {
        let [column] = self.columns.as_slice() else { return Ok(None) };
        let Some(summary) = block.summary()? else { return Ok(None) };
        let records = block.records() as u64;
        let have_one = summary.column(column.number).is_some_and(|own| own.values == records);
        let is_one = block.values(column.number)?.is_some_and(|values| values.len() == 1);
        let is_everywhere = (0..column.places.combinations())
            .all(|at| u32::try_from(at).is_ok_and(|at| column.places.get(at).is_some()));
        Ok(if have_one && is_one && is_everywhere {
            Some(self.value(block, 1)?.into())
        } else {
            None
        })
    }

    /// Its columns, one by one.
    pub(crate) fn each(&self) -> impl Iterator<Item = EachColumn> + '_ {
        self.columns.iter().map(|column| EachColumn {
            number: column.number,
            bson_type: column.bson_type,
            source: EachSource::Dictionary(Arc::clone(&column.places)),
        })
    }

    /// How many rows have each value, by the numbers of the values; `None` where the summary does not say.
    pub(crate) fn tallies(&self, summary: &Summary) -> Option<Vec<(u32, u64)>> {
        let mut all = Vec::new();
        for column in &self.columns {
            let own = summary.column(column.number)?;
            if own.values > 0 {
                let tallies = own.tallies.as_ref()?;
                all.extend((column.before + 1..).zip(tallies.iter().copied()));
            }
        }
        Some(all)
    }

    /// The number of the value that a row has, where the combinations that it names are known by their units; 0 is no
    /// value.
    pub(crate) fn place(&self, combination: impl Fn(usize) -> Option<u32>) -> u32 {
        let found = self.columns.iter().find_map(|column| {
            let place = column.places.get(combination(column.places.unit)?)?;
            Some(column.before + u32::try_from(place).ok()? + 1)
        });
        found.unwrap_or(0)
    }

    /// The value of that number.
    pub(crate) fn value<'b>(
        &self,
        block: &'b StoredBlock,
        number: u32,
    ) -> Result<RawBsonRef<'b>, BlockError> {
        let Some(place) = number.checked_sub(1) else { return Ok(RawBsonRef::Null) };
        let column = self.columns.iter().rev().find(|column| column.before <= place);
        let Some(column) = column else { return Ok(RawBsonRef::Null) };
        let values = block.values(column.number)?;
        let value = values.and_then(|values| values.get((place - column.before) as usize));
        Ok(value.and_then(|value| as_bson(value, column.bson_type)).unwrap_or(RawBsonRef::Null))
    }
}

pub(crate) fn as_bson(value: Value<'_>, column_type: u8) -> Option<RawBsonRef<'_>> {
    Some(match (value, column_type) {
        (Value::Int(truth), bson_type::BOOLEAN) => RawBsonRef::Boolean(truth != 0),
        (Value::Int(millis), bson_type::DATE) => {
            RawBsonRef::DateTime(DateTime::from_millis(millis))
        }
        (Value::Int(stamp), bson_type::TIMESTAMP) => RawBsonRef::Timestamp(timestamp(stamp)?),
        (Value::Int(number), bson_type::INT32) => RawBsonRef::Int32(i32::try_from(number).ok()?),
        (Value::Int(number), _) => RawBsonRef::Int64(number),
        (Value::Double(number), _) => RawBsonRef::Double(number),
        (Value::Text(text), _) => RawBsonRef::String(std::str::from_utf8(text).ok()?),
        (Value::Id(id), _) => RawBsonRef::ObjectId(ObjectId::from_bytes(id)),
        (Value::Nothing | Value::Blob(_), _) => return None,
    })
}

fn timestamp(stamp: i64) -> Option<Timestamp> {
    let time = u32::try_from((stamp >> 32) & 0xFFFF_FFFF).ok()?;
    let increment = u32::try_from(stamp & 0xFFFF_FFFF).ok()?;
    Some(Timestamp { time, increment })
}
