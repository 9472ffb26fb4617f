use std::fmt;
use woodpile_query::{Errors, MatcherError};
use woodpile_store::StoreError;

/// What is wrong with a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RuleError {
    /// It is none of the kinds of rules.
    Kind(String),
    /// The query is wrong.
    Query(Errors),
    /// The query takes too much once it is compiled.
    Compiled(MatcherError),
    /// The query goes on with a pipe.
    Pipe {
        /// The pipe.
        pipe: String,
    },
    /// The query means another time each time that it is asked.
    Relative,
    /// There is no query where one is needed.
    NoQuery(&'static str),
    /// What is to be masked makes no sense: what, and why.
    Mask {
        /// What was written.
        text: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A field that has to stay as it is.
    Fixed(String),
    /// No limit is given.
    NoLimit,
    /// The limit is none.
    Limit(String),
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kind(text) => write!(f, "{text:?} is no rule: expected drop, mask or keep"),
            Self::Query(errors) => write!(f, "{errors}"),
            Self::Compiled(error) => write!(f, "{error}"),
            Self::Pipe { pipe } => {
                write!(f, "a rule has no pipes: expected the query to end before | {pipe}")
            }
            Self::Relative => write!(
                f,
                "a time that depends on when it is asked, such as -1h or today, is none for a rule: expected a \
                 date; how long records are kept is said by `keep QUERY for 30d`"
            ),
            Self::NoQuery(kind) => write!(
                f,
                "which records? expected a query after {kind}, such as level:debug, or \"*\" for all"
            ),
            Self::Mask { text, problem } => write!(
                f,
                "cannot mask {text:?}: {problem}; expected fields, such as user.email, or /a regular expression/"
            ),
            Self::Fixed(field) => write!(f, "{field} cannot be masked: no record is without it"),
            Self::NoLimit => write!(
                f,
                "how much is to be kept? expected `for` and a time (30d), a number of records (100000 records) or \
                 a size (200MB)"
            ),
            Self::Limit(text) => write!(
                f,
                "{text:?} is no limit: expected a time such as 12h, 30d, 6mo or 1y, a number of records such as \
                 100000 records, or a size such as 200MB"
            ),
        }
    }
}

impl std::error::Error for RuleError {}

/// Why the rules of a store were not changed or read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum BookError {
    /// No rule has this number.
    Unknown {
        /// The number.
        number: i64,
        /// Those that there are.
        known: Vec<i64>,
    },
    /// There are as many rules as there may be.
    TooMany,
    /// Others kept changing them meanwhile.
    Contended {
        /// The store.
        location: String,
    },
    /// The store failed.
    Store(StoreError),
}

impl fmt::Display for BookError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { number, known } if known.is_empty() => {
                write!(f, "there is no rule {number}: the store has no rules")
            }
            Self::Unknown { number, known } => {
                let known: Vec<_> = known.iter().map(i64::to_string).collect();
                write!(f, "there is no rule {number}: expected one of {}", known.join(", "))
            }
            Self::TooMany => write!(
                f,
                "there are {} rules, and no more are followed: `woodpile rule remove N` makes room",
                crate::MAX_RULES
            ),
            Self::Contended { location } => {
                write!(f, "others are changing the rules of {location} at the same time: try again")
            }
            Self::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for BookError {}

impl From<StoreError> for BookError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
