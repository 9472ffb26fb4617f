//! A filter over one block, from its columns.
//!
//! Each question gets two answers: the rows that surely match, and those that may. What only may match is asked again
//! as a whole record: [`Matcher::matches`](woodpile_query::Matcher::matches) is what a query means.

mod answer;
mod block;
mod columns;
mod columns_at;
mod derived;
mod field;
mod resolve;
mod scalar;
mod shapes;
mod source;
mod test;
mod text;
mod wanted;

pub(crate) use block::BlockFilter;
pub(crate) use resolve::{EachColumn, EachSource, Resolved, as_bson, resolve};
