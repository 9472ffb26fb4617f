//! Drives the real binary as its users do: arguments, files and the environment in; output and exit code out.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by a panic")]

mod check;
mod export;
mod flask;
mod forget;
mod harness;
mod import;
mod install;
mod kill;
mod logs;
mod mongo;
mod outage;
mod pack;
mod pager;
mod query;
mod quota;
mod rule;
mod run;
mod serve;
mod settings;
mod shapes;
mod start;
mod stats;
mod token;
