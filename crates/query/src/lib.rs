//! Which rows, and in what shape?
//!
//! A query is one line of text: a [filter](Filter) that says which records, then [pipes](Pipe) that say what becomes of
//! language to users. This crate reads no clock, no environment and no socket, and knows no store: what "now" is, and in
//! which zone a time without one is meant, are arguments.

mod ast;
pub mod limits;
mod matcher;
mod names;

pub use ast::{
    Aggregation, Column, Field, Filter, Function, Group, Interval, IntervalUnit, Kind, Literal,
    Moment, Network, Number, Part, Pattern, Percentile, Period, Pipe, Query, Range, Regex, SortKey,
    Span, Stats, Test, Text, Timechart, Times, Top, Value, Width,
};
pub use matcher::{
    CollectionLeaf, FieldLeaf, Leaf, Matcher, MatcherError, Needed, Node, Origin, Path, Scalar,
    SourceLeaf, TextLeaf,
};
pub use names::{SOURCE_FIELDS, nanos_per_unit};
