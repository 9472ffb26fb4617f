use super::{Filter, Pipe};

/// A whole query: which records, and what becomes of them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Query {
    /// Which records.
    pub filter: Filter,
    /// What becomes of them, one after another; none leaves them as they are.
    pub pipes: Vec<Pipe>,
}
