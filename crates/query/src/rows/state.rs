use super::distinct::Distinct;
use super::percentiles::Percentiles;
use super::sum::Sum;
use super::value::{as_number, compare, count, number, push_key, weight};
use crate::ast::Function;
use crate::matcher::to_f64;
use bson::RawBson;
use std::cmp::Ordering;
use woodpile_record::RawBsonRef;

/// What is known of one group's values of one field.
#[derive(Debug, Clone)]
pub(super) enum State {
    Count(u64),
    Sum(Sum),
    Least(Option<RawBson>),
    Greatest(Option<RawBson>),
    Distinct(Distinct),
    Percentiles(Percentiles),
}

/// What a [`State`] keeps; one may answer several functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StateKind {
    Count,
    Sum,
    Least,
    Greatest,
    Distinct,
    Percentiles,
}

impl StateKind {
    pub(super) fn of(function: Function) -> Self {
        match function {
            Function::Count => Self::Count,
            Function::Sum | Function::Avg => Self::Sum,
            Function::Min => Self::Least,
            Function::Max => Self::Greatest,
            Function::Uniq => Self::Distinct,
            Function::Percentile(_) => Self::Percentiles,
        }
    }

    pub(super) fn empty(self) -> State {
        match self {
            Self::Count => State::Count(0),
            Self::Sum => State::Sum(Sum::default()),
            Self::Least => State::Least(None),
            Self::Greatest => State::Greatest(None),
            Self::Distinct => State::Distinct(Distinct::default()),
            Self::Percentiles => State::Percentiles(Percentiles::default()),
        }
    }
}

impl State {
    /// Takes a value so many times; null is none. `key` is room to work in.
    pub(super) fn add(&mut self, value: RawBsonRef<'_>, times: u64, key: &mut Vec<u8>) {
        if value == RawBsonRef::Null {
            return;
        }
        match self {
            Self::Count(count) => *count += times,
            Self::Sum(sum) => {
                if let Some(number) = as_number(value) {
                    sum.add(number, times);
                }
            }
            Self::Least(least) => keep(least, value, Ordering::Less),
            Self::Greatest(greatest) => keep(greatest, value, Ordering::Greater),
            Self::Distinct(distinct) => {
                key.clear();
                push_key(key, value);
                distinct.add(key);
            }
            Self::Percentiles(percentiles) => {
                if let Some(number) = as_number(value) {
                    percentiles.add(to_f64(number), times);
                }
            }
        }
    }

    /// Takes all that another of the same kind took.
    pub(super) fn merge(&mut self, other: &Self) {
        match (self, other) {
            (Self::Count(count), Self::Count(other)) => *count += other,
            (Self::Sum(sum), Self::Sum(other)) => sum.merge(other),
            (Self::Least(least), Self::Least(Some(other))) => {
                keep(least, other.as_raw_bson_ref(), Ordering::Less);
            }
            (Self::Greatest(greatest), Self::Greatest(Some(other))) => {
                keep(greatest, other.as_raw_bson_ref(), Ordering::Greater);
            }
            (Self::Distinct(distinct), Self::Distinct(other)) => distinct.merge(other),
            (Self::Percentiles(percentiles), Self::Percentiles(other)) => percentiles.merge(other),
            _ => {}
        }
    }

    /// What the function comes to.
    pub(super) fn result(&self, function: Function) -> RawBson {
        let result = match (self, function) {
            (Self::Count(number), _) => Some(count(*number)),
            (Self::Sum(sum), Function::Avg) => sum.mean().map(RawBson::Double),
            (Self::Sum(sum), _) => sum.total().map(number),
            (Self::Least(value) | Self::Greatest(value), _) => value.clone(),
            (Self::Distinct(distinct), _) => Some(count(distinct.count())),
            (Self::Percentiles(percentiles), Function::Percentile(percentile)) => {
                percentiles.at(percentile.fraction()).map(RawBson::Double)
            }
            (Self::Percentiles(_), _) => None,
        };
        result.unwrap_or(RawBson::Null)
    }

    /// About how much memory it takes beyond its own size.
    pub(super) fn weight(&self) -> usize {
        match self {
            Self::Count(_) | Self::Sum(_) => 0,
            Self::Least(value) | Self::Greatest(value) => {
                value.as_ref().map_or(0, |value| weight(value.as_raw_bson_ref()))
            }
            Self::Distinct(distinct) => distinct.weight(),
            Self::Percentiles(percentiles) => percentiles.weight(),
        }
    }
}

fn keep(kept: &mut Option<RawBson>, value: RawBsonRef<'_>, wanted: Ordering) {
    let better = kept.as_ref().is_none_or(|kept| compare(value, kept.as_raw_bson_ref()) == wanted);
    if better {
        *kept = Some(value.into());
    }
}
