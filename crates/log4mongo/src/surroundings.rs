//! The edge that reads the environment and the files of the working folder.

use crate::builder::Builder;
use crate::env::{Surroundings, decide};
use crate::settings::{Outages, Settings, Target};
use crate::{InitError, Levels};
use std::io::ErrorKind;
use woodpile_store::dot_env;

const DOT_ENV: &str = ".env";
const CONFIG: &str = "woodpile.toml";
/// The variable that says which levels are kept, as for most Rust programs.
const LEVELS: &str = "RUST_LOG";

/// A variable; one that is no UTF-8 counts as none.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// What the environment asks for.
pub(crate) fn builder() -> Result<Builder, InitError> {
    let dot_env = text_of(DOT_ENV)?;
    let config = text_of(CONFIG)?.map(|text| store_in(&text)).transpose()?.flatten();
    let destination = decide(&Surroundings {
        environment: &variable,
        dot_env: &|name| dot_env.as_deref().and_then(|text| dot_env::lookup(text, name)),
        config: config.as_deref(),
    })?;
    Ok(Builder::new(Settings {
        target: Target::Decided(destination),
        outages: Outages::DefaultSpool,
        levels: levels()?,
        log_panics: true,
        ..Settings::default()
    }))
}

fn text_of(path: &str) -> Result<Option<String>, InitError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(InitError::File { path: path.into(), reason: error.to_string() }),
    }
}

/// `store` in `woodpile.toml`; the other keys are the command line's business.
fn store_in(text: &str) -> Result<Option<String>, InitError> {
    let failed = |reason| InitError::File { path: CONFIG.into(), reason };
    let table: toml::Table =
        text.parse().map_err(|error: toml::de::Error| failed(error.to_string()))?;
    match table.get("store") {
        None => Ok(None),
        Some(toml::Value::String(store)) => Ok(Some(store.clone())),
        Some(other) => Err(failed(format!(
            "store should be a path or URL in quotes, not {}",
            other.type_str()
        ))),
    }
}

/// As `RUST_LOG` says; else what happened, and of the program itself also what its developers look at.
fn levels() -> Result<Levels, InitError> {
    let said = variable(LEVELS).filter(|text| !text.trim().is_empty());
    let said = said.unwrap_or_else(|| default_levels(program().as_deref()));
    said.parse().map_err(InitError::Levels)
}

fn default_levels(program: Option<&str>) -> String {
    match program {
        Some(program) => format!("info,{program}=debug"),
        None => "info".to_owned(),
    }
}

/// The crate's name of this program, as its events' targets begin.
fn program() -> Option<String> {
    let path = std::env::current_exe().ok()?;
    let name = path.file_stem()?.to_str()?.replace('-', "_");
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_').then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_config_names_the_store_in_a_string() {
        let check = |text, expected: Result<Option<&str>, &str>| match (store_in(text), expected) {
            (Ok(found), Ok(expected)) => assert_eq!(found.as_deref(), expected, "{text}"),
            (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{error}"),
            (found, expected) => panic!("{text}: {found:?}, not {expected:?}"),
        };
        check("store = \"logs.db\"", Ok(Some("logs.db")));
        check("[server]\nlisten = \"x\"", Ok(None));
        check(
            "store = 7",
            Err("woodpile.toml: store should be a path or URL in quotes, not integer"),
        );
        check("store = ", Err("woodpile.toml: "));
    }

    #[test]
    fn a_program_sees_its_own_debug_events() {
        let levels: Levels = default_levels(Some("hello")).parse().unwrap();
        assert!(levels.enabled("hello::cart", crate::Level::Debug));
        assert!(!levels.enabled("hyper", crate::Level::Debug));
        assert!(levels.enabled("hyper", crate::Level::Info));
    }
}
