//! How a query is run over a store: hot records and blocks as one, each record once, newest or oldest first, answered from
//! columns where they suffice.
//!
//! What matches is what [`Matcher::matches`](woodpile_query::Matcher::matches) says of each record; all else here is a
//! way to ask it of as few records as possible.

mod block_rows;
mod cache;
mod columns_count;
mod count;
mod counter;
mod error;
mod fields;
mod filter;
mod limits;
mod neighbours;
