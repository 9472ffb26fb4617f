use crate::formats::transport;
use crate::held::Held;
use crate::limits::MAX_SENDERS;
use crate::lines::Incoming;
use crate::requests::Requests;
use crate::{Context, Format, Route, parse, stands_alone};
use std::borrow::Cow;
use woodpile_record::{Entry, Value};

/// A record that a [`Joiner`] made of one line or more.
#[derive(Debug, Clone, PartialEq)]
pub struct Joined<'a> {
    /// The number of the line that it begins with: how many lines the joiner had taken before it.
    pub first: u64,
    /// The log it belongs to.
    pub route: Route,
    /// What it says.
    pub entry: Entry<'a>,
}

/// Takes what a joiner emits.
pub(crate) type Emit<'e> = dyn FnMut(Joined<'_>) + 'e;

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
    /// How many lines it has taken.
    taken: u64,
}

impl Joiner {
    /// For lines in one format, or in any.
    pub fn new(format: Option<Format>) -> Self {
        Self { format, held: Vec::new(), requests: Requests::default(), taken: 0 }
    }

    /// Takes the next line (a line end at its end is overlooked) and emits the records that are complete.
    pub fn push(&mut self, line: &[u8], context: &Context<'_>, emit: &mut dyn FnMut(Joined<'_>)) {
        self.push_sent(None, line, context, emit);
    }

    /// The same for a line that `sender` sent and whose header was taken off already.
    pub fn push_from(
        &mut self,
        sender: &str,
        line: &[u8],
        context: &Context<'_>,
        emit: &mut dyn FnMut(Joined<'_>),
    ) {
        self.push_sent(Some(sender), line, context, emit);
    }

    fn push_sent(
        &mut self,
        sender: Option<&str>,
        line: &[u8],
        context: &Context<'_>,
        emit: &mut Emit<'_>,
    ) {
        let number = self.taken;
        self.taken += 1;
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if stands_alone(line) {
            self.emit_from(sender.unwrap_or_default(), context, emit);
            return self.emit_alone(number, line, context, emit);
        }
        let text = String::from_utf8_lossy(line);
        let (sender, body) = match sender {
            Some(sender) => (sender, &*text),
            None => transport::split(&text).unwrap_or(("", &text)),
        };
        self.take(Incoming { number, text: &text, bytes: line, sender, body }, context, emit);
    }

    fn take(&mut self, line: Incoming<'_>, context: &Context<'_>, emit: &mut Emit<'_>) {
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

    fn emit_from(&mut self, sender: &str, context: &Context<'_>, emit: &mut Emit<'_>) {
        if let Some(at) = self.held.iter().position(|held| held.is_from(sender)) {
            self.held.remove(at).emit(context, emit);
        }
    }

    fn emit_alone(&self, number: u64, line: &[u8], context: &Context<'_>, emit: &mut Emit<'_>) {
        let text = String::from_utf8_lossy(line);
        let mut read = parse(&text, self.format, context);
        if let Cow::Owned(_) = text {
            keep_bytes(&mut read.entry, line);
        }
        emit(Joined { first: number, route: read.route, entry: read.entry });
    }

    /// Emits what a next line would have followed at once: the source was quiet for a moment. A request
    /// that has not come to its end stays, for its answer may take longer.
    pub fn settle(&mut self, context: &Context<'_>, emit: &mut dyn FnMut(Joined<'_>)) {
        for held in self.held.drain(..) {
            held.emit(context, emit);
        }
    }

    /// The number of the first line that [`settle`](Self::settle) would emit: what came before is complete, but for
    /// requests.
    pub fn unsettled_from(&self) -> Option<u64> {
        self.held.iter().map(Held::first).min()
    }

    /// Whether [`settle`](Self::settle) would emit something.
    pub fn is_unsettled(&self) -> bool {
        !self.held.is_empty()
    }

    /// Emits what is held back: the input has ended, or the source was quiet for long.
    pub fn finish(&mut self, context: &Context<'_>, emit: &mut dyn FnMut(Joined<'_>)) {
        self.settle(context, emit);
        self.requests.finish(context, emit);
    }

    /// Whether something is held back.
    pub fn is_holding(&self) -> bool {
        !(self.held.is_empty() && self.requests.is_empty())
    }
}

/// Keeps bytes that are no UTF-8 beside the entry's message, which has lost some of them.
pub fn keep_bytes<'a>(entry: &mut Entry<'a>, bytes: &'a [u8]) {
    entry.extra.push(("messageBytes".into(), Value::Bytes(bytes.into())));
}
