use crate::formats::transport;
use crate::held::Held;
use crate::limits::MAX_SENDERS;
use crate::lines::Incoming;
use crate::requests::Requests;
use crate::{Context, Format, Route, parse, stands_alone};
use std::borrow::Cow;
use woodpile_record::{Entry, Value};

/// Joins lines to records: a stack trace to the record it belongs to, a Rails request's lines to one.
///
/// A line of an application is held back until the next one shows that it does not go on; an access line or a JSON
/// object is emitted at once. Lines of nothing but blanks are no records. Where a transport's header names the
/// sender (`heroku logs`, syslog), lines of several senders may be mixed. Per sender at most
/// [`MAX_HELD_LINES`](crate::MAX_HELD_LINES) lines and [`MAX_HELD_BYTES`](crate::MAX_HELD_BYTES) bytes are held back.
#[derive(Debug)]
pub struct Joiner {
    format: Option<Format>,
    held: Vec<Held>,
    requests: Requests,
}

impl Joiner {
    /// For lines in one format, or in any.
    pub fn new(format: Option<Format>) -> Self {
        Self { format, held: Vec::new(), requests: Requests::default() }
    }

    /// Takes the next line (a line end at its end is overlooked) and emits the records that are complete.
    pub fn push(
        &mut self,
        line: &[u8],
        context: &Context<'_>,
        emit: &mut dyn FnMut(Route, &Entry<'_>),
    ) {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if stands_alone(line) {
            self.emit_from("", context, emit);
            return self.emit_alone(line, context, emit);
        }
        let text = String::from_utf8_lossy(line);
        let (sender, body) = transport::split(&text).unwrap_or(("", &text));
        self.take(Incoming { text: &text, bytes: line, sender, body }, context, emit);
    }

    fn take(
        &mut self,
        line: Incoming<'_>,
        context: &Context<'_>,
        emit: &mut dyn FnMut(Route, &Entry<'_>),
    ) {
        if self.requests.take(line, context, emit) {
            return self.emit_from(line.sender, context, emit);
        }
        let held = self.held.iter_mut().find(|held| held.is_from(line.sender));
        if held.is_some_and(|held| held.takes(line, context)) {
            return;
        }
        self.emit_from(line.sender, context, emit);
        if self.held.len() >= MAX_SENDERS {
            self.held.remove(0).emit(context, emit);
        }
        if !line.body.trim_ascii().is_empty() {
            self.held.push(Held::new(line, self.format));
        }
    }

    fn emit_from(
        &mut self,
        sender: &str,
        context: &Context<'_>,
        emit: &mut dyn FnMut(Route, &Entry<'_>),
    ) {
        if let Some(at) = self.held.iter().position(|held| held.is_from(sender)) {
            self.held.remove(at).emit(context, emit);
        }
    }

    fn emit_alone(
        &self,
        line: &[u8],
        context: &Context<'_>,
        emit: &mut dyn FnMut(Route, &Entry<'_>),
    ) {
        let text = String::from_utf8_lossy(line);
        let mut read = parse(&text, self.format, context);
        if let Cow::Owned(_) = text {
            keep_bytes(&mut read.entry, line);
        }
        emit(read.route, &read.entry);
    }

    /// Emits what a next line would have followed at once: the source was quiet for a moment. A request
    /// that has not come to its end stays, for its answer may take longer.
    pub fn settle(&mut self, context: &Context<'_>, emit: &mut dyn FnMut(Route, &Entry<'_>)) {
        for held in self.held.drain(..) {
            held.emit(context, emit);
        }
    }

    /// Whether [`settle`](Self::settle) would emit something.
    pub fn is_unsettled(&self) -> bool {
        !self.held.is_empty()
    }

    /// Emits what is held back: the input has ended, or the source was quiet for long.
    pub fn finish(&mut self, context: &Context<'_>, emit: &mut dyn FnMut(Route, &Entry<'_>)) {
        self.settle(context, emit);
        self.requests.finish(context, emit);
    }

    /// Whether something is held back.
    pub fn is_holding(&self) -> bool {
        !(self.held.is_empty() && self.requests.is_empty())
    }
}

/// The message of bytes that are no UTF-8 has lost some: they are kept beside it.
pub(crate) fn keep_bytes<'a>(entry: &mut Entry<'a>, bytes: &'a [u8]) {
    entry.extra.push(("messageBytes".into(), Value::Bytes(bytes.into())));
}
