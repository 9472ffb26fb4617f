//! Which rows, and in what shape?
//!
//! A query is one line of text: a [filter](Filter) that says which records, then [pipes](Pipe) that say what becomes of
//! them. [`parse()`] makes a tree of it ([`Query`]), and the tree prints as text again. [`REFERENCE`] tells the language
//! to users. This crate reads no clock, no environment and no socket, and knows no store: what "now" is, and in which
//! zone a time without one is meant, are arguments.
//!
//! ```
//! use woodpile_query::parse;
//!
//! let query = parse("status:>=500 -healthcheck | top 5 path").unwrap();
//! assert_eq!(query.pipes.len(), 1);
//! assert_eq!(query.to_string(), "status:>=500 -healthcheck | top 5 path");
//!
//! let errors = parse("timeout OR | lmit 5").unwrap_err();
//! assert_eq!(errors.iter().map(|error| error.column).collect::<Vec<_>>(), [12, 14]);
//! ```

mod ast;
mod error;
mod hint;
pub mod limits;
mod matcher;
mod names;
mod nearest;
mod parse;
mod print;
mod rows;
mod syntax;

pub use ast::{
    Aggregation, Column, Field, Filter, Function, Group, Interval, IntervalUnit, Kind, Literal,
    Moment, Network, Number, Part, Pattern, Percentile, Period, Pipe, Query, Range, Regex, SortKey,
    Span, Stats, Test, Text, Timechart, Times, Top, Value, Width,
};
pub use error::{Error, ErrorKind, Errors};
pub use hint::{Hint, hints};
pub use matcher::{
    CollectionLeaf, DERIVED_FROM, FieldLeaf, Leaf, Matcher, MatcherError, Needed, Node, Origin,
    Path, Scalar, SourceLeaf, TextLeaf, text_in_message,
};
pub use names::{SOURCE_FIELDS, nanos_per_unit, short_names};
pub use parse::{FUNCTIONS, PIPES, parse};
pub use rows::{FoundRecord, Input, MAX_ROWS_BYTES, Pipeline, Rows, Table, TooManyRows, template};

/// The language as users are told it, by example: Markdown.
pub const REFERENCE: &str = include_str!("../../../QUERY.md");
