//! One record of which more lines may come.

use crate::joiner::keep_bytes;
use crate::limits::{MAX_HELD_BYTES, MAX_HELD_LINES};
use crate::trace::{Trace, is_error_of_frames};
use crate::{Context, Format, Line, Route, own, parse};
use woodpile_record::{Entry, Severity};

/// The level of an error that nobody caught, and to which no logger gave one.
const UNCAUGHT: &str = "ERROR";

/// A record's first line, and those that were found to belong to it.
#[derive(Debug)]
pub(crate) struct Held {
    format: Option<Format>,
    /// The lines, with line feeds between them.
    text: String,
    /// What they were, if that was no UTF-8.
    bytes: Option<Vec<u8>>,
    lines: usize,
    head_end: usize,
    after_blank: bool,
    trace: Option<Started>,
}

/// A trace in a record.
#[derive(Debug, Clone, Copy)]
struct Started {
    trace: Trace,
    /// Where in the text it begins.
    at: usize,
    /// Whether it is of the error that the text before it names.
    of_text_before: bool,
}

impl Held {
    pub(crate) fn new(text: &str, bytes: &[u8], format: Option<Format>) -> Self {
        let trace = Trace::begun_by(text);
        Self {
            format,
            text: text.to_owned(),
            bytes: (text.as_bytes() != bytes).then(|| bytes.to_owned()),
            lines: 1,
            head_end: text.len(),
            after_blank: false,
            trace: trace.map(|trace| Started { trace, at: 0, of_text_before: false }),
        }
    }

    /// Takes the line if it belongs to the record and there is room.
    pub(crate) fn takes(&mut self, line: &str, bytes: &[u8], context: &Context<'_>) -> bool {
        let room = self.lines < MAX_HELD_LINES && self.text.len() + line.len() < MAX_HELD_BYTES;
        let takes = room && self.is_continued_by(line, context);
        if takes {
            self.push(line, bytes);
        }
        takes
    }

    fn is_continued_by(&mut self, line: &str, context: &Context<'_>) -> bool {
        if let Some(started) = &mut self.trace {
            return started.trace.takes(line);
        }
        if line.trim_ascii().is_empty() {
            return true;
        }
        if let Some(trace) = Trace::after(&self.text, line) {
            return self.start(trace, true);
        }
        if self.after_blank {
            return false;
        }
        match Trace::begun_by(line).or_else(|| is_error_of_frames(line)) {
            Some(trace) => self.may_log(trace, context) && self.start(trace, false),
            None => {
                line.starts_with([' ', '\t']) && self.has_header(context) && is_text(line, context)
            }
        }
    }

    fn start(&mut self, trace: Trace, of_text_before: bool) -> bool {
        self.trace = Some(Started { trace, at: self.text.len() + 1, of_text_before });
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
            None => head.time.is_some() || names_an_error(&head.message),
        }
    }

    fn has_header(&self, context: &Context<'_>) -> bool {
        let head = self.head(context);
        head.entry.time.is_some() || head.entry.level.is_some()
    }

    fn head(&self, context: &Context<'_>) -> Line<'_> {
        parse(self.text.get(..self.head_end).unwrap_or_default(), self.format, context)
    }

    fn push(&mut self, line: &str, bytes: &[u8]) {
        if line.as_bytes() != bytes && self.bytes.is_none() {
            self.bytes = Some(self.text.clone().into_bytes());
        }
        if let Some(held) = &mut self.bytes {
            held.push(b'\n');
            held.extend_from_slice(bytes);
        }
        self.after_blank = line.trim_ascii().is_empty();
        self.text.push('\n');
        self.text.push_str(line);
        self.lines += 1;
    }

    pub(crate) fn emit(&self, context: &Context<'_>, emit: &mut dyn FnMut(Route, &Entry<'_>)) {
        let mut head = self.head(context);
        let text = self.text.trim_end();
        match self.trace {
            Some(started) if started.at == 0 => set_uncaught(&mut head.entry, started.trace, text),
            Some(started) => self.set_logged(&mut head.entry, started, text),
            None => append(&mut head.entry, text.get(self.head_end + 1..)),
        }
        if let Some(bytes) = &self.bytes {
            keep_bytes(&mut head.entry, bytes);
        }
        emit(head.route, &head.entry);
    }

    fn set_logged<'a>(&'a self, entry: &mut Entry<'a>, started: Started, text: &'a str) {
        let between = text.get(self.head_end + 1..started.at.saturating_sub(1));
        append(entry, between);
        let trace = text.get(started.at..).unwrap_or_default();
        if started.of_text_before {
            let whole = format!("{}\n{trace}", entry.message);
            entry.exception = Some(own::exception(started.trace.exception(&whole)));
        } else {
            entry.exception = Some(started.trace.exception(trace));
        }
        entry.level.get_or_insert(UNCAUGHT.into());
    }
}

/// Whether a line is in no format of its own.
fn is_text(line: &str, context: &Context<'_>) -> bool {
    parse(line, None, context).format == Format::Plain
}

/// Django logs `Internal Server Error: /cart` without a header, and the traceback behind it.
fn names_an_error(text: &str) -> bool {
    ["rror", "xception", "ailed"].iter().any(|word| text.contains(word))
}

/// All of the record is a trace: its message is what the error says, in the trace's own words.
fn set_uncaught<'a>(entry: &mut Entry<'a>, trace: Trace, text: &'a str) {
    entry.message = trace.summary(text).into();
    entry.exception = Some(trace.exception(text));
    entry.level.get_or_insert(UNCAUGHT.into());
}

/// Lines that go on with the first one's text.
fn append(entry: &mut Entry<'_>, lines: Option<&str>) {
    let lines = lines.unwrap_or_default().trim_end();
    if !lines.is_empty() {
        entry.message = format!("{}\n{lines}", entry.message).into();
    }
}
