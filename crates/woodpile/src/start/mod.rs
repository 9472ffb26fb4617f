//! `woodpile start`: a Procfile's processes, as foreman runs them, their output shown and kept.

mod formation;
mod plan;
mod process;
mod procfile;
mod screen;
mod supervise;

use crate::cli::StartArgs;
use crate::exit::{say, usage};
use crate::run::keeping::Keeping;
use crate::run::output::Output;
use crate::settings::Settings;
use anyhow::Context;
use formation::Formation;
use plan::Instance;
use screen::Screen;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use supervise::Job;
use woodpile_store::dot_env;

/// The environment file that may be missing.
const DOT_ENV: &str = ".env";

/// Runs the processes until one of them ends, or we are told to.
pub(crate) fn execute(args: &StartArgs, settings: &Settings) -> anyhow::Result<ExitCode> {
    let variables = variables(&args.env)?;
    let instances = instances(args, &variables)?;
    let folder = args.procfile.parent().filter(|folder| !folder.as_os_str().is_empty());
    let keeping = Keeping::start(settings)?;
    let output = Output::stdout().context("cannot use standard output")?;
    let screen = Screen::new(output, settings.color(), &instances);
    let job = Job {
        instances: &instances,
        variables: &variables,
        folder: folder.unwrap_or(Path::new(".")),
        screen: &screen,
        keeping: &keeping,
    };
    let code = supervise::run(&job)?;
    keeping.finish();
    Ok(ExitCode::from(code))
}

fn instances(args: &StartArgs, variables: &[(String, String)]) -> anyhow::Result<Vec<Instance>> {
    let path = args.procfile.display();
    let wrong = |error: &dyn std::fmt::Display| usage(format!("{path}: {error}"));
    let text = read_procfile(&args.procfile)?;
    let processes = procfile::parse(&text).map_err(|error| wrong(&error))?;
    let names: Vec<_> = processes.iter().map(|process| process.name.as_str()).collect();
    let formation = args.formation.as_deref().map_or(Ok(Formation::default()), |text| {
        Formation::parse(text, &names).map_err(|error| usage(format!("-m {text}: {error}")))
    })?;
    let in_dot_env = variables.iter().rev().find(|(name, _)| name == "PORT");
    let in_dot_env = in_dot_env.map(|(_, value)| value.as_str());
    let environment = environment_port();
    let base = plan::base_port(args.port, in_dot_env, environment.as_deref()).map_err(usage)?;
    plan::instances(&processes, &formation, base).map_err(usage)
}

#[expect(clippy::disallowed_methods, reason = "the binary is where the environment is read")]
fn environment_port() -> Option<String> {
    std::env::var("PORT").ok()
}

fn read_procfile(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).map_err(|error| {
        let remedy = match error.kind() {
            io::ErrorKind::NotFound => {
                ": write one with a line such as `web: gunicorn app:app`, or name another with -f"
            }
            _ => "",
        };
        usage(format!("cannot read the Procfile {}: {error}{remedy}", path.display()))
    })
}

/// The variables of all files, the later after the earlier. Without files `.env`, where there is one.
fn variables(files: &[PathBuf]) -> anyhow::Result<Vec<(String, String)>> {
    if files.is_empty() && !Path::new(DOT_ENV).exists() {
        return Ok(Vec::new());
    }
    let default = [PathBuf::from(DOT_ENV)];
    let files = if files.is_empty() { &default } else { files };
    let mut variables = Vec::new();
    for path in files {
        let text = fs::read_to_string(path).map_err(|error| {
            usage(format!("cannot read the environment file {}: {error}", path.display()))
        })?;
        for line in dot_env::unread_lines(&text) {
            say(&format!("{}, line {line}: not NAME=value, passed over", path.display()));
        }
        let named = dot_env::parse(&text);
        variables.extend(named.map(|(name, value)| (name.to_owned(), value.into_owned())));
    }
    Ok(variables)
}
