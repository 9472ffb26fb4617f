//! How records are packed: columns, templates, predictions, and the blocks that hold them.

mod block;
mod correlate;
mod doubles;
mod entropy;
mod error;
mod ints;
mod object_ids;
mod shred;
mod template;
mod texts;
mod varint;

pub use block::{Block, Bytes, Effort, Group, pack};
pub use error::BlockError;
