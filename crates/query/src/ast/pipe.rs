use super::{Column, Field, Group, Stats, Timechart};

/// What becomes of rows. The first pipe gets records; what the others get is in [`Pipe::columns`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pipe {
    /// `stats count() by path`: one row for each group; the columns are the groups, then the aggregations. In the order
    /// of the groups' values.
    Stats(Stats),
    /// `timechart 1h count() by level`: the columns are `time`, the groups, the aggregations. In the order of time. Only of
    /// records.
    Timechart(Timechart),
    /// `top 10 path`: the most frequent values; the columns are the fields, then `count()`. Most frequent first.
    Top(Top),
    /// `sort -count(), path`: in this order; rows that compare equal keep theirs.
    Sort(Vec<SortKey>),
    /// `limit 10`: the first so many.
    Limit(u64),
    /// `fields path, status`: only these columns, in this order.
    Fields(Vec<Column>),
    /// `uniq ip`: each combination of the values of these columns once, and only these columns; rows that have none of
    /// them are left out. In the order of their first occurrence.
    Uniq(Vec<Column>),
    /// `patterns`: messages that differ only in numbers, names and the like are one row: `pattern`, `count()`. Most
    /// frequent first. Only of records.
    Patterns,
    /// `dedup message`: the first of the rows that have the same values in these columns.
    Dedup(Vec<Column>),
}

/// `top 10 path`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Top {
    /// How many rows.
    pub limit: u64,
    /// Of which columns.
    pub columns: Vec<Column>,
}

/// `-count()`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SortKey {
    /// By what.
    pub column: Column,
    /// Greatest first.
    pub descending: bool,
}

impl Top {
    /// How many rows `top` gives when it is not told.
    pub const USUAL: u64 = 10;
}

impl Pipe {
    /// The fields or columns that the pipe reads.
    pub fn inputs(&self) -> Vec<&Field> {
        match self {
            Self::Stats(stats) => {
                let of = stats.aggregations.iter().filter_map(|it| it.field.as_ref());
                of.chain(stats.by.iter().filter_map(Group::field)).collect()
            }
            Self::Timechart(chart) => {
                let of = chart.aggregations.iter().filter_map(|it| it.field.as_ref());
                of.chain(&chart.by).collect()
            }
            Self::Top(top) => top.columns.iter().collect(),
            Self::Sort(keys) => keys.iter().map(|key| &key.column).collect(),
            Self::Fields(columns) | Self::Uniq(columns) | Self::Dedup(columns) => {
                columns.iter().collect()
            }
            Self::Limit(_) | Self::Patterns => Vec::new(),
        }
    }

    /// The columns that the pipe gives to the next one when it gets `input`; `None` are records, which have any field.
    pub fn columns(&self, input: Option<Vec<String>>) -> Option<Vec<String>> {
        match self {
            Self::Sort(_) | Self::Limit(_) | Self::Dedup(_) => input,
            Self::Fields(columns) | Self::Uniq(columns) => Some(names(columns)),
            Self::Patterns => Some(vec!["pattern".to_owned(), "count()".to_owned()]),
            Self::Top(top) => Some(with(names(&top.columns), ["count()".to_owned()])),
            Self::Stats(stats) => {
                let by = stats.by.iter().map(|group| group.column().to_owned()).collect();
                Some(with(by, stats.aggregations.iter().map(super::Aggregation::column)))
            }
            Self::Timechart(chart) => {
                let by = with(vec!["time".to_owned()], names(&chart.by));
                Some(with(by, chart.aggregations.iter().map(super::Aggregation::column)))
            }
        }
    }
}

fn names(fields: &[Field]) -> Vec<String> {
    fields.iter().map(|field| field.name.clone()).collect()
}

fn with(mut names: Vec<String>, more: impl IntoIterator<Item = String>) -> Vec<String> {
    names.extend(more);
    names
}
