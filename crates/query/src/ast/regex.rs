use crate::limits::{MAX_REGEX_BYTES, MAX_REGEX_DEPTH};

/// A regular expression of the [`regex`] crate: it takes time linear in the text, whatever it says.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Regex {
    /// What stands between the slashes, with `\/` for a slash.
    pub pattern: String,
    /// `/…/i`: in any case of the letters.
    pub ignore_case: bool,
}

impl Regex {
    /// Compiles it, within the limits.
    pub fn compile(&self) -> Result<regex::Regex, regex::Error> {
        regex::RegexBuilder::new(&self.pattern)
            .case_insensitive(self.ignore_case)
            .size_limit(MAX_REGEX_BYTES)
            .dfa_size_limit(MAX_REGEX_BYTES)
            .nest_limit(MAX_REGEX_DEPTH)
            .build()
    }
}
