use crate::limits::{MAX_REGEX_BYTES, MAX_REGEX_DEPTH};

/// A regular expression of the [`regex`] crate: it takes time linear in the text, whatever it says. Compares by its
/// pattern.
#[derive(Debug, Clone)]
pub struct Regex {
    pattern: String,
    ignore_case: bool,
    compiled: regex::Regex,
}

/// Why a pattern is no regular expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RegexError {
    /// What is wrong, and at which byte of the pattern.
    Syntax(String, usize),
    /// Compiled, it would be larger than [`MAX_REGEX_BYTES`].
    TooLarge,
}

impl Regex {
    /// Compiles a pattern, within the limits; `None` is no pattern, or too large a one.
    pub fn new(pattern: &str, ignore_case: bool) -> Option<Self> {
        Self::read(pattern, ignore_case).ok()
    }

    pub(crate) fn read(pattern: &str, ignore_case: bool) -> Result<Self, RegexError> {
        check(pattern)?;
        let pattern = between_slashes(pattern);
        let compiled = regex::RegexBuilder::new(&pattern)
            .case_insensitive(ignore_case)
            .size_limit(MAX_REGEX_BYTES)
            .dfa_size_limit(MAX_REGEX_BYTES)
            .nest_limit(MAX_REGEX_DEPTH)
            .build()
            .map_err(|_| RegexError::TooLarge)?;
        Ok(Self { pattern, ignore_case, compiled })
    }

    /// What stands between the slashes.
    pub fn pattern(&self) -> &str {
        &self.pattern
    }

    /// `/…/i`: in any case of the letters.
    pub fn ignores_case(&self) -> bool {
        self.ignore_case
    }

    /// Ready to match.
    pub fn compiled(&self) -> &regex::Regex {
        &self.compiled
    }
}

impl PartialEq for Regex {
    fn eq(&self, other: &Self) -> bool {
        self.pattern == other.pattern && self.ignore_case == other.ignore_case
    }
}

impl Eq for Regex {}

/// The whole crate says the same, but not where.
fn check(pattern: &str) -> Result<(), RegexError> {
    let parsed =
        regex_syntax::ParserBuilder::new().nest_limit(MAX_REGEX_DEPTH).build().parse(pattern);
    parsed.map(|_| ()).map_err(|error| match error {
        regex_syntax::Error::Parse(error) => {
            RegexError::Syntax(error.kind().to_string(), error.span().start.offset)
        }
        regex_syntax::Error::Translate(error) => {
            RegexError::Syntax(error.kind().to_string(), error.span().start.offset)
        }
        error => RegexError::Syntax(error.to_string(), 0),
    })
}

/// The same expression as it can stand between slashes: slashes are escaped, and so is a blank or colon before the
/// closing one, which would not close it.
fn between_slashes(pattern: &str) -> String {
    let mut written = String::with_capacity(pattern.len());
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        let is_last = chars.peek().is_none();
        let would_not_close = is_last && (c == ' ' || c == ':');
        if c == '/' || would_not_close {
            written.push('\\');
        }
        written.push(c);
        if c == '\\' {
            written.extend(chars.next());
        }
    }
    if written.is_empty() { "(?:)".to_owned() } else { written }
}
