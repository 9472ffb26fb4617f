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
mod machine;
mod neighbours;
mod pieces;
mod question;
mod records;
mod rows_count;
mod search;
mod stop;
mod stored;
mod summed;
mod tally;
mod threads;
mod window;
mod work;

pub use error::SearchError;
pub use limits::CACHE_BYTES;
pub use question::Question;
pub use search::{Found, Row, Search};
pub use tally::Tally;
pub use work::Worked;
