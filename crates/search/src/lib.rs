//! How a query is run over a store: hot records and blocks as one, each record once, newest or oldest first, answered from
//! columns where they suffice.
//!
//! What matches is what [`Matcher::matches`](woodpile_query::Matcher::matches) says of each record; all else here is a
//! way to ask it of as few records as possible.

mod block_rows;
mod by_id;
mod cache;
mod columns_count;
mod count;
mod counter;
mod error;
mod field_counts;
mod field_paths;
mod field_values;
mod fields;
mod filter;
mod groups;
mod histogram;
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
mod total;
mod watch;
mod window;
mod work;

pub use error::SearchError;
pub use field_counts::FieldCounts;
pub use field_values::FieldValues;
pub use histogram::{Bucket, Histogram, SEVERITY_CLASSES};
pub use limits::{CACHE_BYTES, MAX_FIELDS};
pub use question::Question;
pub use search::{Found, Row, Search};
pub use tally::Tally;
pub use watch::Watch;
pub use work::Worked;
