//! What one column says about another.
//!
//! Columns of few distinct values are written as numbers of these values. Those that go together (a path and
//! its status, a logger and its file) become one *unit*: their distinct combinations are written once, and a
//! row names its combination. A unit is then written in one of four modes, whichever is the shortest:
//!
//! - [`alone`]: by how frequent each value is;
//! - [`recent`]: by how long ago the value was last there, as visitors come back;
//! - [`repeats`]: the value that the same key had last, as a process keeps its name;
//! - [`follows`]: what mostly comes after the value that the same key had last, as a visitor goes from page to page.
//!
//! A chunk of one group of rows decodes alone, given the chunk of its key.

mod alone;
mod budget;
mod cluster;
mod follows;
mod history;
mod joint;
mod keys;
mod last;
mod mode;
mod numbering;
mod plan;
mod read;
mod recency;
mod recent;
mod repeats;
mod search;
mod successors;
mod tuples;
mod unit;

pub(crate) use plan::{Correlated, encode};
pub(crate) use read::Correlation;
pub(crate) use recency::Recency;

/// A column as numbers of its distinct values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IdColumn {
    /// For each row its value's number, below `distinct`.
    pub(crate) ids: Vec<u32>,
    /// How many distinct values there are.
    pub(crate) distinct: u32,
}
