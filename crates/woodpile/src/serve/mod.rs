//! `woodpile serve`: takes in what programs send, and answers who searches.

mod asked;
mod greeting;

use crate::exit::{INTERRUPTED, say, usage};
use crate::settings::Settings;
use crate::target::Target;
use anyhow::{Context, bail};
use asked::server_settings;
use clap::Args;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use signal_hook::iterator::Signals;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use woodpile_keep::{Intake, IntakeSettings};
use woodpile_server::{Parts, Server, StartError};
use woodpile_store::DefaultSpool;

/// How long what is under way may take to end: those who stop services wait ten seconds, or more.
const STOP_DEADLINE: Duration = Duration::from_secs(8);

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// Where to listen for HTTP: an address with a port, or a port of this machine alone [default:
    /// 127.0.0.1:8514; where PORT is set, 0.0.0.0 with that port]
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: Option<String>,
    /// Serve HTTPS with this certificate, as PEM; it is read again when it changes
    #[arg(long, value_name = "FILE")]
    pub(crate) tls_cert: Option<PathBuf>,
    /// The certificate's key, as PEM
    #[arg(long, value_name = "FILE")]
    pub(crate) tls_key: Option<PathBuf>,
    /// Take syslog here, over UDP and TCP, such as 0.0.0.0:514
    #[arg(long, value_name = "ADDR")]
    pub(crate) syslog: Option<String>,
    /// Take syslog over TLS here, with the same certificate
    #[arg(long, value_name = "ADDR")]
    pub(crate) syslog_tls: Option<String>,
    /// Follow the files of this pattern, such as '/var/log/nginx/*.log'; may be given several times
    #[arg(long, value_name = "GLOB")]
    pub(crate) follow: Vec<String>,
}

/// Serves until it is told to end.
pub(crate) fn execute(args: &ServeArgs, settings: &Settings) -> anyhow::Result<ExitCode> {
    let serving = server_settings(args, settings.serve())?;
    let target = Target::prepare(settings)?;
    let mut signals = listen_to_signals()?;
    allow_many_connections();
    let parts = start_intake(target)?;
    let tell = Arc::new(|text: &str| say(&format!("woodpile: {text}")));
    let server = Server::start(&serving, parts, tell).map_err(refused)?;
    greeting::say_where(&serving, &server);
    let signal = signals.forever().next();
    say("woodpile: ending; what is under way is finished first");
    if !server.stop(STOP_DEADLINE) {
        bail!(
            "not everything was finished within {STOP_DEADLINE:?}: what was not acknowledged has to be sent again"
        );
    }
    Ok(if signal == Some(SIGINT) { ExitCode::from(INTERRUPTED) } else { ExitCode::SUCCESS })
}

fn start_intake(target: Target) -> anyhow::Result<Parts> {
    let Target { connect, store, spool, spool_lasts, pack_after } = target;
    let settings = IntakeSettings {
        spool_lasts,
        pack_after: Some(pack_after),
        rules: Some(woodpile_rules::READ),
        ..Default::default()
    };
    let spool = spool.map(|DefaultSpool { spool, .. }| spool);
    let notices = Box::new(|notice: &_| say(&format!("woodpile: {notice}")));
    let intake = Intake::start(connect, spool, notices, settings);
    Ok(Parts { intake: intake.context("cannot start the threads that keep logs")?, store })
}

/// What the operator has to change is a matter of usage.
fn refused(error: StartError) -> anyhow::Error {
    match error {
        StartError::Open { .. } => usage(error.to_string()),
        error => error.into(),
    }
}

/// The first SIGTERM or Ctrl-C is waited for, a second ends the program at once.
fn listen_to_signals() -> anyhow::Result<Signals> {
    let again = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        // The shutdown is registered first: at the first signal the flag is still down.
        flag::register_conditional_shutdown(signal, i32::from(INTERRUPTED), Arc::clone(&again))
            .and_then(|_| flag::register(signal, Arc::clone(&again)))
            .context("cannot listen to signals")?;
    }
    Signals::new([SIGINT, SIGTERM]).context("cannot listen to signals")
}

/// Each connection is an open file: takes as many as the system lets this process have.
fn allow_many_connections() {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    // Without it fewer connections are served, no more.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
}
