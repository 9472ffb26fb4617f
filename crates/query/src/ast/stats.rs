use super::{Field, Interval};

/// `stats count(), p95(http.durationMs) by path`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stats {
    /// What is computed; at least one.
    pub aggregations: Vec<Aggregation>,
    /// Of which groups; none: of everything, which gives one row.
    pub by: Vec<Group>,
}

/// `timechart 1h count() by level`: `stats … by time(1h), level` in the order of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timechart {
    /// The length of a bucket.
    pub interval: Interval,
    /// What is computed; at least one.
    pub aggregations: Vec<Aggregation>,
    /// Of which groups, besides time.
    pub by: Vec<Field>,
}

/// `p95(http.durationMs) as slow`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aggregation {
    /// What is computed.
    pub function: Function,
    /// Of which field; only [`Function::Count`] can do without.
    pub field: Option<Field>,
    /// The column's name, where one is given.
    pub alias: Option<String>,
}

/// What an [`Aggregation`] computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Function {
    /// How many rows, or how many that have the field.
    Count,
    /// The sum of the numbers.
    Sum,
    /// Their mean.
    Avg,
    /// The least value.
    Min,
    /// The greatest value.
    Max,
    /// How many values differ.
    Uniq,
    /// The value below which this part of the numbers lies.
    Percentile(Percentile),
}

/// A percentile in hundredths: 9500 is `p95`, 9990 is `p99.9`. At most 10,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Percentile(u16);

/// What rows are grouped by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Group {
    /// Equal values of this field; rows without it are a group, too.
    Field(Field),
    /// `time(1h)`: buckets of the event time. The column is `time`.
    Time(Interval),
}

/// A column of the rows that a pipe gets: a field of records (then its name may be a short one), or a column that a pipe
/// before made, such as `count()`. Compares by its name.
pub type Column = Field;

impl Aggregation {
    /// The name of its column: the alias, or as it is written, `p95(http.durationMs)`.
    pub fn column(&self) -> String {
        self.alias.clone().unwrap_or_else(|| self.call())
    }

    /// As it is written, without the alias.
    pub fn call(&self) -> String {
        format!("{}({})", self.function.name(), self.field.as_ref().map_or("", |field| &field.name))
    }

    /// How many records.
    pub fn count() -> Self {
        Self { function: Function::Count, field: None, alias: None }
    }
}

impl Function {
    /// As it is written.
    pub fn name(self) -> String {
        match self {
            Self::Count => "count".to_owned(),
            Self::Sum => "sum".to_owned(),
            Self::Avg => "avg".to_owned(),
            Self::Min => "min".to_owned(),
            Self::Max => "max".to_owned(),
            Self::Uniq => "uniq".to_owned(),
            Self::Percentile(percentile) => percentile.name(),
        }
    }
}

impl Percentile {
    /// `p50`.
    pub const MEDIAN: Self = Self(5_000);

    /// So many hundredths of a percent, at most 10,000.
    pub fn from_hundredths(hundredths: u16) -> Option<Self> {
        (hundredths <= 10_000).then_some(Self(hundredths))
    }

    /// The part of the numbers that lies below, 0 to 1.
    pub fn fraction(self) -> f64 {
        f64::from(self.0) / 10_000.0
    }

    fn name(self) -> String {
        format!("p{}", f64::from(self.0) / 100.0)
    }
}

impl Group {
    /// The name of its column.
    pub fn column(&self) -> &str {
        match self {
            Self::Field(field) => &field.name,
            Self::Time(_) => "time",
        }
    }

    /// The field, if it is one.
    pub fn field(&self) -> Option<&Field> {
        match self {
            Self::Field(field) => Some(field),
            Self::Time(_) => None,
        }
    }
}
