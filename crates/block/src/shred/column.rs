use super::rebuild::Source;
use super::repeats::Repeats;
use super::value_rows::ValueRows;
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
            Self::Texts(texts) => texts.push(text(bytes)),
            Self::Blobs(blobs) => blobs.push(bytes),
        }
    }
}

/// A text is its length, its bytes and a NUL: only the bytes are kept.
fn text(bytes: &[u8]) -> &[u8] {
    bytes.get(4..bytes.len().saturating_sub(1)).unwrap_or_default()
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
    /// The values; where there are `repeats`, the distinct ones.
    pub(crate) data: Data,
    repeats: Option<Repeats>,
    pub(crate) rows: ValueRows,
    /// Whether no row has two values, as it would with a key that stands twice.
    pub(crate) is_single: bool,
}

impl Column {
    pub(super) fn new(key: ColumnKey) -> Self {
        let data = Data::new(key.kind());
        let repeats = matches!(data, Data::Texts(_)).then(Repeats::default);
        Self { key, data, repeats, rows: ValueRows::All(0), is_single: true }
    }

    pub(super) fn push(&mut self, row: usize, bytes: &[u8]) {
        self.is_single &= self.rows.push(row);
        if let (Some(repeats), Data::Texts(distinct)) = (&mut self.repeats, &mut self.data) {
            if repeats.push(text(bytes), distinct) {
                return;
            }
            self.hold_each();
        }
        self.data.push(bytes);
    }

    /// Holds texts one by one, whether they repeat others or not.
    fn hold_each(&mut self) {
        if let (Some(repeats), Data::Texts(texts)) = (self.repeats.take(), &mut self.data) {
            *texts = repeats.each(texts);
        }
    }

    /// No value comes any more: texts of which more than one in `part` is distinct are held one by one.
    pub(super) fn settle(&mut self, part: usize) {
        let most = if self.is_single { (self.len() / part).max(1) } else { 0 };
        match (&mut self.repeats, &self.data) {
            (Some(repeats), Data::Texts(distinct)) if distinct.len() <= most => repeats.settle(),
            _ => self.hold_each(),
        }
    }

    /// How many values.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Which of the distinct values in `data` each value is, where these are held once.
    pub(crate) fn picks(&self) -> Option<&[u32]> {
        self.repeats.as_ref().map(|repeats| repeats.picks.as_slice())
    }

    /// All its values.
    pub(crate) fn source(&self) -> Source<'_> {
        Source { data: &self.data, picks: self.picks() }
    }
}
