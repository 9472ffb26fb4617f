//! Extended JSON v2 (<https://github.com/mongodb/specifications/blob/master/source/extended-json/extended-json.md>):
//! relaxed, but canonical wherever relaxed would lose a type.
//!
//! [`parse()`] is the inverse of [`write()`], to the byte. Three things go beyond the standard, which would lose
//! them: a document that looks like a type's wrapper is wrapped in `$literal`; a NaN or a decimal whose bits its
//! text does not tell has them behind it, `NaN(0xfff8000000000000)`; and [`parse()`] takes the forms of version 1.
//! Only this is not kept: the keys of an array's elements, where a writer did not count them from 0.

mod error;
mod export;
mod parse;
mod scalar;
mod value;
mod wrapper;
mod write;

pub use error::JsonError;
pub use export::{parse_export, write_with};
pub use parse::parse;
pub use value::value_text;
pub use write::{write, write_value};
