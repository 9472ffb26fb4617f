//! Is it in this text? Words, phrases, wildcards and regular expressions, all in time linear in the text.

mod literals;
mod needle;
mod pattern;
mod wildcard;
mod word;

pub use literals::Literal;
pub(crate) use needle::{Edge, Needle};
pub(crate) use pattern::TextPattern;
pub(crate) use word::compare_folded;
