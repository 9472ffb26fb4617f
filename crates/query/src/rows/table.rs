use super::held::{FoundRecord, Row};
use bson::RawBson;
use bson::raw::RawDocumentBuf;
use woodpile_record::Writer;

/// What comes out of a query's pipes.
#[derive(Debug, Clone, PartialEq)]
pub enum Rows {
    /// Records, whole.
    Records(Vec<FoundRecord>),
    /// Rows of columns.
    Table(Table),
}

/// Rows of the same columns.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// The columns' names, as they were written.
    pub columns: Vec<String>,
    /// The rows: a value for each column, null where there is none.
    pub rows: Vec<Vec<RawBson>>,
}

impl Table {
    /// The rows as documents whose fields are the columns.
    pub fn documents(&self) -> impl Iterator<Item = RawDocumentBuf> {
        self.rows.iter().map(|row| document(&self.columns, row))
    }
}

/// A row as a document.
pub(super) fn document(columns: &[String], row: &[RawBson]) -> RawDocumentBuf {
    let mut bytes = Vec::new();
    let mut writer = Writer::new(&mut bytes);
    for (name, value) in columns.iter().zip(row) {
        writer.raw(name, value.as_raw_bson_ref());
    }
    writer.finish();
    // What the writer wrote is a document.
    RawDocumentBuf::from_bytes(bytes).unwrap_or_default()
}

impl Rows {
    /// Of rows that are all of one kind; of none, a table.
    pub(super) fn new(columns: Option<Vec<String>>, rows: Vec<Row>) -> Self {
        match columns {
            None => Self::Records(rows.into_iter().filter_map(Row::into_record).collect()),
            Some(columns) => Self::Table(Table {
                columns,
                rows: rows.into_iter().filter_map(Row::into_values).collect(),
            }),
        }
    }
}

impl Row {
    fn into_record(self) -> Option<FoundRecord> {
        match self {
            Self::Record(record) => Some(record),
            Self::Values(_) => None,
        }
    }

    fn into_values(self) -> Option<Vec<RawBson>> {
        match self {
            Self::Values(values) => Some(values),
            Self::Record(_) => None,
        }
    }
}
