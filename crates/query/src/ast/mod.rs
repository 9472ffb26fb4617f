//! The tree of a query. Its parts compare by what they mean: where they stood in the text ([`Span`]) is left aside.

mod field;
mod filter;
mod interval;
mod literal;
mod moment;
mod network;
mod pattern;
mod pipe;
pub(crate) mod quantity;
mod query;
mod regex;
mod span;
mod stats;

pub use field::Field;
pub use filter::{Filter, Range, Test, Text};
pub use interval::{Interval, IntervalUnit};
pub use literal::{Kind, Literal, Number, Value};
pub use moment::{Moment, Period, Times, Width};
pub use network::Network;
pub use pattern::{Part, Pattern};
pub use pipe::{Pipe, SortKey, Top};
pub use query::Query;
pub use regex::Regex;
pub(crate) use regex::RegexError;
pub use span::Span;
pub use stats::{Aggregation, Column, Function, Group, Percentile, Stats, Timechart};
