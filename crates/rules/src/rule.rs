use crate::mask::Mask;
use crate::{RuleError, limit};
use std::fmt;
use woodpile_keep::Limit;
use woodpile_query::{Filter, parse};

const DROP: &str = "drop";
const MASK: &str = "mask";
const KEEP: &str = "keep";
/// Stands before a limit.
const FOR: &str = "for";

/// What the owner wants of some records.
#[derive(Debug, Clone, PartialEq)]
pub enum Rule {
    /// They are not stored.
    Drop(Filter),
    /// Secrets in them are not stored.
    Mask(Mask),
    /// They are kept so long, or so many of them.
    Keep(Filter, Limit),
}

impl Rule {
    /// Reads a rule as it prints: `drop QUERY`, `mask …`, `keep QUERY for LIMIT`.
    ///
    /// # Errors
    /// What is wrong with it; columns are those of the query.
    pub fn parse(text: &str) -> Result<Self, RuleError> {
        let text = text.trim();
        let (kind, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        match kind {
            DROP => Self::drop(rest),
            MASK => Self::mask(rest),
            KEEP => {
                let (query, limit) = split_limit(rest).ok_or(RuleError::NoLimit)?;
                Self::keep(query, limit)
            }
            _ => Err(RuleError::Kind(kind.to_owned())),
        }
    }

    /// What matches is not stored.
    ///
    /// # Errors
    /// What is wrong with the query.
    pub fn drop(query: &str) -> Result<Self, RuleError> {
        filter(query, DROP).map(Self::Drop)
    }

    /// Fields with commas between them, or a regular expression between slashes.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn mask(text: &str) -> Result<Self, RuleError> {
        Mask::parse(text).map(Self::Mask)
    }

    /// What matches is kept as long, or as many of it, as the limit says.
    ///
    /// # Errors
    /// What is wrong with the query or the limit.
    pub fn keep(query: &str, limit: &str) -> Result<Self, RuleError> {
        let limit = limit::parse(limit)?;
        Ok(Self::Keep(filter(query, KEEP)?, limit))
    }
}

/// A query and the limit behind its last `for`.
fn split_limit(text: &str) -> Option<(&str, &str)> {
    let is_alone = |at: usize| {
        let (before, after) = (&text[..at], &text[at + FOR.len()..]);
        let is_end = |text: Option<char>| text.is_none_or(char::is_whitespace);
        is_end(before.chars().next_back()) && is_end(after.chars().next())
    };
    let (at, _) = text.rmatch_indices(FOR).find(|(at, _)| is_alone(*at))?;
    Some((text[..at].trim_end(), &text[at + FOR.len()..]))
}

fn filter(text: &str, kind: &'static str) -> Result<Filter, RuleError> {
    if text.trim().is_empty() {
        return Err(RuleError::NoQuery(kind));
    }
    let query = parse(text).map_err(RuleError::Query)?;
    if let Some(pipe) = query.pipes.first() {
        return Err(RuleError::Pipe { pipe: pipe.to_string() });
    }
    if query.filter.depends_on_now() {
        return Err(RuleError::Relative);
    }
    crate::set::compile(&query.filter).map_err(RuleError::Compiled)?;
    Ok(query.filter)
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Drop(filter) => write!(f, "{DROP} {filter}"),
            Self::Mask(mask) => write!(f, "{MASK} {mask}"),
            Self::Keep(filter, limit) => {
                write!(f, "{KEEP} {filter} {FOR} {}", limit::print(*limit))
            }
        }
    }
}
