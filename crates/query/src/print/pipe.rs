use super::word::{Name, Quoted};
use crate::ast::{Aggregation, Column, Group, Interval, Pipe, SortKey, Top};
use crate::parse::is_call;
use crate::syntax::is_plain_name;
use std::fmt;

impl fmt::Display for Pipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stats(stats) => {
                write!(f, "stats {}{}", list(&stats.aggregations), by(&stats.by))
            }
            Self::Timechart(chart) => {
                let by = by(&written(&chart.by));
                write!(f, "timechart {} {}{by}", chart.interval, list(&chart.aggregations))
            }
            Self::Top(top) if top.limit == Top::USUAL => write!(f, "top {}", columns(&top.columns)),
            Self::Top(top) => write!(f, "top {} {}", top.limit, columns(&top.columns)),
            Self::Sort(keys) => write!(f, "sort {}", list(keys)),
            Self::Limit(rows) => write!(f, "limit {rows}"),
            Self::Fields(names) => write!(f, "fields {}", columns(names)),
            Self::Uniq(names) => write!(f, "uniq {}", columns(names)),
            Self::Patterns => f.write_str("patterns"),
            Self::Dedup(names) => write!(f, "dedup {}", columns(names)),
        }
    }
}

impl fmt::Display for Aggregation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(", self.function.name())?;
        if let Some(field) = &self.field {
            write!(f, "{}", Name(&field.name))?;
        }
        f.write_str(")")?;
        self.alias.as_ref().map_or(Ok(()), |alias| write!(f, " as {}", Name(alias)))
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // The name alone, without quotes, wants an interval.
            Self::Field(field) if field.is_time() => Quoted(&field.name).fmt(f),
            Self::Field(field) => WrittenColumn(field).fmt(f),
            Self::Time(interval) => write!(f, "time({interval})"),
        }
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.count, self.unit.name())
    }
}

impl fmt::Display for SortKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.descending { "-" } else { "" }, WrittenColumn(&self.column))
    }
}

/// A column's name: plain, as the call that made it, or in quotes.
struct WrittenColumn<'a>(&'a Column);

impl fmt::Display for WrittenColumn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.0.name;
        if is_plain_name(name) || is_call(name) { f.write_str(name) } else { Quoted(name).fmt(f) }
    }
}

fn written(columns: &[Column]) -> Vec<WrittenColumn<'_>> {
    columns.iter().map(WrittenColumn).collect()
}

fn columns(columns: &[Column]) -> String {
    list(&written(columns))
}

fn by(groups: &[impl fmt::Display]) -> String {
    if groups.is_empty() { String::new() } else { format!(" by {}", list(groups)) }
}

fn list(items: &[impl fmt::Display]) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
