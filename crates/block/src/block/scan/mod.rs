//! Answering from columns, without rebuilding records.
//!
//! A search asks a [`Block`](super::Block) once, and each of its groups through [`Rows`]:
//!
//! - [`Block::columns`](super::Block::columns) says which columns there are: path, type, layout.
//! - A column with the layout [`Layout::Dictionary`] has its distinct [`Values`] once a block. Rows name them
//!   through *combinations* of what goes together: [`Places`] says which combination means which value, so that a
//!   predicate is asked once a value ([`Places::keep`]) and a row costs one look-up ([`Rows::narrow`]).
//! - A column with the layout [`Layout::Plain`] has its values group by group: [`Rows::plain`].
//! - A column with the layout [`Layout::Templates`] is decided by a [`TextMatch`]: template by template where that
//!   suffices, piece by piece where it does not, and never by rebuilding more than it must.
//! - [`Rows::unpack`] gives the records of chosen rows.

mod automaton;
mod column;
mod held;
mod literal;
mod matching;
mod names;
mod patterns;
mod pick;
mod places;
mod plain;
mod presence;
mod reach;
mod rows;
mod selection;
mod text_scan;
mod texts;
mod values;
mod ways;

pub use automaton::{Automaton, Fate, Letters, TextMatch};
pub use column::{ColumnInfo, Layout};
pub use names::Names;
pub use patterns::{Pattern, PatternPart};
pub use places::{Keep, Places};
pub use plain::Plain;
pub(super) use rows::Memo;
pub use rows::Rows;
pub use selection::Selection;
pub use text_scan::TextScan;
pub use texts::RowTexts;
pub use values::{Value, Values};
