//! The block: a head that says what is where, what all groups of rows share, and their chunks.

mod bytes;
mod coding;
mod describe;
mod filter;
mod find;
mod group;
mod head;
mod packer;
mod parts;
mod read;
mod records;
mod scan;
mod shared;
mod summary;
mod value;
mod write;

pub use bytes::Bytes;
pub use filter::TokenFilter;
pub use find::Place;
pub use packer::{Effort, Packed, Packer, pack};
pub use parts::PartSize;
pub use read::{Block, Group};
pub use scan::{
    Automaton, ColumnInfo, Fate, Keep, Layout, Letters, Names, Pattern, PatternPart, Places, Plain,
    RowTexts, Rows, Selection, TextMatch, TextScan, Value, Values,
};
pub use summary::{ColumnSummary, Range, Summary};

/// The most records of one block.
pub const MAX_RECORDS: usize = 262_144;
/// A block of so many bytes of BSON takes no further record.
pub const MAX_BSON_BYTES: usize = 256 * 1024 * 1024;
/// The most rows that decode together, without the others.
pub const GROUP_ROWS: usize = 16_384;
/// A group of so many bytes of BSON takes no further record.
const GROUP_BYTES: usize = 32 * 1024 * 1024;
/// The most bytes of BSON of one group: its last record may be a large one.
const MAX_GROUP_BYTES: usize = GROUP_BYTES + 64 * 1024 * 1024;
/// The most groups of one block.
const MAX_GROUPS: usize = 1_024;
/// The most bytes of a head, packed or not.
const MAX_HEAD_BYTES: usize = 64 * 1024 * 1024;
/// The most sections that may be skipped.
const MAX_SECTIONS: usize = 64;
/// So many columns, those with the most values, go together with others and may be referred to: what each row
/// names of them is held at once.
const MAX_RELATED_COLUMNS: usize = 256;
/// What a block begins with.
const MAGIC: [u8; 4] = *b"WPBK";
/// The version written, and the newest read.
const VERSION: u8 = 2;
/// Magic, version, the head's length and its checksum.
const PREFIX_BYTES: usize = 4 + 1 + 4 + 4;
/// The section of the ids: see [`IdSummary`](crate::IdSummary).
const IDS: u64 = 1;
/// The section of what is known of the columns: see [`Summary`].
const SUMMARY: u64 = 2;
/// The section of the texts' tokens: see [`TokenFilter`].
const FILTER: u64 = 3;
