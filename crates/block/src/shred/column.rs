use super::rebuild::Source;
use crate::texts::Texts;

/// Where a column's values stand: the keys from the outermost on, each ended by a NUL, and the BSON type.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ColumnKey {
    pub(crate) path: Vec<u8>,
    pub(crate) bson_type: u8,
}

/// How values are held, whatever the BSON type says more precisely.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// int32, int64, date, boolean, timestamp.
    Ints,
    /// double, as its bits.
    Doubles,
    /// string, JavaScript, symbol.
    Texts,
    /// ObjectId.
    Ids,
    /// null, undefined, `MinKey`, `MaxKey`.
    Nothing,
    /// Anything else, and arrays that are kept whole, as their bytes.
    Blobs,
}

/// An array kept whole: no BSON type, only known in here.
pub(crate) const WHOLE_ARRAY: u8 = 0x44;

impl ColumnKey {
    pub(crate) fn kind(&self) -> Kind {
        match self.bson_type {
            0x08 | 0x09 | 0x10 | 0x11 | 0x12 => Kind::Ints,
            0x01 => Kind::Doubles,
            0x02 | 0x0D | 0x0E => Kind::Texts,
            0x07 => Kind::Ids,
            0x06 | 0x0A | 0x7F | 0xFF => Kind::Nothing,
            _ => Kind::Blobs,
        }
    }

    /// The bytes of a value of fixed size.
    pub(crate) fn width(&self) -> usize {
        match self.bson_type {
            0x08 => 1,
            0x10 => 4,
            0x07 => 12,
            0x01 | 0x09 | 0x11 | 0x12 => 8,
            _ => 0,
        }
    }
}

/// A column's values.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Data {
    Ints(Vec<i64>),
    Doubles(Vec<u64>),
    Texts(Texts),
    Ids(Vec<[u8; 12]>),
    Nothing(usize),
    Blobs(Texts),
}

impl Data {
    pub(crate) fn new(kind: Kind) -> Self {
        match kind {
            Kind::Ints => Self::Ints(Vec::new()),
            Kind::Doubles => Self::Doubles(Vec::new()),
            Kind::Texts => Self::Texts(Texts::default()),
            Kind::Ids => Self::Ids(Vec::new()),
            Kind::Nothing => Self::Nothing(0),
            Kind::Blobs => Self::Blobs(Texts::default()),
        }
    }

    /// Adds a value from its BSON bytes, which are as long as its type says.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        match self {
            Self::Ints(values) => values.push(int(bytes)),
            Self::Doubles(values) => values.push(int(bytes).cast_unsigned()),
            Self::Ids(values) => values.push(bytes.first_chunk().copied().unwrap_or_default()),
            Self::Nothing(count) => *count += 1,
            // A text is its length, its bytes and a NUL: only the bytes are kept.
            Self::Texts(texts) => {
                texts.push(bytes.get(4..bytes.len().saturating_sub(1)).unwrap_or_default());
            }
            Self::Blobs(blobs) => blobs.push(bytes),
        }
    }
}

/// A little-endian number of one, four or eight bytes.
fn int(bytes: &[u8]) -> i64 {
    match *bytes {
        [byte] => i64::from(byte),
        [a, b, c, d] => i64::from(i32::from_le_bytes([a, b, c, d])),
        _ => i64::from_le_bytes(bytes.first_chunk().copied().unwrap_or_default()),
    }
}

/// All values of one type at one path, and the row of each.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub(crate) key: ColumnKey,
    pub(crate) data: Data,
    pub(crate) rows: Vec<u32>,
    /// Whether no row has two values, as it would with a key that stands twice.
    pub(crate) is_single: bool,
}

impl Column {
    pub(super) fn new(key: ColumnKey) -> Self {
        let data = Data::new(key.kind());
        Self { key, data, rows: Vec::new(), is_single: true }
    }

    pub(super) fn push(&mut self, row: u32, bytes: &[u8]) {
        self.is_single &= self.rows.last() != Some(&row);
        self.rows.push(row);
        self.data.push(bytes);
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// All its values.
    pub(crate) fn source(&self) -> Source<'_> {
        Source { data: &self.data, picks: None }
    }
}
