//! Watches over the processes: the end of one is the end of all.

use super::plan::Instance;
use super::process::{End, Running, Surroundings};
use super::screen::{Lane, SYSTEM, Screen, style_of};
use crate::clock;
use crate::exit::FAILED;
use crate::run::capture::{Origin, hostname};
use crate::run::keeping::Keeping;
use crate::run::signals::{Received, Signals};
use crate::run::source::Source;
use crate::run::stream::{self, Ending};
use crate::style::Style;
use anyhow::Context;
use rustix::process::Signal;
use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGUSR2};
use std::io::{self, PipeReader, PipeWriter};
use std::path::Path;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, Scope};
use std::time::{Duration, Instant};

/// How long processes have to stop before they are killed.
const PATIENCE: Duration = Duration::from_secs(5);

/// How soon after a signal to stop another one is the same, sent to us and to our process group, as
/// `timeout` does. A later one means that the user has no more patience.
const ECHO: Duration = Duration::from_millis(500);

/// What we listen to: TERM, INT and HUP stop everything, USR1 and USR2 are forwarded.
const LISTENED: &[i32] = &[SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2];

/// What is to be run, and where its output goes.
#[derive(Debug)]
pub(crate) struct Job<'j> {
    pub(crate) instances: &'j [Instance],
    /// The variables of the `.env` files.
    pub(crate) variables: &'j [(String, String)],
    /// Where the processes run.
    pub(crate) folder: &'j Path,
    pub(crate) screen: &'j Screen,
    pub(crate) keeping: &'j Keeping,
}

/// What may happen.
#[derive(Debug)]
enum Event {
    /// We were sent a signal.
    Signal(Received),
    /// A stream of the process with this number was left.
    StreamEnded(usize, Ending),
}

/// Runs everything to its end; the exit code is that of the first process that ended.
pub(crate) fn run(job: &Job<'_>) -> anyhow::Result<u8> {
    let (sender, events) = mpsc::channel();
    listen(sender.clone())?;
    let pipes = Pipes::new().context("cannot make a pipe")?;
    thread::scope(|scope| {
        let mut watch = Watch::new(job, pipes.ended, pipes.killed, sender);
        let around =
            Surroundings { variables: job.variables, folder: job.folder, stdin: &pipes.stdin };
        for instance in job.instances {
            match Running::start(instance, &around) {
                Ok(running) => watch.attend(scope, instance, running),
                Err(error) => watch.fail(instance, &error),
            }
            if watch.is_stopping {
                break;
            }
        }
        let code = watch.follow(&events);
        // Held until here, so that no process found its standard input at its end.
        drop(pipes.stdin_open);
        Ok(code)
    })
}

/// Signals become events, on a thread that lasts as long as we do.
fn listen(events: Sender<Event>) -> anyhow::Result<()> {
    let mut signals = Signals::listen(LISTENED)?;
    thread::Builder::new()
        .name("signals".into())
        .spawn(move || while events.send(Event::Signal(signals.next())).is_ok() {})
        .context("cannot start a thread for signals")?;
    Ok(())
}

/// Pipes that carry nothing but their end.
struct Pipes {
    stdin: PipeReader,
    stdin_open: PipeWriter,
    ended: PipeReader,
    killed: PipeWriter,
}

impl Pipes {
    fn new() -> io::Result<Self> {
        let (stdin, stdin_open) = io::pipe()?;
        let (ended, killed) = io::pipe()?;
        Ok(Self { stdin, stdin_open, ended, killed })
    }
}

/// The processes that run, and how far their end has come.
struct Watch<'j> {
    job: &'j Job<'j>,
    running: Vec<(&'j Instance, Running)>,
    open_streams: usize,
    /// Whether everything was told to stop.
    is_stopping: bool,
    /// When everything that is then still there will be killed.
    deadline: Option<Instant>,
    /// Closed when everything was killed: what still holds a stream then has slipped away.
    killed: Option<PipeWriter>,
    /// At its end then: the streams' threads watch it beside their pipes.
    ended: PipeReader,
    events: Sender<Event>,
    /// When a signal told us to stop.
    asked: Option<Instant>,
    code: Option<u8>,
}

impl<'j> Watch<'j> {
    fn new(job: &'j Job<'j>, ended: PipeReader, killed: PipeWriter, events: Sender<Event>) -> Self {
        Self {
            job,
            ended,
            events,
            running: Vec::new(),
            open_streams: 0,
            is_stopping: false,
            deadline: None,
            killed: Some(killed),
            asked: None,
            code: None,
        }
    }

    /// Shows and keeps what the process prints.
    fn attend<'scope>(
        &mut self,
        scope: &'scope Scope<'scope, 'j>,
        instance: &'j Instance,
        mut running: Running,
    ) {
        self.tell(instance, &format!("started with pid {}", running.id()));
        let origin = origin(instance, running.id());
        let (index, streams) = (self.running.len(), running.streams());
        self.running.push((instance, running));
        for stream in streams {
            let source = match self.ended.try_clone() {
                Ok(ended) => Source::new(stream, ended),
                Err(error) => return self.fail(instance, &error),
            };
            let lane = Lane::new(self.job.screen, instance);
            let capture = self.job.keeping.capture(&origin, None);
            let events = self.events.clone();
            self.open_streams += 1;
            scope.spawn(move || {
                let ending = stream::pass(source, lane, capture);
                // Nobody listens once everything has ended.
                let _ = events.send(Event::StreamEnded(index, ending));
            });
        }
    }

    fn fail(&mut self, instance: &Instance, error: &io::Error) {
        self.tell(instance, &format!("cannot be started: {error}"));
        self.code = Some(FAILED);
        self.stop();
    }

    /// Waits until every process and every stream has ended.
    fn follow(mut self, events: &Receiver<Event>) -> u8 {
        while self.open_streams > 0 || self.running.iter().any(|(_, running)| running.end.is_none())
        {
            match self.next(events) {
                Some(Event::Signal(signal)) => self.heed(signal),
                Some(Event::StreamEnded(index, ending)) => self.close_stream(index, ending),
                None => self.kill(),
            }
        }
        for (_, running) in self.running {
            running.reap();
        }
        self.code.unwrap_or(0)
    }

    /// The next event; `None` when the deadline has passed.
    fn next(&self, events: &Receiver<Event>) -> Option<Event> {
        let Some(deadline) = self.deadline else { return events.recv().ok() };
        events.recv_timeout(deadline.saturating_duration_since(clock::instant())).ok()
    }

    fn heed(&mut self, signal: Received) {
        match signal.number {
            SIGCHLD => self.look_for_ends(),
            SIGUSR1 => self.signal_all(Signal::USR1),
            SIGUSR2 => self.signal_all(Signal::USR2),
            number => match self.asked {
                None => self.shut_down(number),
                Some(first) if first.elapsed() > ECHO => self.kill(),
                Some(_) => {}
            },
        }
    }

    fn shut_down(&mut self, signal: i32) {
        let name = signal_hook::low_level::signal_name(signal).unwrap_or("a signal");
        self.say(&format!("{name} received, starting shutdown"));
        self.asked = Some(clock::instant());
        self.stop();
    }

    fn look_for_ends(&mut self) {
        for index in 0..self.running.len() {
            let (instance, running) = &mut self.running[index];
            let instance: &Instance = instance;
            if running.has_just_ended()
                && let Some(end) = running.end
            {
                self.tell(instance, &end.describe());
                self.take_code(end);
                self.stop();
            }
        }
    }

    fn close_stream(&mut self, index: usize, ending: Ending) {
        self.open_streams -= 1;
        if ending == Ending::LeftOpen {
            let instance = self.running[index].0;
            self.tell(instance, "left a process behind, whose output is not kept from now on");
        }
    }

    /// The first end counts. That our own signal ended a process when we were asked to stop is no failure.
    fn take_code(&mut self, end: End) {
        if !(self.asked.is_some() && matches!(end, End::Killed(_))) {
            self.code.get_or_insert(end.code());
        }
    }

    /// Tells everything to stop, once.
    fn stop(&mut self) {
        if !std::mem::replace(&mut self.is_stopping, true) {
            self.say("sending SIGTERM to all processes");
            self.signal_all(Signal::TERM);
            self.deadline = Some(clock::instant() + PATIENCE);
        }
    }

    fn kill(&mut self) {
        self.deadline = None;
        if self.killed.take().is_some() {
            self.say("sending SIGKILL to all processes");
            self.signal_all(Signal::KILL);
        }
    }

    fn signal_all(&self, signal: Signal) {
        for (_, running) in &self.running {
            running.signal(signal);
        }
    }

    fn say(&self, text: &str) {
        self.job.screen.say(SYSTEM, Style::Plain, text);
    }

    fn tell(&self, instance: &Instance, text: &str) {
        self.job.screen.say(&instance.name, style_of(instance), text);
    }
}

/// The kind of process is the app, so that `@web` finds all of its instances; each one's name is a tag.
fn origin(instance: &Instance, process: u32) -> Origin {
    Origin {
        app: Some(instance.kind.clone()),
        tags: vec![instance.name.clone()],
        hostname: hostname(),
        process: i64::from(process),
    }
}
