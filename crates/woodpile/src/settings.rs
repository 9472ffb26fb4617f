//! What the command line means, with the environment and `woodpile.toml`: flags beat environment beats file.

use crate::cli::{ColorChoice, GlobalArgs};
use crate::exit::{say, usage};
use anyhow::bail;
use clap::ValueEnum;
use serde::Deserialize;
use std::io::{self, ErrorKind, IsTerminal};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use woodpile_store::{Choice, Location, OpenOptions, Store, dot_env, open};

/// The configuration of the working folder.
const CONFIG_FILE: &str = "woodpile.toml";

/// What every command needs to know.
#[derive(Debug)]
pub(crate) struct Settings {
    /// The store, and who chose it.
    choice: Choice,
    color: ColorChoice,
    serve: ServeConfig,
}

/// What `woodpile.toml` may say.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    store: Option<String>,
    color: Option<ColorChoice>,
    listen: Option<String>,
    tls_cert: Option<PathBuf>,
    tls_key: Option<PathBuf>,
    syslog: Option<String>,
    syslog_tls: Option<String>,
    #[serde(default)]
    follow: Vec<String>,
}

/// What `woodpile.toml` says of `serve`.
#[derive(Debug, Default)]
pub(crate) struct ServeConfig {
    pub(crate) listen: Option<String>,
    pub(crate) tls_cert: Option<PathBuf>,
    pub(crate) tls_key: Option<PathBuf>,
    pub(crate) syslog: Option<String>,
    pub(crate) syslog_tls: Option<String>,
    pub(crate) follow: Vec<String>,
}

impl Settings {
    /// Asks the flags, then the environment, then `.env` and `woodpile.toml` of the working folder.
    pub(crate) fn gather(flags: &GlobalArgs) -> anyhow::Result<Self> {
        let config = read_config(Path::new(CONFIG_FILE))?;
        let choice = choose_store(flags.store.as_deref(), config.store.as_deref())?;
        let color = match (flags.color, variable("WOODPILE_COLOR")) {
            (Some(color), _) => color,
            (None, Some(text)) => ColorChoice::from_str(&text, true).map_err(|_| {
                usage(format!("WOODPILE_COLOR={text}: expected auto, always or never"))
            })?,
            (None, None) => config.color.unwrap_or(ColorChoice::Auto),
        };
        let Config { listen, tls_cert, tls_key, syslog, syslog_tls, follow, .. } = config;
        let serve = ServeConfig { listen, tls_cert, tls_key, syslog, syslog_tls, follow };
        Ok(Self { choice, color, serve })
    }

    /// Opens the store for reading, after saying once on standard error which one it is, and why.
    pub(crate) fn open_to_read(&self) -> anyhow::Result<Arc<dyn Store>> {
        say(&format!("reading {} ({})", self.choice.location, self.choice.source));
        self.open(OpenOptions::READ)
    }

    /// The same for writing: a file that is not there is made.
    pub(crate) fn open_to_write(&self) -> anyhow::Result<Arc<dyn Store>> {
        say(&self.choice.to_string());
        self.open(OpenOptions::WRITE)
    }

    /// The same for changing how what is there is stored: nothing is made.
    pub(crate) fn open_to_change(&self) -> anyhow::Result<Arc<dyn Store>> {
        say(&format!("working on {} ({})", self.choice.location, self.choice.source));
        self.open(OpenOptions { create: false, read_only: false })
    }

    /// The store for a glance, if it is a file that is there: nothing is said.
    pub(crate) fn glance() -> Option<Arc<dyn Store>> {
        let config = read_config(Path::new(CONFIG_FILE)).ok()?;
        let choice = choose_store(None, config.store.as_deref()).ok()?;
        let is_file = matches!(&choice.location, Location::File(path) if path.exists());
        is_file.then(|| open(&choice.location, &OpenOptions::READ).ok())?
    }

    fn open(&self, options: OpenOptions) -> anyhow::Result<Arc<dyn Store>> {
        if matches!(self.choice.location, Location::Server(_)) {
            return Err(usage(format!(
                "{}: this release does not read from a server; name a file or mongodb://…",
                self.choice.location
            )));
        }
        if let Location::File(path) = &self.choice.location
            && !options.create
            && !path.exists()
        {
            bail!(
                "{} is not there yet: `woodpile run -- CMD` and `woodpile import FILE` make it, and \
                 --store names another",
                path.display()
            );
        }
        Ok(open(&self.choice.location, &options)?)
    }

    /// What `woodpile.toml` says of `serve`.
    pub(crate) fn serve(&self) -> &ServeConfig {
        &self.serve
    }

    /// The store, and who chose it.
    pub(crate) fn choice(&self) -> &Choice {
        &self.choice
    }

    /// Whether to use colours on standard output.
    pub(crate) fn color(&self) -> bool {
        match self.color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => {
                variable("NO_COLOR").is_none()
                    && variable("TERM").is_none_or(|term| term != "dumb")
                    && (io::stdout().is_terminal()
                        || variable("CLICOLOR_FORCE").is_some_and(|force| force != "0"))
            }
        }
    }
}

fn choose_store(flag: Option<&str>, config: Option<&str>) -> anyhow::Result<Choice> {
    let dot_env = read_if_there(Path::new(".env"))?;
    let in_dot_env = |name: &str| dot_env::lookup(&dot_env, name);
    Choice::pick(flag, variable, in_dot_env, config).map_err(|error| usage(error.to_string()))
}

/// A variable of the environment that is there and not empty.
pub(crate) fn variable(name: &str) -> Option<String> {
    given(name).filter(|value| !value.is_empty())
}

/// A variable of the environment that is there.
#[expect(clippy::disallowed_methods, reason = "the binary is where the environment is read")]
pub(crate) fn given(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn read_config(path: &Path) -> anyhow::Result<Config> {
    let text = read_if_there(path)?;
    toml::from_str(&text).map_err(|error| usage(format!("{}: {error}", path.display())))
}

fn read_if_there(path: &Path) -> anyhow::Result<String> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(usage(format!("cannot read {}: {error}", path.display()))),
    }
}
