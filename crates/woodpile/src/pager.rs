//! What long output is read with, as git does it.

use crate::interrupt::Interrupt;
use crate::settings::{given, variable};
use anyhow::Context;
use rustix::termios::tcgetwinsize;
use std::io::{self, IsTerminal, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

/// What pagers are called when nobody says: quits where all fits, shows colours, leaves the text on the screen.
const LESS_OPTIONS: &str = "FRX";

/// A pager that may be started, and when.
#[derive(Debug)]
pub(crate) struct Pager {
    command: String,
    interrupt: Interrupt,
    rows: usize,
    columns: usize,
}

/// A pager that was started.
#[derive(Debug)]
pub(crate) struct RunningPager {
    input: Option<ChildStdin>,
    has_all: Arc<AtomicBool>,
    waiting: Option<JoinHandle<()>>,
}

impl Pager {
    /// What `WOODPILE_PAGER`, `PAGER` or else habit names; none where standard output is no terminal, and where they
    /// name `cat` or nothing.
    pub(crate) fn of(interrupt: Interrupt) -> Option<Self> {
        let stdout = io::stdout();
        if !stdout.is_terminal() || variable("TERM").is_none_or(|term| term == "dumb") {
            return None;
        }
        let command = ["WOODPILE_PAGER", "PAGER"].into_iter().find_map(given);
        let command = command.unwrap_or_else(|| "less".to_owned());
        let size = tcgetwinsize(&stdout).ok().filter(|size| size.ws_row > 0 && size.ws_col > 0)?;
        let (rows, columns) = (usize::from(size.ws_row), usize::from(size.ws_col));
        let is_wanted = !command.is_empty() && command != "cat";
        is_wanted.then_some(Self { command, interrupt, rows, columns })
    }

    /// How many lines of the screen the text takes, about.
    pub(crate) fn lines(&self, text: &str) -> usize {
        text.lines().map(|line| line.chars().count().div_ceil(self.columns).max(1)).sum()
    }

    /// Whether so many lines leave no room for the prompt.
    pub(crate) fn is_due(&self, lines: usize) -> bool {
        lines >= self.rows
    }

    /// Starts it. From then on Ctrl-C is the pager's, until it ends.
    pub(crate) fn start(&self) -> anyhow::Result<RunningPager> {
        let mut command = Command::new("sh");
        command.args(["-c", &self.command]).stdin(Stdio::piped());
        for (name, value) in [("LESS", LESS_OPTIONS), ("LV", "-c")] {
            if variable(name).is_none() {
                command.env(name, value);
            }
        }
        let mut child = command.spawn().with_context(|| {
            format!("cannot start the pager {}; PAGER=cat does without", self.command)
        })?;
        self.interrupt.ignore();
        let has_all = Arc::new(AtomicBool::new(false));
        let input = child.stdin.take();
        let waiting = thread::spawn({
            let (has_all, interrupt) = (Arc::clone(&has_all), self.interrupt.clone());
            move || end_with(child, &has_all, &interrupt)
        });
        Ok(RunningPager { input, has_all, waiting: Some(waiting) })
    }
}

/// Whoever leaves the pager before it has all wants nothing more.
fn end_with(mut child: Child, has_all: &AtomicBool, interrupt: &Interrupt) {
    let _ = child.wait();
    interrupt.heed();
    if !has_all.load(Ordering::SeqCst) {
        signal_hook::low_level::exit(0);
    }
}

impl Write for RunningPager {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.input.as_mut().map_or(Ok(bytes.len()), |input| input.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.input.as_mut().map_or(Ok(()), Write::flush)
    }
}

impl Drop for RunningPager {
    fn drop(&mut self) {
        self.has_all.store(true, Ordering::SeqCst);
        self.input = None;
        if let Some(waiting) = self.waiting.take() {
            let _ = waiting.join();
        }
    }
}
