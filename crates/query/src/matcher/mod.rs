//! Does a record match?

mod by_value;
mod compile;
mod derived;
mod error;
mod field_test;
mod leaf;
mod node;
mod path;
mod scalar;
mod subject;
mod text;

pub(crate) use by_value::{compare_numbers, number_of, to_f64};
pub use derived::{DERIVED_FROM, text_in_message};
pub use error::MatcherError;
pub use leaf::{CollectionLeaf, FieldLeaf, Leaf, SourceLeaf, TextLeaf};
pub use node::{Matcher, Node};
pub use path::Path;
pub use scalar::Scalar;
pub use subject::Origin;
pub(crate) use subject::Subject;
pub use text::Literal as Needed;
