//! What the processes print, line by line, each under its process's name: `09:41:07 web.1  | text`.

use super::plan::Instance;
use crate::clock;
use crate::run::lines::Lines;
use crate::run::output::Output;
use crate::run::stream::Show;
use crate::style::{Painter, Style};
use jiff::tz::TimeZone;
use rustix::io::Errno;
use std::sync::{Mutex, PoisonError};

/// Who speaks when we do.
pub(crate) const SYSTEM: &str = "system";

/// One for each kind of process, and again from the first.
const STYLES: [Style; 5] = [Style::Cyan, Style::Yellow, Style::Green, Style::Blue, Style::Red];

/// Standard output, shared by all processes, a whole line at a time.
#[derive(Debug)]
pub(crate) struct Screen {
    output: Mutex<Output>,
    painter: Painter,
    zone: TimeZone,
    width: usize,
}

impl Screen {
    /// As wide as the longest name needs.
    pub(crate) fn new(output: Output, color: bool, instances: &[Instance]) -> Self {
        let names = instances.iter().map(|instance| instance.name.len());
        Self {
            output: Mutex::new(output),
            painter: Painter { color },
            zone: TimeZone::system(),
            width: names.max().unwrap_or(0).max(SYSTEM.len()),
        }
    }

    /// Prints a line of our own.
    pub(crate) fn say(&self, name: &str, style: Style, text: &str) {
        // Without a reader there is nobody to tell.
        let _ = self.print(name, style, text.as_bytes());
    }

    fn print(&self, name: &str, style: Style, text: &[u8]) -> Result<(), Errno> {
        let time = clock::now().to_zoned(self.zone.clone()).strftime("%H:%M:%S").to_string();
        let mut line = String::new();
        let prefix = format!("{time} {name:width$} | ", width = self.width);
        self.painter.paint(style, &prefix, &mut line);
        let mut line = line.into_bytes();
        line.extend_from_slice(text);
        line.push(b'\n');
        self.output.lock().unwrap_or_else(PoisonError::into_inner).write(&line)
    }
}

/// The style of a process's lines.
pub(crate) fn style_of(instance: &Instance) -> Style {
    STYLES[instance.index % STYLES.len()]
}

/// One stream of a process on the screen.
#[derive(Debug)]
pub(crate) struct Lane<'s> {
    screen: &'s Screen,
    name: &'s str,
    style: Style,
    lines: Lines,
}

impl<'s> Lane<'s> {
    /// For a stream of this process.
    pub(crate) fn new(screen: &'s Screen, instance: &'s Instance) -> Self {
        let (name, style) = (&*instance.name, style_of(instance));
        Self { screen, name, style, lines: Lines::default() }
    }
}

impl Show for Lane<'_> {
    fn show(&mut self, bytes: &[u8]) -> Result<(), Errno> {
        let mut shown = Ok(());
        self.lines.feed(bytes, |line| {
            shown = shown.and_then(|()| self.screen.print(self.name, self.style, line.bytes));
        });
        shown
    }

    fn end(&mut self) -> Result<(), Errno> {
        let mut shown = Ok(());
        self.lines.finish(|line| {
            shown = self.screen.print(self.name, self.style, line.bytes);
        });
        shown
    }
}
