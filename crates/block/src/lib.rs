//! How records are packed: columns, templates, predictions, and the blocks that hold them.
//!
//! A [`Packer`] takes records one by one and makes a block of them; a [`Block`] gives them back, group by group,
//! reading only the parts of its bytes that are needed. FORMAT.md says what every byte means. This crate reads no
//! clock, no file and no database.

mod block;
mod compress;
mod convert;
mod correlate;
mod doubles;
mod entropy;
mod error;
mod hash;
mod ids;
mod ints;
mod object_ids;
mod recall;
mod shred;
mod template;
mod texts;
mod tokens;
mod varint;

pub use block::{
    Automaton, Block, Bytes, ColumnInfo, ColumnSummary, Effort, Fate, GROUP_ROWS, Group, Keep,
    Layout, Letters, MAX_BSON_BYTES, MAX_RECORDS, Names, Packed, Packer, PartSize, Pattern,
    PatternPart, Place, Places, Plain, Range, RowTexts, Rows, Selection, Summary, TextMatch,
    TextScan, TokenFilter, Value, Values, pack,
};
pub use error::BlockError;
pub use ids::{IdSummary, id_element};
pub use tokens::tokens;
