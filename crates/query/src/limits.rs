//! Every limit of this crate.

/// The most bytes that a query's text may take.
pub const MAX_QUERY_BYTES: usize = 64 * 1024;
/// How deep parentheses, groups and `NOT` may nest.
pub const MAX_DEPTH: usize = 50;
/// The most terms (words, phrases, fields with a value) in one query.
pub const MAX_TERMS: usize = 1_000;
/// The most pipes behind one filter.
pub const MAX_PIPES: usize = 20;
/// The most names in one list of a pipe: aggregations, fields, sort keys.
pub const MAX_LIST: usize = 50;
/// The most wildcards in one pattern.
pub const MAX_WILDCARDS: usize = 32;
/// The most regular expressions in one query.
pub const MAX_REGEXES: usize = 20;
/// The most bytes that a regular expression may take once it is compiled.
pub const MAX_REGEX_BYTES: usize = 1024 * 1024;
/// The most bytes that a text with wildcards, or with letters beyond ASCII, may take once it is compiled.
pub const MAX_PATTERN_BYTES: usize = 256 * 1024;
/// The most such texts and regular expressions that one filter may have.
pub const MAX_COMPILED: usize = 100;
/// How deep a regular expression may nest.
pub const MAX_REGEX_DEPTH: u32 = 50;
/// The most rows that `limit` and `top` may ask for.
pub const MAX_ROWS: u64 = 1_000_000;
/// The most errors that are told of one query; what is beyond them usually follows from them.
pub const MAX_ERRORS: usize = 10;
