/// What is wrong with a query.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The query's text is too long.
    TooLong {
        /// Its length in bytes.
        bytes: usize,
    },
    /// Parentheses nest too deep.
    TooDeep,
    /// There is too much of something.
    TooMany {
        /// Of what.
        what: &'static str,
        /// How much there may be.
        most: usize,
    },
    /// A quote, parenthesis or bracket is never closed.
    Open(char),
    /// A closing parenthesis closes nothing.
    Stray,
    /// Nothing stands between parentheses or quotes.
    Empty(&'static str),
    /// An operator has nothing to work on.
    NoTerm {
        /// `before` or `after`.
        side: &'static str,
        /// Which operator.
        operator: &'static str,
    },
    /// A field's name, with its colon, has no value.
    NoValue {
        /// The name.
        field: String,
    },
    /// The level is compared to something else.
    NotALevel(String),
    /// The time is compared to something else.
    NotATime(String),
    /// The value cannot be greater or less than another.
    NoOrder(String),
    /// The bounds of a range cannot be compared to each other.
    Incomparable(String, String),
    /// Nothing can lie in the range.
    EmptyRange,
    /// No regular expression.
    Regex(String),
    /// Too large a regular expression.
    RegexTooLarge,
    /// Only names of collections can be asked for.
    NotACollection,
    /// No pipe is called so.
    UnknownPipe {
        /// How it is called.
        name: String,
        /// What was probably meant.
        nearest: Option<&'static str>,
    },
    /// No function is called so.
    UnknownFunction {
        /// How it is called.
        name: String,
        /// What was probably meant.
        nearest: Option<&'static str>,
    },
    /// The rows have no such column at this place.
    UnknownColumn {
        /// How it is called.
        name: String,
        /// What was probably meant.
        nearest: Option<String>,
        /// The columns that there are.
        columns: Vec<String>,
    },
    /// Two columns have one name.
    SameColumn(String),
    /// The pipe works on records, and stands behind one that makes other rows of them.
    NeedsRecords(&'static str),
    /// Something else was expected.
    Expected {
        /// What.
        expected: String,
        /// What stands there instead; nothing: the end.
        found: String,
    },
}
