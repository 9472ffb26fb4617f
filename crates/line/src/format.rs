use crate::formats::{
    apache_error, combined, django, gunicorn, heroku, json, log4j, logfmt, morgan, nginx_error,
    plain, postgres, python, rails, syslog, timed, tracing, uvicorn,
};
use crate::{Context, Line, Route};
use std::fmt;
use std::str::FromStr;

pub(crate) type Parser = for<'a> fn(&'a str, &Context<'_>) -> Option<Line<'a>>;

macro_rules! formats {
    ($($(#[$doc:meta])* $name:ident = $text:literal => $route:ident, $parser:expr;)*) => {
        /// A format that a line can be in.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Format {
            $($(#[$doc])* $name,)*
        }

        impl Format {
            /// Every format.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// As it is named on the command line.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }

            /// Where lines in this format go.
            pub fn route(self) -> Route {
                match self {
                    $(Self::$name => Route::$route,)*
                }
            }

            pub(crate) fn parser(self) -> Parser {
                match self {
                    $(Self::$name => $parser,)*
                }
            }
        }
    };
}

formats! {
    /// The combined log format of nginx, Apache and gunicorn, also with a virtual host in front or a duration behind.
    Combined = "combined" => Access, combined::parse;
    /// The same without referrer and user agent.
    Common = "common" => Access, combined::parse;
    /// gunicorn's error log.
    Gunicorn = "gunicorn" => Error, gunicorn::parse;
    /// Python's `logging`, in its usual shapes.
    Python = "python" => Application, python::parse;
    /// Django's `runserver`.
    Django = "django" => Access, django::parse;
    /// Werkzeug, which serves Flask in development.
    Werkzeug = "werkzeug" => Access, combined::parse;
    /// uvicorn's access lines.
    Uvicorn = "uvicorn" => Access, uvicorn::parse;
    /// Rails: its request lines, and Ruby's logger.
    Rails = "rails" => Application, rails::parse;
    /// lograge: a Rails request as one line of key=value.
    Lograge = "lograge" => Access, logfmt::parse;
    /// Express' morgan (dev, tiny, short).
    Morgan = "morgan" => Access, morgan::parse;
    /// key=value pairs.
    Logfmt = "logfmt" => Application, logfmt::parse;
    /// A JSON object.
    Json = "json" => Application, json::parse;
    /// Rust's `tracing` (full and compact) and `env_logger`.
    Tracing = "tracing" => Application, tracing::parse;
    /// log4j, logback and their relatives.
    Log4j = "log4j" => Application, log4j::parse;
    /// `PostgreSQL`'s stderr log.
    Postgres = "postgres" => Application, postgres::parse;
    /// nginx's error log.
    NginxError = "nginx-error" => Error, nginx_error::parse;
    /// Apache's error log.
    ApacheError = "apache-error" => Error, apache_error::parse;
    /// What `heroku logs` prints.
    Heroku = "heroku" => Application, heroku::parse;
    /// A syslog file (`/var/log/messages`).
    Syslog = "syslog" => Application, syslog::parse;
    /// A time, perhaps a level, and a text.
    Timed = "timed" => Application, timed::parse;
    /// Anything.
    Plain = "plain" => Application, plain::parse;
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, UnknownFormat> {
        let found = Self::ALL.iter().find(|format| format.name() == text);
        found.copied().ok_or_else(|| UnknownFormat { found: text.to_owned() })
    }
}

/// A name that is no format's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownFormat {
    /// The name.
    pub found: String,
}

impl fmt::Display for UnknownFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no line format is named `{}`; there are auto", self.found)?;
        Format::ALL.iter().try_for_each(|format| write!(f, ", {format}"))
    }
}

impl std::error::Error for UnknownFormat {}
