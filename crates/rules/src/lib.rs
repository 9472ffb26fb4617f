//! What does the owner want dropped, masked and kept for a while?
//!
//! A [`Rule`] is a line of text: `drop QUERY`, `mask FIELD`, `mask /…/`, `keep QUERY for LIMIT`. They rest as text in
//! the store ([`list()`], [`add()`], [`remove()`]); [`READ`] compiles them to what [`woodpile_keep`] follows.
//! [`REFERENCE`] tells them to users. This crate reads no clock and no environment.

mod book;
mod error;
mod limit;
mod mask;
mod rewrite;
mod rule;
mod set;

pub use book::{MAX_RULES, Numbered, READ, add, list, remove};
pub use error::{BookError, RuleError};
pub use mask::{MASKED, Mask};
pub use rule::Rule;
pub use set::RuleSet;

/// The rules as users are told of them: Markdown.
pub const REFERENCE: &str = include_str!("../../../RULES.md");
