//! What the owner sets, and how much there is: one file a path.

pub(crate) mod rules;
pub(crate) mod searches;
pub(crate) mod session;
pub(crate) mod tokens;
pub(crate) mod usage;
