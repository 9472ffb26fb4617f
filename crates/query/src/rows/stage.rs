use super::buckets::Buckets;
use super::error::TooManyRows;
use super::groups::{Groups, KeyPart, Order};
use super::held::{Held, Row, Which};
use crate::ast::{Aggregation, Column, Group, Interval, Pipe, Stats, Timechart};
use jiff::tz::TimeZone;
use std::ops::Range;
use woodpile_record::{RawBsonRef, name};

/// A pipe that holds what it was given until all is there.
#[derive(Debug, Clone)]
pub(super) struct Stage {
    name: &'static str,
    /// The columns whose values it is given.
    columns: Vec<Column>,
    work: Work,
    max_bytes: usize,
}

#[derive(Debug, Clone)]
enum Work {
    Groups(Box<Groups>),
    Held(Held),
}

impl Stage {
    /// `next` is the pipe behind it. `None` for `fields`, which holds nothing.
    pub(super) fn new(
        pipe: &Pipe,
        next: Option<&Pipe>,
        zone: &TimeZone,
        max_bytes: usize,
    ) -> Option<Self> {
        let (name, columns, work) = match pipe {
            Pipe::Fields(_) => return None,
            Pipe::Stats(Stats { aggregations, by }) => stats(by, aggregations, zone),
            Pipe::Timechart(chart) => timechart(chart, zone),
            Pipe::Top(top) => {
                let groups =
                    by_value(&top.columns, Order::MostFrequent(top.limit)).skipping_empty();
                let groups = groups.computing(&[Aggregation::count()], &[None]);
                ("top", top.columns.clone(), Work::Groups(Box::new(groups)))
            }
            Pipe::Uniq(columns) => {
                let groups = by_value(columns, Order::FirstSeen).skipping_empty();
                ("uniq", columns.clone(), Work::Groups(Box::new(groups)))
            }
            Pipe::Patterns => {
                let groups = Groups::new(vec![KeyPart::Template], Order::MostFrequent(u64::MAX))
                    .skipping_empty()
                    .computing(&[Aggregation::count()], &[None]);
                ("patterns", vec![Column::new(name::MESSAGE)], Work::Groups(Box::new(groups)))
            }
            Pipe::Dedup(columns) => ("dedup", columns.clone(), held(Which::Distinct)),
            Pipe::Limit(limit) => ("limit", Vec::new(), held(Which::First(to_length(*limit)))),
            Pipe::Sort(keys) => {
                let columns = keys.iter().map(|key| key.column.clone()).collect();
                let limit = match next {
                    Some(Pipe::Limit(limit)) => to_length(*limit),
                    _ => usize::MAX,
                };
                let descending = keys.iter().map(|key| key.descending).collect();
                ("sort", columns, held(Which::Sorted(descending, limit)))
            }
        };
        Some(Self { name, columns, work, max_bytes })
    }

    /// What keeps every row.
    pub(super) fn all(max_bytes: usize) -> Self {
        let work = held(Which::First(usize::MAX));
        Self { name: "fields", columns: Vec::new(), work, max_bytes }
    }

    pub(super) fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Whether equal rows can be given as one, with their count.
    pub(super) fn counts(&self) -> bool {
        matches!(self.work, Work::Groups(_))
    }

    /// The bucket that a time is in, where rows are grouped by one.
    pub(super) fn time_bucket(&mut self, millis: i64) -> Option<Range<i64>> {
        match &mut self.work {
            Work::Groups(groups) => groups.time_bucket(millis),
            Work::Held(_) => None,
        }
    }

    pub(super) fn is_full(&self) -> bool {
        matches!(&self.work, Work::Held(held) if held.is_full())
    }

    /// Takes `times` rows with these values of its columns.
    pub(super) fn add(
        &mut self,
        values: &[RawBsonRef<'_>],
        times: u64,
        row: impl FnOnce() -> Row,
    ) -> Result<(), TooManyRows> {
        match &mut self.work {
            Work::Groups(groups) => groups.add(values, times),
            Work::Held(held) => held.add(values, row),
        }
        self.check()
    }

    /// Takes all that a later one of the same kind took.
    pub(super) fn merge(&mut self, later: Self) -> Result<(), TooManyRows> {
        match (&mut self.work, later.work) {
            (Work::Groups(own), Work::Groups(later)) => own.merge(*later),
            (Work::Held(own), Work::Held(later)) => own.merge(later),
            _ => {}
        }
        self.check()
    }

    fn check(&self) -> Result<(), TooManyRows> {
        let (weight, rows, keys) = match &self.work {
            Work::Groups(groups) => (groups.weight(), groups.len(), groups.keys()),
            Work::Held(held) => (held.weight(), held.len(), self.columns.len()),
        };
        if weight <= self.max_bytes {
            return Ok(());
        }
        let columns = self.columns.iter().take(keys).map(|column| column.name.clone()).collect();
        Err(TooManyRows { pipe: self.name, columns, rows, max_bytes: self.max_bytes })
    }

    pub(super) fn finish(self) -> Vec<Row> {
        match self.work {
            Work::Groups(groups) => groups.finish().into_iter().map(Row::Values).collect(),
            Work::Held(held) => held.finish(),
        }
    }
}

fn held(which: Which) -> Work {
    Work::Held(Held::new(which))
}

fn to_length(limit: u64) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX)
}

fn by_value(columns: &[Column], order: Order) -> Groups {
    Groups::new(columns.iter().map(|_| KeyPart::Value).collect(), order)
}

fn timechart(chart: &Timechart, zone: &TimeZone) -> (&'static str, Vec<Column>, Work) {
    let by: Vec<_> = [Group::Time(chart.interval)]
        .into_iter()
        .chain(chart.by.iter().cloned().map(Group::Field))
        .collect();
    let (_, columns, work) = stats(&by, &chart.aggregations, zone);
    ("timechart", columns, work)
}

fn stats(
    by: &[Group],
    aggregations: &[Aggregation],
    zone: &TimeZone,
) -> (&'static str, Vec<Column>, Work) {
    let key = |group: &Group| match group {
        Group::Field(_) => KeyPart::Value,
        Group::Time(interval) => bucket(*interval, zone),
    };
    let keys: Vec<_> = by.iter().map(key).collect();
    let mut columns: Vec<_> = by
        .iter()
        .map(|group| match group {
            Group::Field(field) => field.clone(),
            Group::Time(_) => Column::new("time"),
        })
        .collect();
    let behind_keys = columns.len();
    let mut input_of = |field: &Column| {
        let inputs = columns.get(behind_keys..).unwrap_or_default();
        inputs.iter().position(|input| input == field).unwrap_or_else(|| {
            columns.push(field.clone());
            columns.len() - 1 - behind_keys
        })
    };
    let inputs: Vec<_> = aggregations
        .iter()
        .map(|aggregation| aggregation.field.as_ref().map(&mut input_of))
        .collect();
    let groups = Groups::new(keys, Order::ByKey).computing(aggregations, &inputs);
    ("stats", columns, Work::Groups(Box::new(groups)))
}

fn bucket(interval: Interval, zone: &TimeZone) -> KeyPart {
    KeyPart::Bucket(Buckets::new(interval, zone))
}
