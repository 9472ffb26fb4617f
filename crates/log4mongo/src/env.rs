//! What the environment asks for: as heroku-log4mongo reads it, without its mistakes.

use crate::InitError;
use std::fmt;
use woodpile_store::{Choice, Location, Source};

/// Set by `woodpile run` and `woodpile start`, which keep what comes on standard output.
const CAPTURED: &str = "WOODPILE_CAPTURED";
/// heroku-log4mongo's switch between the database and the terminal.
const VERSION: &str = "VERSION";
/// What the seed's scripts write into `.env`, as they spell it, and its kin.
const ON_THE_TERMINAL: [&str; 5] = ["development", "developement", "test", "staging", "local"];
const IN_PRODUCTION: &str = "production";
/// Why the default file is used.
const DEFAULTED: &str =
    "VERSION=production without a URL; set MONGODB_URI or WOODPILE_STORE to change it";

/// Where the settings are looked up: by the name of a variable, or a key of a file.
pub(crate) struct Surroundings<'a> {
    pub(crate) environment: &'a dyn Fn(&str) -> Option<String>,
    /// `.env` of the working folder.
    pub(crate) dot_env: &'a dyn Fn(&str) -> Option<String>,
    /// `store` in `woodpile.toml`.
    pub(crate) config: Option<&'a str>,
}

/// Where the records go, and why. `Display` is the line that tells the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Destination {
    /// As JSON lines to standard output, for the `woodpile` that reads it.
    Captured,
    /// As lines for people to standard output.
    Terminal {
        /// The version that says so, if one does.
        version: Option<String>,
    },
    /// Into a store.
    Store {
        /// Where that is.
        location: Location,
        /// Who said so.
        why: String,
    },
}

/// Decides by the environment alone.
pub(crate) fn decide(around: &Surroundings<'_>) -> Result<Destination, InitError> {
    if said(around.environment, CAPTURED).is_some() {
        return Ok(Destination::Captured);
    }
    let version = said(around.environment, VERSION).or_else(|| said(around.dot_env, VERSION));
    let is_version = |name: &str| version.as_deref().is_some_and(|v| v.eq_ignore_ascii_case(name));
    if ON_THE_TERMINAL.into_iter().any(is_version) {
        return Ok(Destination::Terminal { version });
    }
    let choice = Choice::pick(None, around.environment, around.dot_env, around.config)
        .map_err(InitError::Location)?;
    if choice.source == Source::Default && !is_version(IN_PRODUCTION) {
        return Ok(Destination::Terminal { version: None });
    }
    let why = match choice.source {
        Source::Default => DEFAULTED.to_owned(),
        source => source.to_string(),
    };
    Ok(Destination::Store { location: choice.location, why })
}

/// A variable's value, unless it is empty.
fn said(lookup: &dyn Fn(&str) -> Option<String>, name: &str) -> Option<String> {
    lookup(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Captured => f.write_str("logs go to standard output, to be kept by woodpile"),
            Self::Terminal { version: Some(version) } => {
                write!(f, "logs go to standard output and are not kept (VERSION={version})")
            }
            Self::Terminal { version: None } => f.write_str(
                "logs go to standard output and are not kept: set VERSION=production, WOODPILE_STORE or MONGODB_URI to keep them",
            ),
            Self::Store { location, why } => write!(f, "keeping logs in {location} ({why})"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The environment, what `.env` says and what `woodpile.toml` says, against the line for the operator.
    fn check(
        environment: &[(&str, &str)],
        dot_env: &[(&str, &str)],
        config: Option<&str>,
        shown: &str,
    ) {
        let lookup = |list: &[(&str, &str)], name: &str| {
            list.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        };
        let around = Surroundings {
            environment: &|name| lookup(environment, name),
            dot_env: &|name| lookup(dot_env, name),
            config,
        };
        let said = match decide(&around) {
            Ok(destination) => destination.to_string(),
            Err(error) => format!("error: {error}"),
        };
        assert!(said.starts_with(shown), "{environment:?} {dot_env:?}: {said}");
    }

    const URI: (&str, &str) = ("MONGODB_URI", "mongodb://u:secret@h/db");
    const KEPT: &str = "keeping logs in mongodb://u:***@h/db (MONGODB_URI in the environment)";
    const NOT_KEPT: &str = "logs go to standard output and are not kept";

    #[test]
    fn the_version_chooses_between_the_store_and_the_terminal() {
        check(&[URI, ("VERSION", "production")], &[], None, KEPT);
        for version in ["development", "developement", "test", "staging", "local", "TEST"] {
            let why = format!("{NOT_KEPT} (VERSION={version})");
            check(&[URI, ("VERSION", version)], &[], None, &why);
        }
        check(&[URI, ("VERSION", "v42")], &[], None, KEPT);
        check(&[URI], &[], None, KEPT);
        check(&[URI, ("VERSION", " ")], &[], None, KEPT);
        check(
            &[],
            &[],
            None,
            "logs go to standard output and are not kept: set VERSION=production",
        );
        check(&[("VERSION", "v42")], &[], None, NOT_KEPT);
    }

    #[test]
    fn production_without_a_url_means_a_file() {
        let file = "keeping logs in ./woodpile.db (VERSION=production without a URL";
        check(&[("VERSION", "production")], &[], None, file);
        check(&[], &[("VERSION", "production")], None, file);
    }

    #[test]
    fn the_files_of_the_folder_are_asked_after_the_environment() {
        let dot = [("MONGOLAB_URI", "mongodb://m/db"), ("VERSION", "developement")];
        check(
            &[],
            &dot,
            None,
            "logs go to standard output and are not kept (VERSION=developement)",
        );
        let production = [("VERSION", "production")];
        check(&production, &dot, None, "keeping logs in mongodb://m/db (MONGOLAB_URI in .env)");
        check(&[], &[], Some("t.db"), "keeping logs in t.db (store in woodpile.toml)");
    }

    #[test]
    fn captured_wins_over_all() {
        let captured = "logs go to standard output, to be kept by woodpile";
        check(&[URI, ("VERSION", "production"), ("WOODPILE_CAPTURED", "1")], &[], None, captured);
        check(&[URI, ("WOODPILE_CAPTURED", "")], &[], None, KEPT);
    }

    #[test]
    fn a_url_that_is_none_is_named_with_who_said_it() {
        check(
            &[("WOODPILE_STORE", "redis://u:secret@h")],
            &[],
            None,
            "error: WOODPILE_STORE in the environment: redis:// is no store",
        );
    }
}
