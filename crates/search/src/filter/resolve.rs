//! Where in a block the values are that pipes need.

use super::columns_at::{below, through_arrays, whole};
use super::scalar::{bson_type, has_text};
use crate::stored::StoredBlock;
use bson::{DateTime, RawBson, Timestamp};
use woodpile_block::{BlockError, ColumnInfo, Layout, Places, Value};
use woodpile_query::Input;
use woodpile_record::{ObjectId, RawBsonRef, name};

/// What is before the names of fields that a message may tell of.
pub(super) const DERIVED: &str = "http";
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
}

/// Columns of one path: a row has a value in one of them at most.
pub(crate) struct Named {
    columns: Vec<NamedColumn>,
}

struct NamedColumn {
    number: usize,
    bson_type: u8,
    places: Places,
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
        Input::Message => None,
        Input::Paths(paths) => at_first(block, paths)?,
    })
}

fn at_first(block: &StoredBlock, paths: &[Box<str>]) -> Result<Option<Resolved>, BlockError> {
    let is_derived = |path: &&Box<str>| path.split('.').next() == Some(DERIVED);
    if paths.iter().find(is_derived).is_some() && block.shape_holds(DERIVED).contains(&false) {
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
    let mut named = Named { columns: Vec::new() };
    let mut before = 0_u32;
    for column in below(block, path) {
        if column.layout == Layout::Nothing && column.bson_type == bson_type::NULL {
            continue;
        }
        if !is_meant(column.bson_type) || !is_plain_value(&column, path) {
            return Ok(None);
        }
        let Some(values) = block.values(column.number)? else { return Ok(None) };
        let Some(places) = block.places(column.number)? else { return Ok(None) };
        let ColumnInfo { number, bson_type, .. } = column;
        named.columns.push(NamedColumn { number, bson_type, places, before });
        before = before.saturating_add(u32::try_from(values.len()).unwrap_or(u32::MAX));
    }
    Ok(Some(Resolved::Named(named)))
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
            Self::Time | Self::Constant(_) => Vec::new(),
        }
    }
}

impl Named {
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

fn as_bson(value: Value<'_>, column_type: u8) -> Option<RawBsonRef<'_>> {
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
