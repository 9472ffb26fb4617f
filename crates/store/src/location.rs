use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Where the logs are kept when nobody says.
pub const DEFAULT_FILE: &str = "./woodpile.db";

/// What a store's name may look like, for error messages.
const EXPECTED: &str = "expected a file path, mongodb://…, mongodb+srv://… or https://TOKEN@host";

/// Query options of a MongoDB URI whose values are secrets.
const SECRET_OPTIONS: [&str; 3] =
    ["authmechanismproperties", "tlscertificatekeyfilepassword", "proxypassword"];

/// Where a store is. Neither `Display` nor `Debug` shows a password or a token.
#[derive(Clone, PartialEq, Eq)]
pub enum Location {
    /// A file of this machine.
    File(PathBuf),
    /// A MongoDB database, by its connection string.
    Mongo(String),
    /// A woodpile server, by its URL with the token.
    Server(String),
}

impl FromStr for Location {
    type Err = LocationError;

    fn from_str(text: &str) -> Result<Self, LocationError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(LocationError::new(format!("the store's name is empty: {EXPECTED}")));
        }
        if let Some(path) = text.strip_prefix("file:") {
            return file_url(path);
        }
        let Some((scheme, rest)) = text.split_once("://") else {
            return Ok(Self::File(PathBuf::from(text)));
        };
        match scheme.to_ascii_lowercase().as_str() {
            "mongodb" | "mongodb+srv" => Ok(Self::Mongo(text.to_owned())),
            "https" => Ok(Self::Server(text.to_owned())),
            "http" if is_loopback(rest) => Ok(Self::Server(text.to_owned())),
            "http" => Err(LocationError::new(
                "http:// would show the token to the network: use https://, or http:// on loopback",
            )),
            _ => Err(LocationError::new(format!("{scheme}:// is no store: {EXPECTED}"))),
        }
    }
}

/// What follows `file:`: a path, `//` and a path, or `//localhost` and a path.
fn file_url(rest: &str) -> Result<Location, LocationError> {
    let path = match rest.strip_prefix("//") {
        None => rest,
        Some(rest) if rest.starts_with('/') => rest,
        Some(rest) => rest
            .strip_prefix("localhost")
            .filter(|path| path.starts_with('/'))
            .ok_or_else(|| {
                LocationError::new("file:// names a file of this machine: expected file:///path")
            })?,
    };
    if path.is_empty() {
        return Err(LocationError::new("file: names no file: expected file:///path"));
    }
    Ok(Location::File(PathBuf::from(path)))
}

fn is_loopback(rest: &str) -> bool {
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let name = match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Mongo(uri) => f.write_str(&without_secrets(uri)),
            Self::Server(url) => f.write_str(&without_token(url)),
        }
    }
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Location({self})")
    }
}

/// Query options of a MongoDB URI whose values may hold an `@`.
const OPTIONS_WITH_AT: [&str; 8] = [
    "appname",
    "authmechanismproperties",
    "authsource",
    "proxypassword",
    "proxyusername",
    "readpreferencetags",
    "tlscertificatekeyfile",
    "tlscertificatekeyfilepassword",
];

/// A MongoDB URI with `***` for the password and for options that hold secrets.
pub(crate) fn without_secrets(uri: &str) -> String {
    let Some((scheme, rest)) = uri.split_once("://") else { return uri.to_owned() };
    // A password may hold unescaped `@`, `/` and `?`, against the rules: hide up to the last `@` that is not
    // an option's.
    let options_at = start_of_options(rest);
    let (place, options) = rest.split_at(options_at.unwrap_or(rest.len()));
    let shown = match place.rsplit_once('@') {
        Some((user, host)) => match user.split_once(':') {
            Some((name, _)) => format!("{name}:***@{host}"),
            None => format!("{user}@{host}"),
        },
        None => place.to_owned(),
    };
    format!("{scheme}://{shown}{}", without_secret_options(options))
}

/// Where the first `?` is behind which every `@` belongs to an option.
fn start_of_options(rest: &str) -> Option<usize> {
    let is_option = |option: &str| !option.contains('@') || is_one_of(&OPTIONS_WITH_AT, option);
    let mut marks = rest.match_indices('?').map(|(at, _)| at);
    marks.find(|at| rest[at + 1..].split('&').all(is_option))
}

/// The options behind their `?`, if there are any.
fn without_secret_options(options: &str) -> String {
    let Some(options) = options.strip_prefix('?') else { return options.to_owned() };
    let shown: Vec<String> = options.split('&').map(without_secret_value).collect();
    format!("?{}", shown.join("&"))
}

fn without_secret_value(option: &str) -> String {
    match option.split_once('=') {
        Some((key, _)) if is_one_of(&SECRET_OPTIONS, option) => format!("{key}=***"),
        _ => option.to_owned(),
    }
}

/// Whether `option`, as in `key=value`, has one of these keys, however it is spelt.
fn is_one_of(keys: &[&str], option: &str) -> bool {
    option.split_once('=').is_some_and(|(key, _)| keys.contains(&&*key.to_ascii_lowercase()))
}

/// A server's URL with `***` for all that comes before the host.
fn without_token(url: &str) -> String {
    match url.split_once("://") {
        Some((scheme, rest)) => match rest.rsplit_once('@') {
            Some((_, host)) => format!("{scheme}://***@{host}"),
            None => url.to_owned(),
        },
        None => url.to_owned(),
    }
}

/// Why a text names no store; holds no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocationError {
    source: Option<Source>,
    reason: String,
}

impl LocationError {
    fn new(reason: impl Into<String>) -> Self {
        Self { source: None, reason: reason.into() }
    }

    fn said_by(self, source: Source) -> Self {
        Self { source: Some(source), ..self }
    }
}

impl fmt::Display for LocationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(source) = &self.source {
            write!(f, "{source}: ")?;
        }
        f.write_str(&self.reason)
    }
}

impl std::error::Error for LocationError {}

/// Who chose the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The flag `--store`.
    Flag,
    /// An environment variable, by its name.
    Environment(&'static str),
    /// A variable in the `.env` file of the working folder.
    DotEnv(&'static str),
    /// `store` in `woodpile.toml`.
    Config,
    /// Nobody.
    Default,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag => f.write_str("--store"),
            Self::Environment(name) => write!(f, "{name} in the environment"),
            Self::DotEnv(name) => write!(f, "{name} in .env"),
            Self::Config => f.write_str("store in woodpile.toml"),
            Self::Default => f.write_str("the default; set WOODPILE_STORE or --store to change it"),
        }
    }
}

/// A store and who chose it. `Display` is the line that tells the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Where the store is.
    pub location: Location,
    /// Who said so.
    pub source: Source,
}

/// The environment variables that name a store, in their order; whether only MongoDB is meant.
const VARIABLES: [(&str, bool); 4] =
    [("WOODPILE_STORE", false), ("MONGODB_URI", true), ("MONGOLAB_URI", true), ("MONGO_URL", true)];

impl Choice {
    /// The first that says something: the flag, the environment, `.env`, `woodpile.toml`, the default.
    /// The lookups give a variable's value by its name; an empty value counts as none.
    ///
    /// # Errors
    /// What was said names no store: says who said it and what was expected.
    pub fn pick(
        flag: Option<&str>,
        environment: impl Fn(&str) -> Option<String>,
        dot_env: impl Fn(&str) -> Option<String>,
        config: Option<&str>,
    ) -> Result<Self, LocationError> {
        if let Some(text) = flag {
            return Self::parse(text, Source::Flag, false);
        }
        for (name, mongo_only) in VARIABLES {
            if let Some(text) = environment(name).filter(|text| !text.trim().is_empty()) {
                return Self::parse(&text, Source::Environment(name), mongo_only);
            }
        }
        for (name, mongo_only) in VARIABLES {
            if let Some(text) = dot_env(name).filter(|text| !text.trim().is_empty()) {
                return Self::parse(&text, Source::DotEnv(name), mongo_only);
            }
        }
        if let Some(text) = config {
            return Self::parse(text, Source::Config, false);
        }
        let location = Location::File(Path::new(DEFAULT_FILE).to_owned());
        Ok(Self { location, source: Source::Default })
    }

    fn parse(text: &str, source: Source, mongo_only: bool) -> Result<Self, LocationError> {
        match text.parse() {
            // Other programs read these variables, too: a path in one of them is a mistake.
            Ok(Location::File(_) | Location::Server(_)) if mongo_only => {
                Err(LocationError::new("expected mongodb://… or mongodb+srv://…").said_by(source))
            }
            Ok(location) => Ok(Self { location, source }),
            Err(error) => Err(error.said_by(source)),
        }
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "keeping logs in {} ({})", self.location, self.source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, shown: &str) {
        let said = match text.parse::<Location>() {
            Ok(Location::File(path)) => format!("file {}", path.display()),
            Ok(location @ Location::Mongo(_)) => format!("mongo {location}"),
            Ok(location @ Location::Server(_)) => format!("server {location}"),
            Err(error) => format!("error {error}"),
        };
        assert_eq!(said, shown, "{text}");
    }

    #[test]
    fn a_text_names_a_file_a_database_or_a_server() {
        check("woodpile.db", "file woodpile.db");
        check(" /var/log/w.db\n", "file /var/log/w.db");
        check("C:\\logs\\w.db", "file C:\\logs\\w.db");
        check("file:logs.db", "file logs.db");
        check("file:///var/logs.db", "file /var/logs.db");
        check("file://localhost/var/logs.db", "file /var/logs.db");
        check("mongodb://localhost", "mongo mongodb://localhost");
        check("MONGODB+SRV://c.example/db", "mongo MONGODB+SRV://c.example/db");
        check("https://logs.example", "server https://logs.example");
        check("http://tok@127.0.0.1:8514/", "server http://***@127.0.0.1:8514/");
        check("http://[::1]:8514", "server http://[::1]:8514");
        check("http://localhost", "server http://localhost");
    }

    #[test]
    fn secrets_are_hidden() {
        check("mongodb://u:pw@h1,h2/db?w=1", "mongo mongodb://u:***@h1,h2/db?w=1");
        check("mongodb://u:p@w/x:y@h/db", "mongo mongodb://u:***@h/db");
        check("mongodb://u:p?w@h/db?w=1", "mongo mongodb://u:***@h/db?w=1");
        check("mongodb://u:p?x=1@h/db", "mongo mongodb://u:***@h/db");
        check("mongodb://h:1/db?appName=a@b", "mongo mongodb://h:1/db?appName=a@b");
        check(
            "mongodb://u:p@h:1/db?w=1&appName=a@b&proxyPassword=p@w",
            "mongo mongodb://u:***@h:1/db?w=1&appName=a@b&proxyPassword=***",
        );
        check("mongodb://u@h/db", "mongo mongodb://u@h/db");
        check(
            "mongodb://h/?tlsCertificateKeyFilePassword=pw&w=1",
            "mongo mongodb://h/?tlsCertificateKeyFilePassword=***&w=1",
        );
        check("https://TOKEN@logs.example", "server https://***@logs.example");
        let location: Location = "mongodb://u:pw@h".parse().unwrap();
        assert_eq!(format!("{location:?}"), "Location(mongodb://u:***@h)");
    }

    #[test]
    fn what_is_no_store_gets_an_error_that_names_what_was_expected() {
        let expected = "expected a file path, mongodb://…, mongodb+srv://… or https://TOKEN@host";
        check("", &format!("error the store's name is empty: {expected}"));
        check("postgres://u:pw@h/db", &format!("error postgres:// is no store: {expected}"));
        check("file:", "error file: names no file: expected file:///path");
        check(
            "file://elsewhere/x.db",
            "error file:// names a file of this machine: expected file:///path",
        );
        check(
            "http://t@logs.example",
            "error http:// would show the token to the network: use https://, or http:// on loopback",
        );
    }

    fn pick(
        flag: Option<&str>,
        env: &[(&str, &str)],
        dot: &[(&str, &str)],
        toml: Option<&str>,
    ) -> String {
        let lookup = |list: &[(&str, &str)], name: &str| {
            list.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        };
        match Choice::pick(flag, |name| lookup(env, name), |name| lookup(dot, name), toml) {
            Ok(choice) => choice.to_string(),
            Err(error) => format!("error: {error}"),
        }
    }

    #[test]
    fn the_first_that_says_something_chooses() {
        let env = [("MONGO_URL", "mongodb://c"), ("MONGODB_URI", "mongodb://u:pw@b")];
        let dot = [("WOODPILE_STORE", "d.db")];
        assert_eq!(pick(Some("f.db"), &env, &dot, None), "keeping logs in f.db (--store)");
        assert_eq!(
            pick(None, &env, &dot, None),
            "keeping logs in mongodb://u:***@b (MONGODB_URI in the environment)"
        );
        let empty = [("WOODPILE_STORE", " ")];
        assert_eq!(
            pick(None, &empty, &dot, Some("t.db")),
            "keeping logs in d.db (WOODPILE_STORE in .env)"
        );
        assert_eq!(
            pick(None, &[], &[], Some("t.db")),
            "keeping logs in t.db (store in woodpile.toml)"
        );
        assert_eq!(
            pick(None, &[], &[], None),
            "keeping logs in ./woodpile.db (the default; set WOODPILE_STORE or --store to change it)"
        );
    }

    #[test]
    fn a_wrong_choice_says_who_made_it() {
        assert_eq!(
            pick(None, &[("MONGODB_URI", "localhost:27017")], &[], None),
            "error: MONGODB_URI in the environment: expected mongodb://… or mongodb+srv://…"
        );
        assert!(pick(Some("redis://x"), &[], &[], None).starts_with("error: --store: redis:// is"));
    }
}
