//! What a search can know of a block's columns without reading them.

use super::SUMMARY;
use super::bytes::Bytes;
use super::head::Head;
use super::read::Block;
use crate::convert::length;
use crate::shred::Kind;
use crate::varint::{self, Cursor, unzigzag, zigzag};
use crate::{BlockError, compress, ints};

/// The most bytes of a summary.
const MAX_SUMMARY_BYTES: usize = 16 * 1024 * 1024;
/// Columns of more distinct values are not counted value by value.
pub(super) const MAX_TALLIES: usize = 4_096;

/// What a block says of its columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    columns: Vec<ColumnSummary>,
}

/// What a block says of a column.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ColumnSummary {
    /// How many values it has.
    pub values: u64,
    /// The least and the largest, of numbers.
    pub range: Option<Range>,
    /// For each distinct value ([`Block::values`]), or for each template, how many rows have it; where there are not too
    /// many.
    pub tallies: Option<Vec<u64>>,
}

/// The least and the largest value of a column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Range {
    /// Of whole numbers, dates, booleans.
    Ints {
        /// The least.
        least: i64,
        /// The largest.
        most: i64,
    },
    /// Of doubles, in the order of [`f64::total_cmp`]: there, NaN comes before or after all numbers.
    Doubles {
        /// The least.
        least: f64,
        /// The largest.
        most: f64,
    },
}

impl Summary {
    pub(super) fn new(columns: Vec<ColumnSummary>) -> Self {
        Self { columns }
    }

    /// What it says of a column.
    pub fn column(&self, column: usize) -> Option<&ColumnSummary> {
        self.columns.get(column)
    }

    /// The bytes of memory it takes.
    pub fn bytes(&self) -> usize {
        let tallies = |column: &ColumnSummary| {
            column.tallies.as_ref().map_or(0, |tallies| size_of_val(tallies.as_slice()))
        };
        size_of_val(self.columns.as_slice()) + self.columns.iter().map(tallies).sum::<usize>()
    }

    pub(super) fn encode(&self, level: i32) -> Vec<u8> {
        let mut raw = Vec::new();
        for column in &self.columns {
            column.write(level, &mut raw);
        }
        let mut out = Vec::new();
        varint::write(length(raw.len()), &mut out);
        compress::append(&raw, level, &mut out);
        out
    }

    /// `None` where the bytes are no summary of a block with this head.
    fn decode(bytes: &[u8], head: &Head) -> Option<Self> {
        let mut cursor = Cursor::new(bytes);
        let size = cursor.length().filter(|size| *size <= MAX_SUMMARY_BYTES)?;
        let raw = compress::decompress(cursor.rest(), size)?;
        let mut cursor = Cursor::new(&raw);
        let kinds = head.shapes.keys.iter().map(crate::shred::ColumnKey::kind);
        let columns = kinds.map(|kind| ColumnSummary::read(kind, &mut cursor));
        let columns = columns.collect::<Option<_>>()?;
        cursor.rest().is_empty().then_some(Self { columns })
    }
}

impl ColumnSummary {
    fn write(&self, level: i32, out: &mut Vec<u8>) {
        varint::write(self.values, out);
        match self.range {
            Some(Range::Ints { least, most }) => {
                varint::write(zigzag(least), out);
                varint::write(most.wrapping_sub(least).cast_unsigned(), out);
            }
            Some(Range::Doubles { least, most }) => {
                out.extend_from_slice(&least.to_le_bytes());
                out.extend_from_slice(&most.to_le_bytes());
            }
            None => {}
        }
        let tallies = self.tallies.as_deref().unwrap_or_default();
        varint::write(length(tallies.len()), out);
        if !tallies.is_empty() {
            let counts: Vec<i64> = tallies.iter().map(|count| count.cast_signed()).collect();
            let counts = ints::encode(&counts, level);
            varint::write(length(counts.len()), out);
            out.extend_from_slice(&counts);
        }
    }

    fn read(kind: Kind, cursor: &mut Cursor<'_>) -> Option<Self> {
        let values = cursor.varint()?;
        let range = if values == 0 { None } else { Range::read(kind, cursor)? };
        let count = cursor.length().filter(|count| *count <= MAX_TALLIES)?;
        let mut tallies = None;
        if count > 0 {
            let size = cursor.length()?;
            let counts = ints::decode(cursor.take(size)?, count)?;
            let counts = counts.into_iter().map(|count| u64::try_from(count).ok());
            tallies = Some(counts.collect::<Option<_>>()?);
        }
        Some(Self { values, range, tallies })
    }
}

impl Range {
    /// Reads the range of values of this kind, if such have one; the outer `None` where there is none in the bytes.
    #[expect(clippy::option_option, reason = "what is not there differs from what cannot be read")]
    fn read(kind: Kind, cursor: &mut Cursor<'_>) -> Option<Option<Self>> {
        Some(match kind {
            Kind::Ints => {
                let least = unzigzag(cursor.varint()?);
                let most = least.wrapping_add(cursor.varint()?.cast_signed());
                Some(Self::Ints { least, most })
            }
            Kind::Doubles => {
                let (least, most) = (cursor.array()?, cursor.array()?);
                let [least, most] = [least, most].map(f64::from_le_bytes);
                Some(Self::Doubles { least, most })
            }
            _ => None,
        })
    }

    /// Of whole numbers.
    pub(super) fn of_ints(values: &[i64]) -> Option<Self> {
        let (least, most) = (*values.iter().min()?, *values.iter().max()?);
        Some(Self::Ints { least, most })
    }

    /// Of the bits of doubles.
    pub(super) fn of_doubles(bits: &[u64]) -> Option<Self> {
        let values = || bits.iter().map(|bits| f64::from_bits(*bits));
        let (least, most) = (values().min_by(f64::total_cmp)?, values().max_by(f64::total_cmp)?);
        Some(Self::Doubles { least, most })
    }
}

impl<B: Bytes> Block<B> {
    /// What can be known of its columns without reading them; `None` for blocks that do not say. Reads nothing but that,
    /// once.
    ///
    /// # Errors
    /// Where it is damaged, or could not be read.
    pub fn summary(&self) -> Result<Option<&Summary>, BlockError> {
        if let Some(summary) = self.summary.get() {
            return Ok(summary.as_ref());
        }
        let summary = self
            .section(SUMMARY, "the block's summary", |bytes| Summary::decode(bytes, &self.head))?;
        Ok(self.summary.get_or_init(|| summary).as_ref())
    }
}
