//! Records as shapes and columns, and back.
//!
//! A record's *shape* is the record without its values: types and keys, in order. Each place of a value in a
//! shape belongs to a column: all values of one type at one path. A record is its shape and the next value of
//! each of its columns.

mod column;
mod rebuild;
mod repeats;
mod shape;
mod value_rows;
mod walk;

pub(crate) use column::{Column, ColumnKey, Data, Kind};
pub(crate) use rebuild::{Cursors, Source, rebuild};
pub(crate) use shape::{Shape, Shapes, Step};
pub(crate) use value_rows::ValueRows;
pub(crate) use walk::{RAW, Shredded};
