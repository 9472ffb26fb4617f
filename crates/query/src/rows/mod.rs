//! What becomes of the records that match: rows, by a query's pipes.

mod buckets;
mod distinct;
mod error;
mod groups;
mod held;
mod input;
mod percentiles;
mod pipeline;
mod stage;
mod state;
mod sum;
mod table;
mod template;
mod value;

pub use error::{MAX_ROWS_BYTES, TooManyRows};
pub use held::FoundRecord;
pub use input::Input;
pub(crate) use input::as_bson;
pub use pipeline::Pipeline;
pub use table::{Rows, Table};
pub use template::template;
