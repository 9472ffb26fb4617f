use std::borrow::Cow;

/// A named log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Collection(Cow<'static, str>);

impl Collection {
    /// What the app says.
    pub(crate) const APPLICATION: Self = Self(Cow::Borrowed("application-log"));
    /// One record for a request.
    pub(crate) const ACCESS: Self = Self(Cow::Borrowed("access-log"));
    /// What the server says of itself, and what went wrong in it.
    pub(crate) const ERROR: Self = Self(Cow::Borrowed("error-log"));

    pub(crate) fn named(name: impl Into<Cow<'static, str>>) -> Self {
        Self(name.into())
    }

    pub(crate) fn name(&self) -> &str {
        &self.0
    }

    /// How the line on a developer's terminal calls it: `access-log` is `ACCESS`.
    pub(crate) fn label(&self) -> String {
        self.0.trim_end_matches("-log").to_uppercase()
    }
}
