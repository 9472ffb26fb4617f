//! `woodpile run`: a command's output passed through unchanged, and kept.
//!
//! Each stream of the command is a pipe with a thread of its own, which writes what comes to our own
//! output at once and only then makes records of it. Records go to a queue that never waits, so the
//! command feels neither a slow store nor one that is away. Within another `woodpile run` or `start`,
//! which keeps the output already, the command simply takes our place.

pub(crate) mod capture;
pub(crate) mod command;
pub(crate) mod keeping;
pub(crate) mod lines;
pub(crate) mod output;
pub(crate) mod signals;
pub(crate) mod source;
pub(crate) mod stream;

use crate::cli::RunArgs;
use crate::exit::say;
use crate::settings::Settings;
use anyhow::Context;
use capture::{Capture, Origin};
use command::code_of;
use keeping::Keeping;
use output::Output;
use signal_hook::consts::SIGCHLD;
use signals::{FORWARDED, Signals};
use source::Source;
use std::io::{self, PipeReader, PipeWriter};
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::process::{Child, ExitCode, ExitStatus, Stdio};
use std::thread;
use stream::Ending;

/// Runs the command; its exit code is ours.
pub(crate) fn execute(args: &RunArgs, settings: &Settings) -> anyhow::Result<ExitCode> {
    let mut command = command::of(&args.command);
    if command::is_captured() {
        // Replaces this process; returns only if it cannot.
        let error = command.exec();
        return Ok(command::refuse(command.get_program(), &error));
    }
    let keeping = Keeping::start(settings)?;
    // Before the command starts, so that no signal is missed, and nothing can fail once it runs.
    let mut signals = Signals::listen(FORWARDED)?;
    let screens = Screens::new().context("cannot use standard output and error")?;
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = match command.spawn() {
        Ok(child) => child,
        Err(error) => return Ok(command::refuse(command.get_program(), &error)),
    };
    let origin = Origin::of_command(&args.command, child.id());
    let capture = || keeping.capture(&origin, args.collection.as_deref());
    let status = attend(child, &mut signals, screens, capture)?;
    keeping.finish();
    Ok(ExitCode::from(code_of(status)))
}

/// Where the command's streams are shown.
struct Screens {
    stdout: Output,
    stderr: Output,
    /// At their end when the command has ended: the streams' threads watch them beside their pipes.
    ended: [PipeReader; 2],
    running: PipeWriter,
}

impl Screens {
    fn new() -> io::Result<Self> {
        let (ended, running) = io::pipe()?;
        let ended = [ended.try_clone()?, ended];
        Ok(Self { stdout: Output::stdout()?, stderr: Output::stderr()?, ended, running })
    }
}

/// Passes on what the command prints, and the signals it is sent, until it has ended.
fn attend<'k>(
    mut child: Child,
    signals: &mut Signals,
    screens: Screens,
    capture: impl Fn() -> Capture<'k>,
) -> anyhow::Result<ExitStatus> {
    let Screens { stdout, stderr, ended, running } = screens;
    let pipes = [child.stdout.take().map(OwnedFd::from), child.stderr.take().map(OwnedFd::from)];
    thread::scope(|scope| {
        let mut threads = Vec::new();
        for ((pipe, ended), screen) in pipes.into_iter().zip(ended).zip([stdout, stderr]) {
            let Some(pipe) = pipe else { continue };
            let (source, capture) = (Source::new(pipe, ended), capture());
            threads.push(scope.spawn(move || stream::pass(source, screen, capture)));
        }
        let status = wait(&mut child, signals);
        drop(running);
        let mut endings = threads.into_iter().filter_map(|thread| thread.join().ok());
        if endings.any(|ending| ending == Ending::LeftOpen) {
            say(
                "woodpile: the command left a process behind that still holds its output; what it \
                 prints from now on is neither shown nor kept",
            );
        }
        status
    })
}

/// Waits for the command to end, and forwards signals meanwhile.
fn wait(child: &mut Child, signals: &mut Signals) -> anyhow::Result<ExitStatus> {
    loop {
        if let Some(status) = child.try_wait().context("cannot wait for the command")? {
            return Ok(status);
        }
        // Only this thread reaps the child, so its number is still its own.
        match signals.next() {
            signal if signal.number == SIGCHLD => {}
            signal => signals::forward(signal, child.id()),
        }
    }
}
