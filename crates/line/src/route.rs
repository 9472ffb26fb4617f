/// Which of an app's three logs a line belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Route {
    /// What the app itself says.
    Application,
    /// Requests and their answers.
    Access,
    /// What the server under the app says of itself: gunicorn's, nginx's and Apache's error logs.
    Error,
}

impl Route {
    /// The collection that it goes to unless another is named.
    pub fn collection(self) -> &'static str {
        match self {
            Self::Application => "application-log",
            Self::Access => "access-log",
            Self::Error => "error-log",
        }
    }
}
