//! One record of which more lines may come.

use crate::joiner::{Emit, Joined};
use crate::lines::{Incoming, Lines};
use crate::trace::{Trace, is_error_of_frames};
use crate::{Context, Format, Line, own, parse};
use woodpile_record::{Entry, Severity};

/// The level of an error that nobody caught, and to which no logger gave one.
const UNCAUGHT: &str = "ERROR";

/// A record's first line, and those that were found to belong to it.
#[derive(Debug)]
pub(crate) struct Held {
    format: Option<Format>,
    sender: String,
    lines: Lines,
    after_blank: bool,
    /// Whether the first line has a time or a level, once that was asked.
    has_header: Option<bool>,
    trace: Option<Started>,
}

/// A trace in a record.
#[derive(Debug, Clone, Copy)]
struct Started {
    trace: Trace,
    /// Where in the lines it begins; `None` if it is all of the record.
    at: Option<usize>,
    /// Whether it is of the error that the text before it names.
    of_text_before: bool,
}

impl Held {
    pub(crate) fn new(line: Incoming<'_>, format: Option<Format>) -> Self {
        let trace = Trace::begun_by(line.body);
        Self {
            format,
            sender: line.sender.to_owned(),
            lines: Lines::new(line),
            after_blank: false,
            has_header: None,
            trace: trace.map(|trace| Started { trace, at: None, of_text_before: false }),
        }
    }

    /// The number of its first line.
    pub(crate) fn first(&self) -> u64 {
        self.lines.first()
    }

    pub(crate) fn is_from(&self, sender: &str) -> bool {
        self.sender == sender
    }

    /// Takes the line if it belongs to the record and there is room.
    pub(crate) fn takes(&mut self, line: Incoming<'_>, context: &Context<'_>) -> bool {
        let takes = self.lines.has_room(line) && self.is_continued_by(line.body, context);
        if takes {
            self.push(line);
        }
        takes
    }

    /// Takes a line that belongs to the record whatever it looks like.
    pub(crate) fn take(&mut self, line: Incoming<'_>, context: &Context<'_>) {
        // It may begin a trace, or go on with one.
        let _ = self.is_continued_by(line.body, context);
        self.push(line);
    }

    fn push(&mut self, line: Incoming<'_>) {
        self.after_blank = is_blank(line.body);
        self.lines.push(line);
    }

    fn is_continued_by(&mut self, line: &str, context: &Context<'_>) -> bool {
        if let Some(started) = &mut self.trace {
            return started.trace.takes(line);
        }
        if is_blank(line) {
            return true;
        }
        if let Some(trace) = Trace::after(self.lines.all(), line) {
            return self.start(trace, true);
        }
        if self.after_blank {
            return false;
        }
        match Trace::begun_by(line).or_else(|| is_error_of_frames(line)) {
            Some(trace) => self.may_log(trace, context) && self.start(trace, false),
            None => {
                self.has_same_tag(line)
                    || is_indented_text(line, context) && self.has_header(context)
            }
        }
    }

    fn start(&mut self, trace: Trace, of_text_before: bool) -> bool {
        self.trace = Some(Started { trace, at: Some(self.lines.next()), of_text_before });
        true
    }

    /// Whether a logger may have written the trace behind its line; else nobody caught the error, and it is a record
    /// of its own.
    fn may_log(&self, trace: Trace, context: &Context<'_>) -> bool {
        if !trace.is_logged() {
            return false;
        }
        let head = self.head(context).entry;
        match head.level.as_deref().and_then(Severity::of) {
            Some(severity) => severity >= Severity::WARN,
            None => is_timed(&head) || names_an_error(&head.message),
        }
    }

    fn has_header(&mut self, context: &Context<'_>) -> bool {
        self.has_header.unwrap_or_else(|| {
            let head = self.head(context).entry;
            let found = is_timed(&head) || head.level.is_some();
            self.has_header = Some(found);
            found
        })
    }

    /// Rails tags each line of an error, but only the first has the logger's header.
    fn has_same_tag(&self, line: &str) -> bool {
        line.starts_with('[')
            && self.lines.head().contains(" -- ")
            && line.split_inclusive("] ").next().is_some_and(|tag| self.lines.head().contains(tag))
    }

    fn head(&self, context: &Context<'_>) -> Line<'_> {
        parse(self.lines.head(), self.format, context)
    }

    pub(crate) fn emit(&self, context: &Context<'_>, emit: &mut Emit<'_>) {
        let mut head = self.head(context);
        let entry = &mut head.entry;
        match self.trace {
            Some(Started { trace, at: None, .. }) => {
                set_uncaught(entry, trace, self.lines.bodies());
            }
            Some(Started { trace, at: Some(at), of_text_before }) => {
                append(entry, self.lines.range(self.lines.second(), at - 1));
                set_logged(entry, trace, self.lines.range(at, usize::MAX), of_text_before);
            }
            None => append(entry, self.lines.range(self.lines.second(), usize::MAX)),
        }
        self.lines.keep_bytes(entry);
        emit(Joined { first: self.lines.first(), route: head.route, entry: head.entry });
    }
}

/// All of the record is a trace: its message is what the error says, in the trace's own words.
fn set_uncaught<'a>(entry: &mut Entry<'a>, trace: Trace, text: &'a str) {
    entry.message = trace.summary(text).into();
    entry.exception = Some(trace.exception(text));
    entry.level.get_or_insert(UNCAUGHT.into());
}

fn set_logged<'a>(entry: &mut Entry<'a>, trace: Trace, text: &'a str, of_text_before: bool) {
    entry.exception = Some(if of_text_before {
        let whole = format!("{}\n{text}", entry.message);
        own::exception(trace.exception(&whole))
    } else {
        trace.exception(text)
    });
    entry.level.get_or_insert(UNCAUGHT.into());
}

/// Lines that go on with the first one's text.
fn append(entry: &mut Entry<'_>, lines: &str) {
    let lines = lines.trim_end();
    if !lines.is_empty() {
        entry.message = format!("{}\n{lines}", entry.message).into();
    }
}

fn is_blank(line: &str) -> bool {
    line.trim_ascii().is_empty()
}

/// Whether the app itself, not the transport, said when it was.
fn is_timed(head: &Entry<'_>) -> bool {
    head.time.is_some() && head.heroku.is_none() && head.hostname.is_none()
}

/// Whether a line is indented and in no format of its own.
fn is_indented_text(line: &str, context: &Context<'_>) -> bool {
    line.starts_with([' ', '\t']) && parse(line, None, context).format == Format::Plain
}

/// Django logs `Internal Server Error: /cart` without a header, and the traceback behind it.
fn names_an_error(text: &str) -> bool {
    ["rror", "xception", "ailed"].iter().any(|word| text.contains(word))
}
