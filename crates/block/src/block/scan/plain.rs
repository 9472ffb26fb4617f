use super::rows::Rows;
use super::{Names, Places, Value, Values};
use crate::BlockError;
use crate::block::bytes::Bytes;
use crate::block::coding::Coding;
use crate::convert::id;
use crate::shred::{Data, Kind, ValueRows};
use crate::template::decode_words;
use crate::{doubles, ints, object_ids};
use std::sync::Arc;

/// The values that the rows of a group have in a column.
#[derive(Debug, Clone, PartialEq)]
pub struct Plain {
    pub(super) data: Data,
    pub(super) rows: ValueRows,
}

impl Plain {
    /// The values, in the order of the rows.
    pub fn values(&self) -> Values<'_> {
        Values(&self.data)
    }

    /// For each value its row; a row with several values, as with a key that stands twice, comes several times.
    pub fn rows(&self) -> impl Iterator<Item = usize> + '_ {
        self.rows.iter()
    }

    /// The row's value, its first where it has several.
    pub fn of_row(&self, row: usize) -> Option<Value<'_>> {
        self.values().get(self.rows.place(row)?)
    }

    /// The bytes of memory it takes.
    pub fn bytes(&self) -> usize {
        self.values().bytes() + self.rows.bytes()
    }
}

impl<B: Bytes> Rows<B> {
    /// The values of a column of [`Layout::Plain`](super::Layout::Plain) or [`Layout::Nothing`](super::Layout::Nothing);
    /// `None` where it has another layout.
    ///
    /// # Errors
    /// Names the part that is damaged.
    pub fn plain(&self, column: usize) -> Result<Option<Arc<Plain>>, BlockError> {
        let coding = self.block().head.columns.get(column).map(|head| head.coding);
        let Some(coding) = coding.filter(|coding| !coding.is_named()) else { return Ok(None) };
        self.plain.get_or(column, || self.read_plain(column, coding)).map(Some)
    }

    /// The column of event times that every row has, where there is one.
    pub(super) fn dates(&self) -> Result<Option<Vec<i64>>, BlockError> {
        let Some(column) = self.block().head.time.map(|column| column as usize) else {
            return Ok(None);
        };
        let coding = self.block().head.columns.get(column).map(|head| head.coding);
        Ok(match coding.filter(|coding| *coding == Coding::Ints) {
            Some(coding) => match self.read_plain(column, coding)?.data {
                Data::Ints(times) => Some(times),
                _ => None,
            },
            None => None,
        })
    }

    fn read_plain(&self, column: usize, coding: Coding) -> Result<Plain, BlockError> {
        let block = self.block();
        let damaged = || self.damaged_column(column);
        let rows = self.value_rows(column)?;
        let count = rows.len();
        let chunk = if coding.has_chunks() {
            block.chunk(self.group(), block.head.chunk_number(column))?
        } else {
            Vec::new()
        };
        let keys = match coding {
            Coding::Ints | Coding::Ids if count == self.len() => Some(self.shape_numbers()?),
            _ => None,
        };
        let keys = keys.as_deref();
        let data = match coding {
            Coding::Ints => ints::decode_keyed(&chunk, count, keys).map(Data::Ints),
            Coding::Doubles => doubles::decode(&chunk, count).map(Data::Doubles),
            Coding::Ids => object_ids::decode(&chunk, count, keys).map(Data::Ids),
            Coding::Words if block.kind(column) == Kind::Blobs => {
                decode_words(&chunk, count).map(Data::Blobs)
            }
            Coding::Words => decode_words(&chunk, count).map(Data::Texts),
            _ => Some(Data::Nothing(count)),
        };
        Ok(Plain { data: data.ok_or_else(damaged)?, rows })
    }

    /// The shape number of each row.
    fn shape_numbers(&self) -> Result<Vec<u32>, BlockError> {
        let (places, names) = self.shapes()?;
        let mut numbers = Vec::with_capacity(names.len());
        names.each(|_, name| numbers.push(places.get(name).map_or(0, id)));
        Ok(numbers)
    }

    /// The rows that have a value in a column, as their shapes say.
    pub(super) fn value_rows(&self, column: usize) -> Result<ValueRows, BlockError> {
        let block = self.block();
        let times = block.times(column);
        let (places, names) = self.shapes()?;
        if times.iter().all(|times| *times == 1) && !may_be_whole(&places) {
            return Ok(ValueRows::All(names.len()));
        }
        let mut rows = Vec::new();
        names.each(|row, name| {
            let shape = places.get(name).and_then(|shape| shape.checked_sub(1));
            let times = shape.and_then(|shape| times.get(shape)).copied().unwrap_or(0);
            rows.extend((0..times).map(|_| id(row)));
        });
        Ok(ValueRows::Some(rows))
    }

    /// Which shapes the rows name. Their values are known to fit into the group's bytes.
    pub(super) fn shapes(&self) -> Result<(Arc<Places>, Arc<Names>), BlockError> {
        let damaged = || BlockError::damaged(format!("the shapes of group {}", self.group()));
        let places = self.block().shape_places()?;
        let names = self.names(places.unit)?;
        if self.checked.get().is_none() {
            let room = self.block().group(self.group())?.bytes;
            let least = self.block().least_room(&places, &names);
            least.filter(|least| *least <= room).ok_or_else(damaged)?;
            self.checked.get_or_init(|| ());
        }
        Ok((places, names))
    }
}

/// Whether records may be kept whole.
fn may_be_whole(places: &Places) -> bool {
    !places.keep(|shape| shape == Some(0)).is_none()
}
